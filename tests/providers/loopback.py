"""Servers on this machine that answer as a test says, well or badly, and note what they heard."""

import atexit
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request that arrived. Header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """One request and the ways to answer it; each way is a method that a script may call."""

    def __init__(self, handler: BaseHTTPRequestHandler, call: Call, closing: threading.Event):
        self.call = call
        self.closing = closing
        self._handler = handler

    def reply(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Answer in full; header names may be written with low lines."""
        self.begin(status, **{"Content-Length": str(len(body)), **headers})
        self.send(body)

    def json(self, said: Any, status: int = 200, **headers: str) -> None:
        headers.setdefault("Content-Type", "application/json")
        self.reply(status, json.dumps(said).encode(), **headers)

    def html(self, status: int = 502, text: str = "Bad gateway") -> None:
        page = f"<html><body><h1>{text}</h1></body></html>".encode()
        self.reply(status, page, Content_Type="text/html")

    def begin(self, status: int = 200, **headers: str) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Connection", "close")
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        self._handler.wfile.write(data)

    def hang(self, *_: Any) -> None:
        """Say nothing until the server is closed."""
        self.closing.wait(60)

    def reset(self) -> None:
        """End the connection as a crash does."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.connection.close()

    def cut(self) -> None:
        """Promise more than is sent."""
        self.begin(200, Content_Length="1000")
        self.send(b'{"data": [')

    def trickle(self) -> None:
        """Send a byte now and then, for ever."""
        self.begin(200, Content_Length="1000")
        while not self.closing.wait(0.05):
            self.send(b" ")

    def flood(self) -> None:
        """Send more than anybody wants."""
        self.begin(200, Content_Type="application/json")
        while not self.closing.is_set():
            self.send(b" " * 2**20)


Script = Callable[[Exchange], None]


@dataclass
class Loopback:
    """A server that runs; `calls` are the requests so far."""

    url: str
    port: int
    calls: list[Call] = field(default_factory=list)

    def paths(self, method: str = "POST") -> list[str]:
        return [call.path for call in self.calls if call.method == method]


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Run a server on 127.0.0.1 until the end of the block."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, self.path, headers, body)
            running.calls.append(call)
            script(Exchange(self, call, closing))

        do_GET = do_POST = answer  # noqa: N815  # the names that the standard library asks for

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Let whoever went away go."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = False  # so that closing waits for all of them
    port = server.server_address[1]
    running = Loopback(f"http://127.0.0.1:{port}", port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


_TAKEN = socket.socket()
"""Holds a port as long as the tests run, and never listens: else somebody could begin to."""

_TAKEN.bind(("127.0.0.1", 0))
atexit.register(_TAKEN.close)


def free_port() -> int:
    """Return a port on which nobody listens, nor will."""
    return int(_TAKEN.getsockname()[1])
