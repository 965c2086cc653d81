"""The parts of an Easel, put together as the settings say."""

from dataclasses import dataclass

from flask import Flask

from webapp.extensions import cache, db
from webapp.extensions.configuration import Surroundings
from webapp.extensions.forgiving_cache import ForgivingCache
from webapp.models import Database
from webapp.models.database import configure_sqlite
from webapp.services import Options, Outside, Services, wire
from webapp.services.offer import Offer
from webapp.services.ports import JobRunner
from webapp.settings import Settings
from webapp.storage import watermarks
from webapp.storage.blobs import BlobStore
from webapp.storage.data_dir import DataDirectory
from webapp.storage.shown import Shown
from webapp.storage.watermarks import Watermarks


@dataclass(frozen=True, slots=True)
class Easel:
    """The parts of a wired app that commands work with."""

    settings: Settings
    data: DataDirectory
    services: Services
    database: Database
    blobs: BlobStore
    runner: JobRunner
    shown: Shown

    @property
    def is_embedded(self) -> bool:
        """Whether the work is done in the process that serves the pages."""
        return not self.settings.queue_url


def surroundings(settings: Settings, data: DataDirectory) -> Surroundings:
    """Return the plain values that Flask's configuration is made of."""
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
        api_rate=settings.api_rate,
        upload_rate=settings.upload_rate,
        nginx_dir=settings.nginx_dir,
    )


def put_together(
    app: Flask, settings: Settings, choices: Offer, data: DataDirectory, runner: JobRunner
) -> Easel:
    """Return the services, on the parts that the settings name."""
    shown = Shown(data.root)
    database, blobs = _database(app), BlobStore.from_url(settings.storage_url or data.root)
    services = wire(
        Outside(
            database=database,
            blobs=blobs,
            cache=ForgivingCache(cache),
            runner=runner,
            catalogue=choices.catalogue,
            presets=choices.presets,
            watermarks=Watermarks(data.root / watermarks.FOLDER),
            changed=shown.change,
            all_changed=shown.change_all,
            # With a database of its own, another server may change what this one has in memory.
            stamp=None if settings.database_url else shown.stamps.stamp,
        ),
        Options(
            max_upload_bytes=settings.max_upload_bytes,
            max_pixels=settings.max_pixels,
            base_url=settings.base_url,
            webhook_hosts=settings.webhook_hosts,
            signing_keys=settings.signing_keys or (data.secret("signing.key"),),
            data_dir=data.root,
            most_waiting=max(1, settings.threads // 2),
        ),
    )
    return Easel(settings, data, services, database, blobs, runner, shown)


def _database(app: Flask) -> Database:
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        configure_sqlite(engine)
    return Database(engine)
