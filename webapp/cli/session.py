"""What every command needs first: an app whose database is up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_migrate import upgrade

from webapp.app import Easel, create_app, easel_of
from webapp.services.ports import JobRunner


def upgraded_app(runner: JobRunner | None = None) -> Flask:
    """Return an app. An embedded database is brought up to date; another is left to its owner."""
    app = create_app(runner=runner)
    if not easel_of(app).settings.database_url:
        upgrade_database(app)
    return app


def upgrade_database(app: Flask) -> None:
    """Run the migrations that the database has not seen."""
    with app.app_context():
        upgrade()


@contextmanager
def working(runner: JobRunner | None = None) -> Iterator[Easel]:
    """Give the wired parts of an app, inside its context."""
    app = upgraded_app(runner)
    with app.app_context():
        easel = easel_of(app)
        easel.services.accounts.ensure_owner()
        yield easel
