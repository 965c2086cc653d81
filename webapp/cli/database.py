"""`easel db`: the database's schema."""

import click

from webapp.app import create_app
from webapp.cli.output import examples
from webapp.cli.session import upgrade_database


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command(epilog=examples("easel db upgrade"))
def upgrade() -> None:
    """Bring the database's tables up to date; safe to repeat."""
    upgrade_database(create_app())
    click.echo("The database is up to date.")
