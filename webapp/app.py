"""create_app: the composition root, the one place that knows every part."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import blueprints, web
from webapp.extensions import cache, csrf, db, limiter, migrate
from webapp.extensions.configuration import Surroundings, flask_config
from webapp.extensions.forgiving_cache import ForgivingCache
from webapp.jobs import HueyRunner
from webapp.models import Database
from webapp.models.database import configure_sqlite
from webapp.providers import providers_from
from webapp.providers.base import Provider
from webapp.services import Options, Outside, Services, wire
from webapp.services.offer import on_offer
from webapp.services.ports import JobRunner
from webapp.settings import Settings
from webapp.storage import watermarks
from webapp.storage.blobs import BlobStore
from webapp.storage.data_dir import DataDirectory
from webapp.storage.hearers import in_turn
from webapp.storage.public_files import FOLDER, PublicFiles
from webapp.storage.stamps import Stamps
from webapp.storage.watermarks import Watermarks
from webapp.web.fastpath import FastPath

PACKAGE = Path(__file__).parent
BUNDLE = PACKAGE / "_bundle"
ROOT = BUNDLE if BUNDLE.is_dir() else PACKAGE.parent
"""Where templates, static files and migrations are: in the wheel, or beside the package."""

EASEL = "easel"


@dataclass(frozen=True, slots=True)
class Easel:
    """The parts of a wired app that commands work with."""

    settings: Settings
    data: DataDirectory
    services: Services
    database: Database
    blobs: BlobStore
    runner: JobRunner
    public_files: PublicFiles

    @property
    def is_embedded(self) -> bool:
        """Whether the work is done in the process that serves the pages."""
        return not self.settings.queue_url


def settings_from_surroundings() -> Settings:
    """Return the settings of the environment, filled up from `.env` in the working directory."""
    dotenv = {name: value or "" for name, value in dotenv_values(Path(".env")).items()}
    return Settings.from_env(dotenv | dict(os.environ))


def create_app(
    settings: Settings | None = None,
    *,
    runner: JobRunner | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> Flask:
    """Return the Flask app. A `runner` or `providers` take the place of what the settings name.

    Raises SettingsError where a setting can't be used.
    """
    settings = settings or settings_from_surroundings()
    choices = on_offer(
        settings.provider, settings.presets, providers or providers_from(settings.section)
    )
    data = DataDirectory(settings.data_dir)
    data.prepare()
    app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(flask_config(_surroundings(settings, data)))
    app.jinja_env.undefined = StrictUndefined
    _bind_extensions(app)
    runner = runner or HueyRunner(settings.queue_url or data.root / "queue.db")
    stamps = Stamps(data.root / "stamps")
    public_files = PublicFiles(data.root / FOLDER)
    blobs = BlobStore.from_url(settings.storage_url or data.root)
    outside = Outside(
        database=_database(app),
        blobs=blobs,
        cache=ForgivingCache(cache),
        runner=runner,
        catalogue=choices.catalogue,
        presets=choices.presets,
        watermarks=Watermarks(data.root / watermarks.FOLDER),
        changed=in_turn(stamps.change, public_files.remove),
        all_changed=in_turn(stamps.change_all, public_files.clear),
        # With a database of its own, another server may change what this one has in memory.
        stamp=None if settings.database_url else stamps.stamp,
    )
    services = wire(
        outside,
        Options(
            max_upload_bytes=settings.max_upload_bytes,
            max_pixels=settings.max_pixels,
            signing_keys=settings.signing_keys or (data.secret("signing.key"),),
        ),
    )
    app.extensions[EASEL] = Easel(
        settings, data, services, outside.database, blobs, runner, public_files
    )
    web.connect(app, services, ROOT / "static", public=blueprints.PUBLIC)
    for blueprint in blueprints.BLUEPRINTS:
        app.register_blueprint(blueprint)
    if not settings.database_url:
        files = _shown_by_nginx(settings, public_files)
        app.wsgi_app = FastPath(app.wsgi_app, stamps, files)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's documentation does
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count
        )
    return app


def easel_of(app: Flask) -> Easel:
    """Return the wired parts of an app."""
    parts: Easel = app.extensions[EASEL]
    return parts


def _surroundings(settings: Settings, data: DataDirectory) -> Surroundings:
    return Surroundings(
        data_dir=data.root,
        secret_key=settings.secret_key or data.secret("secret.key"),
        base_url=settings.base_url,
        trusted_hosts=settings.trusted_hosts,
        database_url=settings.database_url,
        cache_url=settings.cache_url,
        queue_url=settings.queue_url,
        cache_max_bytes=settings.cache_max_bytes,
        max_upload_bytes=settings.max_upload_bytes,
        nginx_dir=settings.nginx_dir,
    )


def _shown_by_nginx(settings: Settings, files: PublicFiles) -> PublicFiles | None:
    if settings.nginx_dir is None:
        return None
    files.lead_to(settings.nginx_dir.resolve() / FOLDER)
    return files


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    cache.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))


def _database(app: Flask) -> Database:
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    return Database(engine)
