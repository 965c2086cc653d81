"""A library on each database: people, their pictures, and who hears of what happens to them."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from tests.servers import temporary_database
from webapp.jobs import NullRunner
from webapp.models import Database, Generation, Image, User, public_id
from webapp.providers.plain import PlainProvider
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue
from webapp.services.changes import ChangeFeed
from webapp.services.generations.generator import ImageGeneratorService
from webapp.services.generations.making import JOB_KIND
from webapp.services.jobs import Jobs
from webapp.services.library import (
    AlbumContents,
    Albums,
    Batches,
    Filter,
    Finder,
    Patcher,
    Tags,
    Undoer,
    Workbench,
)
from webapp.services.library.actions import Tools
from webapp.services.money.budgets import Budgets
from webapp.services.money.ledger import Ledger


class Events:
    """Notes what becomes of images."""

    def __init__(self):
        self.saved, self.deleted, self.told = [], [], []

    def source_saved(self, _session, image_id):
        self.saved.append(image_id)
        return []

    def source_deleted(self, _session, picture):
        self.deleted.append(picture.key)

    def image_created(self, _session, row):
        self.told.append(("created", row.uid))
        return []

    def image_failed(self, _session, row):
        self.told.append(("failed", row.uid))
        return []

    def image_deleted(self, _session, row):
        self.told.append(("deleted", row.uid))
        return []

    def send(self, _job_ids):
        pass


@dataclass
class Library:
    """The services over one database."""

    database: Database
    changed: list[str] = field(default_factory=list)
    events: Events = field(default_factory=Events)

    def __post_init__(self):
        database, changed = self.database, self.changed.append
        self.jobs = Jobs(database, NullRunner())
        budgets = Budgets(database, Ledger(database))
        catalogue = Catalogue({"plain": PlainProvider()}, "plain")
        self.generator = ImageGeneratorService(database, self.jobs, catalogue, budgets, self.events)
        tools = Tools(
            events=self.events,
            cancel=lambda session, ids: self.jobs.cancel(session, JOB_KIND, ids),
            begin_again=self.generator.begin_again,
        )
        bench = Workbench(database, self.jobs, tools, changed)
        self.albums = Albums(database, changed)
        self.contents = AlbumContents(database, changed)
        self.tags = Tags(database)
        self.finder = Finder(database)
        self.patcher = Patcher(database, events=self.events, changed=changed)
        self.batches = Batches(database, self.finder, bench)
        self.undoer = Undoer(database, bench)
        self.feed = ChangeFeed(database)

    def person(self, name):
        with self.database.writing() as session:
            user = User(name=name)
            session.add(user)
            session.flush()
            return Viewer.of(user)

    def keep(self, owner, count=1, **values):
        """Add images as they are said to be, and return their ids, the oldest first."""
        common = {"state": "ready", "width": 3, "height": 2, "digest": "ab" * 32} | values
        with self.database.writing() as session:
            if common["state"] != "ready":
                asked = Generation(
                    owner_id=owner.id,
                    prompt="",
                    provider="plain",
                    model="plain-1",
                    aspect_ratio="1:1",
                    size="64",
                    count=count,
                )
                session.add(asked)
                session.flush()
                common |= {"generation_id": asked.id, "provider": "plain", "model": "plain-1"}
                common["digest"] = None
            rows = [Image(owner_id=owner.id, uid=public_id(), **common) for _ in range(count)]
            session.add_all(rows)
            user = session.get_one(User, owner.id)
            user.image_count += count
            session.flush()
            keys = [row.id for row in rows]
            if common["state"] == "pending":
                self.jobs.add(session, JOB_KIND, keys, owner_id=owner.id)
            return [row.uid for row in rows]

    def row(self, uid):
        with self.database.reading() as session:
            return session.scalar(select(Image).where(Image.uid == uid))

    def count(self, owner):
        """Return the counter of a person's images, and how many there really are."""
        with self.database.reading() as session:
            kept = select(func.count()).where(
                Image.owner_id == owner.id, Image.deleted_ms.is_(None)
            )
            return session.get_one(User, owner.id).image_count, session.scalar(kept)

    def inside(self, album, owner):
        """Return the ids of what is in an album, in its order."""
        page = self.contents.page(album, owner, limit=3)
        found = [picture.id for picture in page.pictures]
        while page.next_cursor is not None:
            page = self.contents.page(album, owner, page.next_cursor, 3)
            found += [picture.id for picture in page.pictures]
        return found

    def found(self, owner, query=""):
        """Return the ids of what a query finds."""
        page = self.finder.page(owner, Filter.parse(query) if query else Filter(), limit=100)
        return [picture.id for picture in page.pictures]


@pytest.fixture(params=["sqlite", "postgresql"])
def library(request, tmp_path):
    with temporary_database(request.param, tmp_path) as database:
        yield Library(database)


@pytest.fixture
def ann(library):
    return library.person("ann")


@pytest.fixture
def bob(library):
    """Return somebody else, who has one of everything."""
    bob = library.person("bob")
    theirs = library.keep(bob, 2, prompt="a lake")
    album = library.albums.create(bob, "Bob's")
    library.contents.add(album.id, bob, theirs)
    library.tags.set(theirs[0], bob, ["sea"])
    return bob
