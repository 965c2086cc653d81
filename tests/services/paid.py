"""What tests of money share: a provider that costs some, its charges, and an Easel anywhere."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from tests.servers import open_database
from webapp.app import create_app, easel_of
from webapp.extensions import db
from webapp.models import Charge, Image, Job
from webapp.parts import Easel
from webapp.providers.base import ImageRequest, ImageResult
from webapp.providers.plain import CAPS, PAID, PlainProvider
from webapp.services.accounts import Viewer
from webapp.services.ports import JobRunner
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings

PRICE = 34_000
GOLD = GenerationRequest(prompt="gold", provider="plain", model="plain-paid")
FREE = GenerationRequest(prompt="air", provider="plain", model="plain-1")
UNPRICED = GenerationRequest(prompt="amber", provider="plain", model="plain-unpriced")
EDITED = GenerationRequest(prompt="gilded", provider="plain", model="plain-edit")


def nothing(request: ImageRequest) -> ImageResult | None:
    """Let the provider go on."""


class ScriptedProvider(PlainProvider):
    """Does what the test says, before it paints; notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[ImageRequest] = []
        self.before: Callable[[ImageRequest], ImageResult | None] = nothing

    def models(self):
        unpriced = replace(PAID, id="plain-unpriced", prices={})
        return (CAPS, PAID, unpriced, replace(CAPS, id="plain-edit", prices={"*": PRICE}))

    def generate(self, request, progress, cancelled):
        self.asked.append(request)
        return self.before(request) or super().generate(request, progress, cancelled)

    def fail(self, error: BaseException) -> None:
        def before(_request):
            raise error

        self.before = before


def scripted(services) -> ScriptedProvider:
    """Put a scripted provider in the plain one's place."""
    provider = ScriptedProvider()
    services.catalogue._providers["plain"] = provider
    return provider


def charges(services, person: Viewer) -> list[Charge]:
    """Return a person's charges, oldest first."""
    with services.ledger._database.reading() as session:
        mine = select(Charge).where(Charge.owner_id == person.id).order_by(Charge.id)
        return list(session.scalars(mine))


def row_of(services, picture) -> Image:
    """Return a picture's row."""
    with services.ledger._database.reading() as session:
        row: Image = session.scalars(select(Image).where(Image.uid == picture.id)).one()
        return row


def job_of(services, picture) -> Job:
    """Return a picture's job."""
    with services.ledger._database.reading() as session:
        mine = select(Job).where(Job.kind == "image", Job.subject_id == picture.key)
        job: Job = session.scalars(mine).one()
        return job


def expire(services, picture) -> None:
    """Let the lease on a picture's job run out, as when its process has died."""
    with services.ledger._database.writing() as session:
        mine = select(Job).where(Job.kind == "image", Job.subject_id == picture.key)
        session.scalars(mine).one().due_ms -= 3_600_000


@contextmanager
def an_easel(
    folder: Path, runner: JobRunner, provider: PlainProvider, *, database: str | Path = ""
) -> Iterator[Easel]:
    """Give an Easel with two people on a database's URL, or on a copy of an SQLite file."""
    settings = Settings(data_dir=folder)
    folder.mkdir(exist_ok=True)
    if isinstance(database, Path):
        shutil.copyfile(database, folder / "easel.db")
    else:
        settings = replace(settings, database_url=database)
        with open_database(database):
            pass
    app = create_app(settings, runner=runner, providers={"plain": provider})
    easel = easel_of(app)
    easel.services.accounts.ensure_owner()
    easel.services.accounts.create("charlie", password="charlie's password")
    with app.app_context():
        yield easel
        db.engine.dispose()


class BusyDatabase:
    """A database that is busy the first so many times that somebody wants to write."""

    def __init__(self, database, error: Exception, times: int) -> None:
        self.database = database
        self.error = error
        self.left = times

    def writing(self):
        self._refuse()
        return self.database.writing()

    def change(self, *arguments):
        self._refuse()
        self.database.change(*arguments)

    def _refuse(self):
        if self.left:
            self.left -= 1
            raise self.error
