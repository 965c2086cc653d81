"""The `easel` command, one module a noun."""

import sys
from collections.abc import Sequence

import click

from webapp import __version__
from webapp.cli.accounts import login_link, token, user
from webapp.cli.database import database
from webapp.cli.doctor import doctor
from webapp.cli.generate import generate
from webapp.cli.renditions import purge, warm
from webapp.cli.serve import serve
from webapp.cli.sign import sign
from webapp.cli.worker import worker
from webapp.errors import EaselError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="easel")
def easel() -> None:
    """Easel, a self-hosted image studio."""


for command in (
    serve,
    worker,
    generate,
    warm,
    purge,
    sign,
    user,
    login_link,
    token,
    database,
    doctor,
):
    easel.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what a person can mend is said in a sentence, with exit status 1."""
    try:
        easel(arguments, prog_name="easel")
    except EaselError as error:
        click.echo(f"easel: {error}", err=True)
        sys.exit(1)
