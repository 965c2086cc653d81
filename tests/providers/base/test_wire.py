import itertools
import logging
import socket
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import httpx2
import pytest

from webapp.providers.base import timed, wire

KB = 1024


class Handler(BaseHTTPRequestHandler):
    """Answers by path: /plain, /long, /endless, /trickle, /slow_headers, /packed, and so on."""

    server: "Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.headers_seen.append(
            {name.lower(): value for name, value in self.headers.items()}
        )
        page = self.path.rpartition("/")[2]  # a proxy is asked for the whole address
        getattr(self, page)()
        self.close_connection = page != "kept"

    def log_message(self, *_):
        """Keep quiet."""

    def begin(self, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    def plain(self):
        self.begin(Content_Length=2, X_Secret="a-secret")
        self.wfile.write(b"ok")

    def kept(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def long(self):
        self.begin(Content_Length=10**12)

    def endless(self):
        self.begin()
        while not self.server.over.is_set():
            self.wfile.write(b" " * 16 * KB)

    def trickle(self):
        self.begin()
        while not self.server.over.wait(0.03):
            self.wfile.write(b" ")
            self.wfile.flush()

    def slow_headers(self):
        self.send_response(200)
        self.flush_headers()
        for number in itertools.count():
            if self.server.over.wait(0.03) or number > 2000:
                return
            self.wfile.write(b"X-More: yes\r\n")

    def packed(self):
        self.begin(Content_Encoding="gzip", Content_Length=3)
        self.wfile.write(b"\x1f\x8b\x08")

    def away(self):
        self.begin(302, Location="/plain", Content_Length=0)

    def silent(self):
        self.server.over.wait(60)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.over = threading.Event()
        self.headers_seen = []

    def handle_error(self, *_):
        """Say nothing of clients that leave."""


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client_of(server):
    clients = []

    def make(**options):
        clients.append(wire.client(base_url=f"http://127.0.0.1:{server.server_port}", **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def test_an_answer_within_its_bounds_comes_whole(client_of):
    assert client_of().get("/plain").text == "ok"


def test_an_answer_without_end_is_left_at_the_limit(client_of):
    with pytest.raises(wire.AnswerTooLargeError, match=r"more than 0\.5 MB"):
        client_of(most_bytes=512 * KB).get("/endless")


def test_an_answer_that_says_how_large_it_is_is_not_even_begun(client_of):
    with pytest.raises(wire.AnswerTooLargeError, match="more than 96 MB"):
        client_of().get("/long")


def test_a_byte_now_and_then_does_not_prolong_an_answer(client_of):
    start = time.monotonic()
    with pytest.raises(httpx2.TimeoutException):
        client_of(seconds=0.3).get("/trickle")
    assert time.monotonic() - start < 30


def test_a_header_now_and_then_does_not_prolong_an_answer(client_of):
    start = time.monotonic()
    with pytest.raises(httpx2.TimeoutException):
        client_of(seconds=0.3).get("/slow_headers")
    assert time.monotonic() - start < 30


def test_each_exchange_on_a_connection_that_is_kept_has_all_of_its_time(client_of, monkeypatch):
    ahead = [0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0])
    monkeypatch.setattr(timed, "time", clock)
    client = client_of(seconds=60)
    for _ in range(4):
        assert client.get("/kept").text == "ok"
        ahead[0] += 40


def test_a_proxy_of_the_environment_is_asked_within_the_same_time(server, monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_port}")
    start = time.monotonic()
    with wire.client(seconds=60) as client:
        assert client.get("http://elsewhere.invalid/plain").text == "ok"
    with wire.client(seconds=0.6) as client, pytest.raises(httpx2.TimeoutException):
        client.get("http://elsewhere.invalid/slow_headers")
    assert time.monotonic() - start < 30


def test_who_takes_a_request_slowly_does_not_prolong_it():
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * KB)
        over = threading.Event()

        def sip():
            taken, _ = listener.accept()
            with taken:
                while not over.wait(0.02) and taken.recv(4 * KB):
                    """A sip now and then."""

        sipper = threading.Thread(target=sip, daemon=True)
        sipper.start()
        stack.callback(sipper.join)
        stack.callback(over.set)
        client = stack.enter_context(wire.client(seconds=2))
        start = time.monotonic()
        with pytest.raises(httpx2.TimeoutException):
            client.post(f"http://127.0.0.1:{listener.getsockname()[1]}", content=b" " * 32 * KB**2)
        assert time.monotonic() - start < 30


def test_a_name_that_nobody_has_is_an_error_of_the_connection(monkeypatch):
    def nobody(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with wire.client(seconds=60) as client, pytest.raises(httpx2.ConnectError):
        client.get("http://nobody.invalid/")


def test_silence_ends_with_the_time(client_of):
    start = time.monotonic()
    with pytest.raises(httpx2.TimeoutException):
        client_of(seconds=0.2).get("/silent")
    assert time.monotonic() - start < 30


def test_a_request_may_wait_for_less_time(client_of):
    with pytest.raises(httpx2.TimeoutException):
        client_of(seconds=60).get("/trickle", timeout=0.2)


@pytest.mark.parametrize("seconds", [None, 3600])
def test_a_request_may_not_wait_for_more(client_of, seconds):
    with pytest.raises(httpx2.TimeoutException):
        client_of(seconds=0.2).get("/trickle", timeout=seconds)


def test_answers_are_wanted_uncompressed(client_of, server):
    client_of(headers={"Accept-Encoding": "gzip"}).get("/plain")
    assert server.headers_seen[-1]["accept-encoding"] == "identity"


def test_a_compressed_answer_is_refused_however_small_it_is(client_of):
    with pytest.raises(wire.AnswerPackedError):
        client_of().get("/packed")


def test_no_redirect_is_followed(client_of, server):
    assert client_of().get("/away").status_code == 302
    assert len(server.headers_seen) == 1


def test_what_a_server_says_in_its_headers_is_not_logged(client_of, caplog):
    with caplog.at_level(logging.DEBUG):
        client_of().get("/plain")
    assert "a-secret" not in caplog.text


def test_headers_and_a_password_are_sent(client_of, server):
    client_of(headers={"X-One": "1"}, auth=("me", "word")).get("/plain")
    assert server.headers_seen[-1]["x-one"] == "1"
    assert server.headers_seen[-1]["authorization"].startswith("Basic ")
