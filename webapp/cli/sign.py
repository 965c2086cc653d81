"""`easel sign`: an address for any rendition, which nobody else could have asked for."""

import click

from webapp.cli.session import working


@click.command()
@click.argument("path")
def sign(path: str) -> None:
    """Print the signed URL of PATH, such as '/w_400,fit_cover/Fyj5NgQL7r7.webp'."""
    with working() as easel:
        address = easel.settings.base_url or f"http://{easel.settings.host}:{easel.settings.port}"
        click.echo(address + easel.services.addresses.sign(path))
