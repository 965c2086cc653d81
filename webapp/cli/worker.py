"""`easel worker`: makes pictures in a process of its own."""

import logging

import click

from webapp.app import create_app, easel_of
from webapp.cli.background import separate_worker
from webapp.cli.output import examples
from webapp.cli.session import bring_up_to_date
from webapp.errors import SettingsError
from webapp.imaging.memory import give_large_blocks_back


@click.command(epilog=examples("EASEL_QUEUE_URL=redis://127.0.0.1:6379/0 easel worker"))
def worker() -> None:
    """Make pictures for the servers that share EASEL_QUEUE_URL."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    give_large_blocks_back()
    app = create_app()
    easel = easel_of(app)
    if easel.is_embedded:
        msg = (
            "`easel serve` does the work itself as long as EASEL_QUEUE_URL is not set. "
            "Set it to redis://… or postgresql://… for both, to run workers apart."
        )
        raise SettingsError(msg)
    bring_up_to_date(app)
    click.echo(f"Working with {easel.settings.workers} threads. Stop with Ctrl-C.")
    with app.app_context():
        separate_worker(easel).run_forever()
