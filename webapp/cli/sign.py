"""`easel sign`: an address for any rendition, which nobody else could have asked for."""

import click

from webapp.cli.output import examples
from webapp.cli.remote import given
from webapp.cli.remote import urls as elsewhere
from webapp.cli.session import working


@click.command(epilog=examples("easel sign '/w_400,h_300,fit_cover/Fyj5NgQL7r7.webp'"))
@click.argument("path")
def sign(path: str) -> None:
    """Print the signed URL of PATH, such as '/w_400,fit_cover/Fyj5NgQL7r7.webp'."""
    server = given()
    if server is not None:
        click.echo(elsewhere.sign(server, path))
        return
    with working() as easel:
        address = easel.settings.base_url or f"http://{easel.settings.host}:{easel.settings.port}"
        click.echo(address + easel.services.addresses.sign(path))
