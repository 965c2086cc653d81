"""Telling an address that somebody named: whom it reaches, and how long it takes."""

import socket
import time

import pytest

from tests.providers.loopback import free_port, serving
from tests.providers.test_download import PRIVATE
from webapp.providers.base import addresses
from webapp.providers.base.post import check_address, post
from webapp.providers.base.reach import PostError

HERE = ("127.0.0.1",)
BODY = b'{"event": "ping"}'


def tell(url, *, seconds=60.0, most_bytes=1000, private=HERE):
    headers = {"Content-Type": "application/json", "webhook-id": "one"}
    return post(url, BODY, headers, seconds=seconds, most_bytes=most_bytes, private=private)


def test_it_is_sent_once_and_answered():
    with serving(lambda exchange: exchange.reply(201, b"heard")) as server:
        answer = tell(f"{server.url}/hook?a=1")
        (call,) = server.calls
    assert (answer.status, answer.body) == (201, b"heard")
    assert (call.method, call.path, call.body) == ("POST", "/hook?a=1", BODY)
    assert call.headers["webhook-id"] == "one"
    assert call.headers["content-length"] == str(len(BODY))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(status):
    with serving(lambda exchange: exchange.reply(status, Location="/inside")) as server:
        assert tell(server.url).status == status
        assert len(server.calls) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_any_status_is_an_answer(status):
    with serving(lambda exchange: exchange.reply(status, b"no")) as server:
        assert tell(server.url).status == status


def test_of_a_flood_no_more_is_read_than_wanted():
    with serving(lambda exchange: exchange.flood()) as server:
        assert len(tell(server.url, most_bytes=64).body) == 64


@pytest.mark.parametrize("how", ["trickle", "cut"])
def test_an_answer_that_breaks_off_counts_as_far_as_it_came(how):
    with serving(lambda exchange: getattr(exchange, how)()) as server:
        began = time.monotonic()
        assert tell(server.url, seconds=3).status == 200
        assert time.monotonic() - began < 30


def test_the_deadline_holds_for_all_of_it():
    with serving(lambda exchange: exchange.hang()) as server:
        began = time.monotonic()
        with pytest.raises(PostError) as caught:
            tell(server.url, seconds=0.3)
        assert time.monotonic() - began < 30
    assert caught.value.code == "timeout"


@pytest.mark.parametrize("how", ["reset", "nobody"])
def test_nobody_there_is_told_apart(how):
    with serving(lambda exchange: exchange.reset()) as server:
        url = server.url if how == "reset" else f"http://127.0.0.1:{free_port()}"
        with pytest.raises(PostError) as caught:
            tell(url)
    assert caught.value.code == "unreachable"


@pytest.fixture
def leading_to(monkeypatch):
    """Let every name lead to an address."""

    def lead(*found):
        monkeypatch.setattr(addresses, "resolved", lambda *_: list(found))

    return lead


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_a_name_that_leads_into_this_network_is_not_told(leading_to, monkeypatch, address):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it connected"))
    leading_to("93.184.216.34", address)
    with pytest.raises(PostError) as caught:
        tell("http://hooks.example/", private=())
    assert caught.value.code == "private"


@pytest.mark.parametrize(
    ("private", "is_told"),
    [
        (("hooks.lan",), True),
        (("hooks.lan:{port}",), True),
        (("127.0.0.1",), False),
        (("hooks.lan:1",), False),
        (("lan",), False),
        ((), False),
    ],
)
def test_a_private_one_is_told_where_just_that_one_is_allowed(leading_to, private, is_told):
    leading_to("127.0.0.1")
    with serving(lambda exchange: exchange.reply(204)) as server:
        named = tuple(item.format(port=server.port) for item in private)
        url = f"http://Hooks.lan:{server.port}/"
        if is_told:
            assert tell(url, private=named).status == 204
        else:
            with pytest.raises(PostError):
                tell(url, private=named)
            assert server.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "file:///etc/passwd",
        "http://a:b@hooks.example",
        "http://",
        "http://x\x00y",
    ],
)
def test_what_is_no_address_is_called_so(url):
    for attempt in (lambda: check_address(url), lambda: tell(url)):
        with pytest.raises(PostError) as caught:
            attempt()
        assert caught.value.code == "address"


@pytest.mark.parametrize("host", ["[fd00::1]", "10.1.1.1", "LOCALHOST", "localhost."])
def test_a_private_literal_is_seen_before_anything_is_sent(host):
    with pytest.raises(PostError) as caught:
        check_address(f"http://{host}:8080/")
    assert caught.value.code == "private"
    check_address(f"http://{host}:8080/", (f"{host.lower()}:8080",))
