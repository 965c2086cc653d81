"""An Easel to look at: a real server and worker in this process, with a painter that poses."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import waitress
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from flask import Flask
from sqlalchemy import insert, select, update
from waitress import wasyncore

from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.cli.session import upgrade_database
from webapp.extensions import db, limiter
from webapp.jobs import HueyRunner, Worker
from webapp.models import Generation, Image, User, now_ms, public_id
from webapp.parts import Easel
from webapp.providers.base import (
    Cancelled,
    ImageRequest,
    ImageResult,
    ModelCaps,
    Progress,
    ProviderError,
)
from webapp.providers.sketch.provider import SketchProvider
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings

SMALL = "512"
REFUSAL = "The painter refused this prompt. Change its words, then try again."
PATIENCE = 60.0
DAY_MS = 24 * 3600 * 1000


class PosingSketch(SketchProvider):
    """Sketch, small by default; it holds still, or refuses, for the prompts that it is told."""

    def __init__(self) -> None:
        self._held: dict[str, threading.Event] = {}
        self._refused: set[str] = set()

    def models(self) -> tuple[ModelCaps, ...]:
        return tuple(
            replace(model, default_size=SMALL) if SMALL in model.sizes else model
            for model in super().models()
        )

    @contextmanager
    def holding(self, prompt: str) -> Iterator[threading.Event]:
        """Keep pictures of a prompt half done until the event is set, or the block ends."""
        event = self._held[prompt] = threading.Event()
        try:
            yield event
        finally:
            event.set()
            del self._held[prompt]

    @contextmanager
    def refusing(self, prompt: str) -> Iterator[None]:
        """Fail pictures of a prompt until the block ends."""
        self._refused.add(prompt)
        try:
            yield
        finally:
            self._refused.discard(prompt)

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        if request.prompt in self._refused:
            raise ProviderError(kind="blocked", message=REFUSAL)
        event = self._held.get(request.prompt)
        if event is not None:
            progress(0.4, "Painting")
            while not event.wait(0.05):
                if cancelled():
                    raise ProviderError(kind="cancelled", message="Cancelled.")
        return super().generate(request, progress, cancelled)


@dataclass
class Studio:
    """A running Easel, and short ways to people and pictures in it."""

    app: Flask
    painter: PosingSketch
    address: str = ""
    _names: Iterator[int] = field(default_factory=itertools.count)

    @property
    def easel(self) -> Easel:
        return easel_of(self.app)

    def person(self, password: str | None = None) -> Viewer:
        """Return somebody new, with an empty gallery."""
        return self.easel.services.accounts.create(f"person{next(self._names)}", password=password)

    def link(self, person: Viewer) -> str:
        """Return a sign-in link."""
        return (
            f"{self.address}/welcome?token={self.easel.services.accounts.sign_in_link(person.name)}"
        )

    def paint(self, person: Viewer, prompt: str, **wish: Any) -> list[Picture]:
        """Start pictures as the composer would; they may not be there yet."""
        request = GenerationRequest(
            prompt=prompt, provider="sketch", model="sketch-1", size=SMALL, **wish
        )
        with self.app.app_context():
            return list(self.easel.services.generator.start(person, request).pictures)

    def painted(self, person: Viewer, prompt: str, **wish: Any) -> list[Picture]:
        """Return finished pictures."""
        return [self.finished(picture, person) for picture in self.paint(person, prompt, **wish)]

    def finished(self, picture: Picture, person: Viewer) -> Picture:
        """Wait until a picture is not pending any more."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.easel.services.images.own_image(picture.id, person)
            if not found.is_pending:
                return found
            time.sleep(0.02)
        msg = f"{picture.id} is still pending after {PATIENCE} s"
        raise TimeoutError(msg)

    def pictures(self, person: Viewer) -> list[Picture]:
        """Return the newest pictures of a person."""
        return list(self.easel.services.images.get_images(person).pictures)

    def keep(self, person: Viewer, data: bytes, filename: str = "kept.png") -> Picture:
        """Keep a picture that somebody brought."""
        with self.app.app_context():
            return self.easel.services.images.add_image(person, data, filename=filename)

    def fill(self, person: Viewer, count: int, *, like: Picture, days: int = 3) -> list[str]:
        """Add copies of a picture, one after the other over some days, the picture first of all.

        Return their ids, newest first.
        """
        with db_of(self.app) as connection:
            row = connection.execute(select(Image).where(Image.uid == like.id)).mappings().one()
            common = {name: value for name, value in row.items() if name not in ("id", "uid")}
            ids = [public_id() for _ in range(count)]
            now, step = now_ms(), days * DAY_MS // count
            rows = [
                common
                | {
                    "uid": uid,
                    "created_ms": now - (count - index) * step,
                    "prompt": f"Picture {index + 1} of {count}",
                    "provider": "sketch",
                    "filename": "",
                }
                for index, uid in enumerate(ids)
            ]
            connection.execute(insert(Image), rows)
            first = update(Image).where(Image.uid == like.id)
            connection.execute(first.values(created_ms=now - (count + 1) * step))
            more = {"image_count": User.image_count + count, "change": User.change + 1}
            connection.execute(update(User).where(User.id == person.id).values(more))
        return ids[::-1]

    def pose(self, person: Viewer, states: Sequence[dict[str, Any]]) -> list[str]:
        """Add pictures that stand still in a state: no job will ever touch them."""
        with db_of(self.app) as connection:
            batch = connection.execute(
                insert(Generation).values(
                    owner_id=person.id,
                    prompt="A model sits still",
                    provider="sketch",
                    model="sketch-1",
                    aspect_ratio="3:2",
                    size=SMALL,
                    count=len(states),
                )
            ).inserted_primary_key
            assert batch is not None
            ids = [public_id() for _ in states]
            for uid, state in zip(ids, states, strict=True):
                values = {
                    "uid": uid,
                    "owner_id": person.id,
                    "generation_id": batch[0],
                    "prompt": "A model sits still",
                    "provider": "sketch",
                    "model": "sketch-1",
                    "width": 624,
                    "height": 416,
                } | state
                connection.execute(insert(Image).values(values))
            more = {"image_count": User.image_count + len(ids), "change": User.change + 1}
            connection.execute(update(User).where(User.id == person.id).values(more))
        return ids


@contextmanager
def db_of(app: Flask) -> Iterator[Any]:
    """Give a connection whose changes are committed at the end."""
    with app.app_context(), db.engine.begin() as connection:
        yield connection


@contextmanager
def studio_in(folder: Path) -> Iterator[Studio]:
    """Run an Easel on a free port until the block ends."""
    painter = PosingSketch()
    app = create_app(Settings(data_dir=folder), providers={"sketch": painter})
    limiter.enabled = False
    upgrade_database(app)
    studio = Studio(app, painter)
    accounts = studio.easel.services.accounts
    accounts._hasher = PasswordHasher.from_parameters(CHEAPEST)
    accounts.ensure_owner()
    worker = _worker(studio.easel)
    worker.start()
    try:
        with serving(app) as studio.address:
            yield studio
    finally:
        worker.stop()
        with app.app_context():
            db.engine.dispose()


def _worker(easel: Easel) -> Worker:
    assert isinstance(easel.runner, HueyRunner)
    jobs = easel.services.jobs
    return Worker(easel.runner, jobs, handlers(easel), threads=2, holder="browser-tests")


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app from a thread, and give its address."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=6)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.2, count=1, map=server._map, use_poll=True)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)

    thread = threading.Thread(target=run, name="browser-tests-server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop.set()
        thread.join()
