"""What every command needs first: an app whose database is up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from webapp.app import create_app, easel_of
from webapp.errors import SettingsError
from webapp.extensions import db, migrate
from webapp.parts import Easel
from webapp.services.ports import JobRunner
from webapp.storage.data_dir import DATABASE


def upgraded_app(runner: JobRunner | None = None) -> Flask:
    """Return an app. An embedded database is brought up to date; another is left to its owner."""
    app = create_app(runner=runner)
    bring_up_to_date(app)
    return app


def bring_up_to_date(app: Flask) -> None:
    """Upgrade an embedded database; raise SettingsError where another one needs it."""
    easel = easel_of(app)
    easel.database.ping()
    if not easel.settings.database_url:
        upgrade_database(app)
        easel.data.keep_private(DATABASE)
    elif not _is_up_to_date(app):
        msg = "The database's tables are not those of this Easel. Run `easel db upgrade` first."
        raise SettingsError(msg)


def upgrade_database(app: Flask) -> None:
    """Run the migrations that the database has not seen."""
    with app.app_context():
        upgrade()


def _is_up_to_date(app: Flask) -> bool:
    with app.app_context(), db.engine.connect() as connection:
        seen = set(MigrationContext.configure(connection).get_current_heads())
        known = ScriptDirectory.from_config(migrate.get_config()).get_heads()
    return seen == set(known)


@contextmanager
def working(runner: JobRunner | None = None) -> Iterator[Easel]:
    """Give the wired parts of an app, inside its context."""
    app = upgraded_app(runner)
    with app.app_context():
        easel = easel_of(app)
        easel.services.accounts.ensure_owner()
        yield easel
