import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from webapp.app import create_app, easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.storage.stamps import Stamps
from webapp.web.fastpath import FastPath


@pytest.fixture
def shared(services, owner):
    picture = services.images.add_image(owner, png(300, 200, b"\x20\x60\xa0"))
    return services.images.set_visibility(picture.id, owner, "unlisted")


@pytest.fixture
def address(shared):
    return f"/t/w160/{shared.id}.webp?v={shared.version}"


@pytest.fixture
def flask_alone(app, monkeypatch):
    """Count what reaches Flask behind the fast path."""
    fast = app.wsgi_app
    assert isinstance(fast, FastPath)
    inner, count = fast._inner, []

    def counting(environ, start_response):
        count.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(fast, "_inner", counting)
    return count


def test_the_second_asker_is_answered_without_flask(anonymous, address, flask_alone):
    first, second = anonymous.get(address), anonymous.get(address)
    assert len(flask_alone) == 1
    assert second.data == first.data
    own = {"X-Cache", "Date"}  # the server dates every answer that is not
    kept = {name: value for name, value in first.headers if name not in own}
    assert {name: value for name, value in second.headers if name not in own} == kept
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")


def test_head_and_304_are_answered_from_memory_too(anonymous, address, flask_alone):
    first = anonymous.get(address)
    head = anonymous.head(address)
    same = anonymous.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert len(flask_alone) == 1
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.data))
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert "Content-Length" not in same.headers


def test_a_range_is_left_to_flask(anonymous, address, flask_alone):
    whole = anonymous.get(address).data
    part = anonymous.get(address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, whole[:10])
    assert len(flask_alone) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda images, uid, owner: images.set_visibility(uid, owner, "private"), 404),
        (lambda images, uid, owner: images.delete_image(uid, owner), 410),
        (lambda images, uid, owner: images.purge(uid, owner), 410),
    ],
    ids=["made private", "thrown away", "purged"],
)
def test_what_may_not_be_seen_any_more_is_gone_at_once(
    services, owner, anonymous, shared, address, change, status
):
    for _ in range(3):
        assert anonymous.get(address).status_code == 200
    change(services.images, shared.id, owner)
    assert anonymous.get(address).status_code == status


def test_a_change_by_another_process_counts_too(settings, owner, anonymous, shared, address):
    assert anonymous.get(address).status_code == 200
    other = create_app(settings, runner=NullRunner(), providers={"plain": PlainProvider()})
    with other.app_context():
        easel_of(other).services.images.set_visibility(shared.id, owner, "private")
        other.extensions["sqlalchemy"].engine.dispose()
    assert anonymous.get(address).status_code == 404


def test_private_pictures_are_never_in_memory(services, owner, browser, flask_alone):
    picture = services.images.add_image(owner, png(300, 200, b"abc"))
    for _ in range(2):
        assert browser.get(f"/t/w160/{picture.id}.webp").status_code == 200
    assert len([path for path in flask_alone if path.startswith("/t/")]) == 2


def test_a_negotiated_picture_is_left_to_flask(anonymous, shared, flask_alone):
    for accept in ("image/webp", "image/png"):
        anonymous.get(f"/t/w160/{shared.id}", headers={"Accept": accept})
    assert len(flask_alone) == 2


def test_an_address_that_will_expire_is_not_remembered(services, anonymous, shared, flask_alone):
    path = f"/w_50,exp_4102444800/{shared.id}.webp"
    address = f"/i/{services.addresses.signature(path)}{path}"
    for _ in range(2):
        assert anonymous.get(address).status_code == 200
    assert len(flask_alone) == 2


def test_other_queries_are_left_to_flask(anonymous, shared, flask_alone):
    for query in ("?x=1", "?v=1&x=2", "?v=ZZ"):
        anonymous.get(f"/t/w160/{shared.id}.webp{query}")
        anonymous.get(f"/t/w160/{shared.id}.webp{query}")
    assert len(flask_alone) == 6


def test_a_wrong_host_is_refused_also_where_the_picture_is_in_memory(anonymous, address):
    assert anonymous.get(address).status_code == 200
    assert anonymous.get(address, headers={"Host": "evil.example"}).status_code == 400


def test_the_memory_is_bounded(app, services, owner, anonymous):
    fast = app.wsgi_app
    fast._max_bytes = 6_000
    for number in range(12):
        picture = services.images.add_image(owner, png(40, 30, bytes([number, 9, 9])))
        services.images.set_visibility(picture.id, owner, "public")
        assert anonymous.get(f"/t/small/{picture.id}.png").status_code == 200
    assert 0 < fast._bytes <= 6_000
    assert len(fast._answers) < 12


def test_stamps_are_shared_between_processes_and_survive_them(tmp_path):
    here, there = Stamps(tmp_path / "stamps"), Stamps(tmp_path / "stamps")
    before = here.stamp("abc")
    there.change("abc")
    assert here.stamp("abc") != before
    assert here.stamp("other") == 0
    here.close()
    assert Stamps(tmp_path / "stamps").stamp("abc") == there.stamp("abc")
    there.close()


def test_made_up_versions_take_no_place_in_memory(services, app, anonymous, shared, address):
    signed = services.addresses.sign(f"/w_100,v_{shared.version}/{shared.id}.webp")
    plain = address.partition("?")[0]
    for path in (plain, signed):
        for number in range(20):
            assert anonymous.get(f"{path}?v={number:x}").status_code == 200
    assert not app.wsgi_app._answers
    for path in (plain, address, signed):
        anonymous.get(path)
    assert len(app.wsgi_app._answers) == 3


def test_many_who_ask_at_once_cost_one_question(app, anonymous, address, flask_alone):
    together = threading.Barrier(12)

    def ask(_number):
        together.wait()
        return app.test_client().get(address)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(12)))
    assert len(flask_alone) == 1
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}


def test_who_finds_the_turn_free_again_asks_no_second_time(
    app, anonymous, address, flask_alone, monkeypatch
):
    flights = app.wsgi_app._flights
    turn, landed = flights.turn, list[object]()

    @contextmanager
    def after_another(key):
        """Let somebody else land between the look into the memory and the turn."""
        if not landed:
            landed.append(key)
            app.test_client().get(address)
        with turn(key) as is_first:
            yield is_first

    monkeypatch.setattr(flights, "turn", after_another)
    assert anonymous.get(address).headers["X-Cache"] == "hit"
    assert len(landed) == len(flask_alone) == 1


def test_who_may_not_see_it_does_not_get_what_another_waits_for(
    services, app, owner, anonymous, browser, shared, address
):
    services.images.set_visibility(shared.id, owner, "private")
    together = threading.Barrier(2)

    def ask(client):
        together.wait()
        return client.get(address).status_code

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(ask, (browser, anonymous))) == [200, 404]
