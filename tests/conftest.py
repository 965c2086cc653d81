"""An Easel for each test, with a fast provider, work done at once, and nobody outside to call."""

import contextvars
import gc
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from hypothesis import HealthCheck
from hypothesis import settings as chance
from jinja2 import FileSystemBytecodeCache

from tests.once import remember
from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.cli.session import upgrade_database
from webapp.extensions import limiter
from webapp.jobs import InlineRunner, NullRunner
from webapp.parts import Easel
from webapp.providers.plain import PlainProvider, png
from webapp.services import Services
from webapp.services.accounts import Viewer
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings

remember()

# An example that took long has shown nothing: machines stop for seconds.
chance.register_profile(
    "easel", chance.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
chance.load_profile("easel")


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among all that was imported and collected before."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


class Visitor(FlaskClient):
    """A client whose requests find no context, as in a server; else they would share `flask.g`."""

    def open(self, *args: Any, **options: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **options)


LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Refuse connections to anywhere but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            msg = f"a test tried to reach {address[0]}"
            raise ConnectionRefusedError(msg)
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file with all migrations run, to be copied."""
    folder = tmp_path_factory.mktemp("database")
    app = create_app(Settings(data_dir=folder), runner=NullRunner())
    upgrade_database(app)
    _dispose(app)
    return folder / "easel.db"


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Return the settings of the test's Easel; a test module may override this."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def runner() -> InlineRunner | NullRunner:
    """Return what does the work: at once, unless a test module says `NullRunner()`."""
    return InlineRunner()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> FileSystemBytecodeCache:
    """Return where compiled templates are kept, so that only the first app compiles them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings, runner, empty_database, compiled_templates) -> Iterator[Flask]:
    """Give an Easel of its own to a test."""
    with an_app(settings, runner, empty_database) as app:
        app.jinja_env.bytecode_cache = compiled_templates
        yield app


@contextmanager
def an_app(
    settings: Settings, runner: InlineRunner | NullRunner, empty_database: Path
) -> Iterator[Flask]:
    """Give an Easel with an owner; its passwords are hashed fast, and nobody is held up."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(empty_database, settings.data_dir / "easel.db")
    limiter.enabled = True  # or it would not connect itself to the app
    app = create_app(settings, runner=runner, providers={"plain": PlainProvider()})
    app.test_client_class = Visitor
    app.testing = False  # errors shall be answered as people would see them
    limiter.enabled = False
    if isinstance(runner, InlineRunner):
        runner.connect(easel_of(app).services.jobs, handlers(easel_of(app)))
    accounts = easel_of(app).services.accounts
    accounts._hasher = PasswordHasher.from_parameters(CHEAPEST)
    accounts.ensure_owner()
    yield app
    _dispose(app)


def _dispose(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def easel(app) -> Easel:
    """Return the wired parts of the app."""
    return easel_of(app)


@pytest.fixture
def services(easel, app):
    """Return the services, inside an app context."""
    with app.app_context():
        yield easel.services


@pytest.fixture
def owner(services: Services) -> Viewer:
    """Return the owner; Alice, in access tests."""
    return services.accounts.named("owner")


@pytest.fixture
def stranger(services: Services) -> Viewer:
    """Return somebody else with an account, who must be refused."""
    return services.accounts.create("charlie", password="charlie's password")


@dataclass(frozen=True)
class Browser:
    """A signed-in test client that sends CSRF tokens as pages do."""

    client: FlaskClient

    def get(self, path: str, **options: Any):
        return self.client.get(path, **options)

    def fragment(self, path: str, **options: Any):
        """Ask as htmx does."""
        return self.client.get(path, headers={"HX-Request": "true"}, **options)

    def post(self, path: str, data: Any = None, *, htmx: bool = False, **options: Any):
        headers = {"X-CSRFToken": self.token(), **options.pop("headers", {})}
        if htmx:
            headers["HX-Request"] = "true"
        return self.client.post(path, data=data or {}, headers=headers, **options)

    def token(self) -> str:
        """Return what pages of this browser's session carry as `csrf_token`."""
        with (
            self.client.session_transaction() as kept,
            self.client.application.app_context(),  # `flask.g` is nobody else's
            self.client.application.test_request_context(),
        ):
            session.update(kept)
            token: str = generate_csrf()
            kept.update(session)
        return token


def browser_of(app: Flask, viewer: Viewer) -> Browser:
    """Return a browser in which a person has signed in by link."""
    client = app.test_client()
    token = easel_of(app).services.accounts.sign_in_link(viewer.name)
    assert client.get(f"/welcome?token={token}").status_code == 303
    return Browser(client)


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    """Return a client that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def browser(app, owner) -> Browser:
    """Return the owner's browser."""
    return browser_of(app, owner)


@pytest.fixture
def stranger_browser(app, stranger) -> Browser:
    """Return the stranger's browser."""
    return browser_of(app, stranger)


@pytest.fixture
def a_picture() -> bytes:
    """Return a small PNG."""
    return png(96, 64, b"\x30\x80\xc0")


@pytest.fixture
def wish() -> GenerationRequest:
    """Return a request that the plain provider takes."""
    return GenerationRequest(
        prompt="a lake at dawn", provider="plain", model="plain-1", aspect_ratio="3:2", seed=7
    )


@dataclass(frozen=True)
class World:
    """An Easel with two people, shared by a module's tests: they only ask, or are refused."""

    app: Flask
    easel: Easel
    owner: Browser
    stranger: Browser
    private: str
    pending: str
    failed: str
    deleted: str
    shared: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the ids of what nobody but the owner may know of."""
        return (self.private, self.pending, self.failed, self.deleted)

    def anonymous(self) -> Any:
        return self.app.test_client()


@pytest.fixture(scope="module")
def world(tmp_path_factory, empty_database, compiled_templates):
    settings = Settings(data_dir=tmp_path_factory.mktemp("world"))
    with an_app(settings, NullRunner(), empty_database) as app:
        app.jinja_env.bytecode_cache = compiled_templates
        easel = easel_of(app)
        services = easel.services
        owner = services.accounts.named("owner")
        stranger = services.accounts.create("charlie", password="charlie's password")
        kept = [
            services.images.add_image(owner, png(60, 40, bytes([number, 9, 200])), prompt="hush")
            for number in range(3)
        ]
        services.images.delete_image(kept[1].id, owner)
        services.images.set_visibility(kept[2].id, owner, "unlisted")
        wish = GenerationRequest(prompt="hush", provider="plain", model="plain-1", count=2)
        pending, failed = services.generator.start(owner, wish).pictures
        services.generator.cancel(failed.id, owner)
        with app.app_context():
            yield World(
                app,
                easel,
                browser_of(app, owner),
                browser_of(app, stranger),
                private=kept[0].id,
                pending=pending.id,
                failed=failed.id,
                deleted=kept[1].id,
                shared=kept[2].id,
            )
