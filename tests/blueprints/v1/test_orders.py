"""What becomes of a request once its pictures are ordered: they are never ordered twice."""

import time

import pytest

from webapp.errors import BusyError, OverloadedError
from webapp.providers.plain import png
from webapp.services import patience
from webapp.services.generations.reading import Generations
from webapp.services.renditions.renditions import Renditions
from webapp.services.uploads import addresses

WISH = {"prompt": "a lake", "model": "plain:plain-1", "output_format": "jpeg"}


@pytest.fixture
def ask(app, services, owner):
    """Return what asks for pictures with a token of these scopes."""

    def ask(path="generations", *scopes, environ=None, **values):
        token = services.tokens.create(owner, "test", scopes or ("generate", "images:read"))
        headers = {"Authorization": f"Bearer {token}"}
        client = app.test_client()
        sent = {"json": WISH | values, "headers": headers, "environ_overrides": environ or {}}
        return client.post(f"/v1/images/{path}", **sent)

    return ask


@pytest.fixture
def orders(services, owner):
    return lambda: len(services.generations.page(owner).generations)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(patience, "PAUSE", 0)


def sometimes(monkeypatch, kind, name, errors):
    """Have a method raise errors, and then do what it does."""
    real = getattr(kind, name)

    def method(*arguments, **options):
        if errors:
            raise errors.pop(0)
        return real(*arguments, **options)

    monkeypatch.setattr(kind, name, method)


def busy():
    return BusyError("The database is busy.")


def test_a_busy_database_is_asked_again_for_what_was_ordered(ask, orders, monkeypatch):
    sometimes(monkeypatch, Generations, "get", [busy() for _ in range(3)])
    assert ask().status_code == 200
    assert orders() == 1


def test_a_full_renderer_is_asked_again_for_what_was_made(ask, orders, monkeypatch):
    sometimes(monkeypatch, Renditions, "serve", [OverloadedError() for _ in range(3)])
    assert ask().status_code == 200
    assert orders() == 1


@pytest.mark.parametrize(("error", "status"), [(busy(), 503), (OverloadedError(), 429)])
def test_what_goes_wrong_after_the_order_is_not_to_be_tried_again(
    ask, orders, monkeypatch, error, status
):
    sometimes(monkeypatch, Renditions, "serve", [error] * 99)
    answer = ask()
    assert (answer.status_code, answer.headers["X-Should-Retry"]) == (status, "false")
    assert orders() == 1


def test_a_busy_time_before_the_order_is_one_to_come_again(ask, orders, services, monkeypatch):
    sometimes(monkeypatch, type(services.generator), "start_all", [busy()])
    answer = ask()
    assert answer.status_code == 503
    assert "X-Should-Retry" not in answer.headers
    assert answer.headers["Retry-After"]
    assert orders() == 0


def test_who_may_not_share_gets_no_address(ask, orders):
    answer = ask(response_format="url")
    error = answer.get_json()["error"]
    assert (answer.status_code, error["code"]) == (403, "missing_scope")
    assert "links:write" in error["message"]
    assert "b64_json" in error["message"]
    assert orders() == 0


def test_who_may_share_gets_an_address(ask):
    answer = ask("generations", "generate", "images:read", "links:write", response_format="url")
    assert answer.get_json()["data"][0]["url"]


class TestAddresses:
    """Pictures to work on that are fetched, one after the other."""

    @pytest.fixture
    def fetched(self, monkeypatch):
        """Return the seconds that each address was given; each takes a tenth of one."""
        given = []

        def fetch(_url, file, *, seconds, **_limits):
            given.append(seconds)
            time.sleep(0.1)
            file.write(png(20, 20, bytes([len(given), 7, 7])))

        monkeypatch.setattr(addresses, "fetch_to", fetch)
        return given

    def test_all_of_them_have_as_long_as_one(self, ask, fetched):
        images = [{"image_url": f"https://a.example/{number}.png"} for number in range(2)]
        assert ask("edits", images=images).status_code == 200
        assert fetched[0] <= addresses.SECONDS
        assert fetched[1] <= fetched[0] - 0.1

    def test_for_who_has_gone_no_more_are_fetched(self, ask, fetched, orders):
        images = [{"image_url": f"https://a.example/{number}.png"} for number in range(3)]
        environ = {"waitress.client_disconnected": lambda: len(fetched) > 0}
        assert ask("edits", environ=environ, images=images).status_code == 499
        assert len(fetched) == 1
        assert orders() == 0
