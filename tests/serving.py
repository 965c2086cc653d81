"""An app behind the server that people use, with workers, for clients that need an address."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import waitress
from flask import Flask
from waitress import wasyncore

from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.cli.serve import _server_options
from webapp.cli.session import upgrade_database
from webapp.extensions import db, limiter
from webapp.jobs import HueyRunner, Worker
from webapp.parts import Easel
from webapp.providers.base import Cancelled, ImageRequest, ImageResult, Progress
from webapp.providers.plain import PlainProvider
from webapp.services.tokens import SCOPES
from webapp.settings import Settings

ALL_BUT_ADMIN = tuple(scope for scope in SCOPES if scope != "admin")


class PatientProvider(PlainProvider):
    """Paints as Plain does; a prompt with `!wait` waits until `go` is set."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[ImageRequest] = []

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        self.asked.append(request)
        while "!wait" in request.prompt.split() and not (cancelled() or self.go.is_set()):
            time.sleep(0.01)
        return super().generate(request, progress, cancelled)


@dataclass(frozen=True)
class Served:
    """Where an app is served, its parts, and what paints in it."""

    app: Flask
    easel: Easel
    painter: PatientProvider
    address: str

    def token(self, *scopes: str) -> str:
        """Return a new token of the owner, with all scopes but an admin's unless some are named."""
        services = self.easel.services
        owner = services.accounts.named("owner")
        return services.tokens.create(owner, "test", scopes or ALL_BUT_ADMIN)


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """Serve an app of these settings on a free port until the block ends."""
    painter = PatientProvider()
    limiter.enabled = True  # or it would not connect itself to the app
    app = create_app(settings, providers={"plain": painter})
    limiter.enabled = False
    upgrade_database(app)
    easel = easel_of(app)
    easel.services.accounts.ensure_owner()
    assert isinstance(easel.runner, HueyRunner)
    worker = Worker(easel.runner, easel.services.jobs, handlers(easel), threads=2, holder="served")
    worker.start()
    try:
        with listening(app, settings) as address:
            yield Served(app, easel, painter, address)
    finally:
        painter.go.set()
        worker.stop()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def listening(app: Flask, settings: Settings) -> Iterator[str]:
    """Serve an app from a thread as `easel serve` does, and give its address."""
    options = _server_options(app, settings) | {"host": "127.0.0.1", "port": 0}
    server = waitress.create_server(app, **options)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.05, count=1, map=server._map, use_poll=True)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)

    thread = threading.Thread(target=run, name="served")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop.set()
        thread.join()
