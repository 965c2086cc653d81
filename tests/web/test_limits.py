"""Rate limits of the API: who is counted, what is told, and what is refused."""

import io
import math
import time
from contextlib import suppress

import pytest
import redis

from tests.conftest import browser_of
from tests.servers import redis_name
from webapp.extensions import limiter
from webapp.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "data", api_rate="5 per hour", upload_rate="2 per hour")


@pytest.fixture(autouse=True)
def counted(app):
    with suppress(redis.ConnectionError):
        limiter.reset()
    limiter.enabled = True
    yield
    limiter.enabled, limiter._storage_dead = False, False


@pytest.fixture
def ask(app, services, owner):
    """Return a program with a token of its own."""

    def make(person=owner, scopes=("images:read", "images:write", "generate")):
        token = services.tokens.create(person, "program", scopes)
        client = app.test_client()
        headers = {"Authorization": f"Bearer {token}"}
        return lambda path="/api/models", method="GET", **more: client.open(
            path, method=method, headers=headers, **more
        )

    return make


class Clock:
    """A clock that stands still, unless it is put forward."""

    def __init__(self) -> None:
        self.moment = time.time()

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock(monkeypatch):
    """Let no time pass, however long the machine takes for what is asked."""
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


def test_every_answer_tells_where_the_asker_stands(ask, clock):
    program = ask()
    headers = program().headers
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == ("5", "4")
    assert headers["RateLimit-Reset"] == "3600"
    assert headers["RateLimit-Policy"] == '"api";q=5;w=3600'
    assert headers["RateLimit"] == '"api";r=4;t=3600'
    assert "Retry-After" not in headers
    clock.moment += 600
    assert 2999 <= int(program().headers["RateLimit-Reset"]) <= 3001


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.7, 0.999])
def test_nobody_waits_longer_than_the_window(ask, clock, fraction):
    clock.moment = math.ceil(clock.moment) + fraction
    program = ask()
    answers = [program() for _ in range(6)]
    assert {answer.headers["RateLimit-Reset"] for answer in answers} == {"3600"}
    assert answers[-1].headers["Retry-After"] == "3600"


def test_a_refused_request_is_told_too(ask):
    answer = ask()("/api/generations", "POST", json={"what": 1})
    assert answer.status_code == 400
    assert answer.headers["RateLimit-Remaining"] == "4"


def test_who_asks_too_often_is_told_when_to_come_again(ask, clock):
    program = ask()
    assert [program().status_code for _ in range(6)] == [200] * 5 + [429]
    answer = program()
    body = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert (body["code"], body["status"]) == ("rate_limited", 429)
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]
    assert f"Wait {answer.headers['Retry-After']} s" in body["detail"]
    assert answer.headers["RateLimit-Remaining"] == "0"


def test_each_token_is_counted_alone(ask):
    first, second = ask(), ask()
    assert [first().status_code for _ in range(6)][-1] == 429
    assert second().status_code == 200


def test_the_browsers_of_a_person_are_counted_together(app, owner, stranger_browser):
    limiter.enabled = False
    browsers = [browser_of(app, owner) for _ in range(2)]
    limiter.enabled = True
    statuses = [browsers[number % 2].get("/api/models").status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]
    assert stranger_browser.get("/api/models").status_code == 200


def test_strangers_are_counted_by_their_address(app):
    def asked(address):
        client = app.test_client()
        return client.get("/api/openapi.json", environ_base={"REMOTE_ADDR": address}).status_code

    assert [asked("192.0.2.1") for _ in range(6)] == [200] * 5 + [429]
    assert asked("192.0.2.2") == 200


def test_pages_are_not_counted(browser):
    assert {browser.get("/").status_code for _ in range(8)} == {200}
    assert "RateLimit" not in browser.get("/").headers


def test_uploads_have_a_rate_of_their_own_and_a_refused_one_is_not_read(
    ask, services, owner, a_picture
):
    program = ask()

    def upload(_number):
        return program("/api/images", "POST", data={"image": (io.BytesIO(a_picture), "a.png")})

    answers = [upload(number) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"api";q=5;w=3600, "uploads";q=2;w=3600'
    assert answers[0].headers["RateLimit-Limit"] == "2"
    assert answers[-1].get_json()["code"] == "rate_limited"
    assert program("/api/images").status_code == 200


def test_a_body_is_not_read_before_it_is_counted(ask):
    program = ask()
    for _ in range(5):
        program()

    class Unreadable:
        def read(self, *_):
            raise AssertionError

    answer = program(
        "/api/images",
        "POST",
        environ_overrides={"wsgi.input": Unreadable(), "CONTENT_LENGTH": "1000000"},
    )
    assert answer.status_code == 429


def guess(app, token="easel_wrong", address="192.0.2.7"):
    headers = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    return client.get("/api/models", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_an_address_has_thirty_guesses_a_minute(app, clock):
    answers = [guess(app, f"easel_{number}") for number in range(31)]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[-1].get_json()["code"] == "rate_limited"
    assert answers[-1].headers["Retry-After"] == "60"
    assert guess(app, address="192.0.2.8").status_code == 401


def test_who_guesses_holds_up_nobody_with_a_token_at_the_same_address(app, ask, clock):
    for number in range(32):
        guess(app, f"easel_{number}", "127.0.0.1")
    assert guess(app, address="127.0.0.1").status_code == 429
    assert ask()().status_code == 200


class TestRedis:
    @pytest.fixture
    def settings(self, tmp_path):
        with redis_name() as (url, _):
            yield Settings(data_dir=tmp_path / "data", api_rate="5 per hour", cache_url=url)

    def test_servers_count_together(self, ask, settings):
        program = ask()
        program()
        with redis.Redis.from_url(settings.cache_url) as client:
            assert any(client.scan_iter("LIMITS:*api*"))
        assert program().headers["RateLimit-Remaining"] == "3"


class TestBrokenRedis:
    @pytest.fixture
    def settings(self, tmp_path):
        return Settings(
            data_dir=tmp_path / "data", api_rate="5 per hour", cache_url="redis://127.0.0.1:1"
        )

    def test_without_its_counters_each_server_counts_alone(self, ask):
        program = ask()
        answers = [program() for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[0].headers["RateLimit-Remaining"] == "4"


class TestOff:
    @pytest.fixture
    def settings(self, tmp_path):
        return Settings(data_dir=tmp_path / "data", api_rate="", upload_rate="")

    def test_a_rate_can_be_switched_off(self, ask):
        program = ask()
        answers = [program() for _ in range(30)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit" not in answers[0].headers
