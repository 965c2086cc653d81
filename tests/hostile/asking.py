"""Ask an app as a server does, byte for byte, and watch what that costs and opens."""

import contextvars
import io
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ

OPENING = {"open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename"}
"""Events by which Python tells that a path is touched."""

IMAGE = "image/avif,image/webp,image/png,*/*;q=0.5"
"""What the `Accept` of an `<img>` is like."""


@dataclass
class Watch:
    """Collects the paths that are touched while it is on."""

    is_on: bool = False
    paths: set[str] = field(default_factory=set)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event in OPENING and isinstance(arguments[0], str | bytes | os.PathLike):
            self.paths.add(os.fsdecode(arguments[0]))

    def outside(self, *folders: Path) -> list[str]:
        """Return what was touched elsewhere."""
        roots = [folder.resolve() for folder in folders]
        seen = [Path(path).resolve() for path in self.paths]
        return [str(path) for path in seen if not any(path.is_relative_to(root) for root in roots)]


WATCH = Watch()
sys.addaudithook(WATCH.hear)  # there is no way back: it stays, and hears nothing while it is off


@dataclass(frozen=True)
class Answer:
    """What came back, and the seconds of processor time it took."""

    target: str
    status: int
    headers: Headers
    body: bytes
    seconds: float

    @property
    def mime(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]


@dataclass
class Asker:
    """A client without manners: its targets are sent as they are."""

    app: Flask
    asked: int = 0
    base: dict[str, Any] = field(default_factory=lambda: create_environ("/"))

    def get(self, target: str, accept: str = "", method: str = "GET") -> Answer:
        """Ask for a target, that is a path with percent-encodings, and perhaps a query."""
        self.asked += 1
        path, _, query = target.partition("?")
        environ = self.base | {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_ACCEPT": accept,
            "wsgi.input": io.BytesIO(),
        }
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_more: Any) -> Any:
            began.append((status, headers))

        def call() -> bytes:
            chunks = self.app.wsgi_app(environ, start)
            try:
                return b"".join(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()

        WATCH.is_on = True
        before = time.thread_time()
        try:
            body = contextvars.Context().run(call)
        finally:
            seconds = time.thread_time() - before
            WATCH.is_on = False
        status, headers = began[-1]
        return Answer(target, int(status[:3]), Headers(headers), body, seconds)

    def least(self, answer: Answer, accept: str, times: int = 3) -> float:
        """Return the least that an answer costs: once alone may have been bad luck."""
        again = (self.get(answer.target, accept).seconds for _ in range(times))
        return min(answer.seconds, *again)
