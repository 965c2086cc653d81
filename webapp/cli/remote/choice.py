"""Which server a command works on: none, unless somebody names one."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click

from webapp.cli.remote.server import Server
from webapp.errors import InvalidError

COMMANDS = frozenset({"generate", "sign", "token", "import", "export", "completion"})
"""What works on a server elsewhere; all others work on a data directory."""


def chosen(address: str, token: str, token_file: str, command: str | None) -> Server | None:
    """Return the server that was named, None where none was.

    Raises InvalidError for an address that can't be one, for a command that works on a data
    directory only, and where there is no token.
    """
    if not address:
        return None
    if command is not None and command not in COMMANDS:
        msg = (
            f"`easel {command}` works where the data directory is, not on {address}. "
            "Leave out --server, and EASEL_SERVER."
        )
        raise InvalidError(msg)
    checked = _checked(address)
    _warn_of_plain_text(checked)
    return Server(checked, token or _read(token_file))


def given() -> Server | None:
    """Return the server that the running command shall work on, None for the data directory."""
    found: Server | None = click.get_current_context().find_root().obj
    return found


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.query or parts.fragment or parts.username:
        msg = f"--server takes an address such as https://pics.example.org, not {address!r}."
        raise InvalidError(msg)
    return address.rstrip("/")


def _warn_of_plain_text(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        click.echo(
            f"{address} is not encrypted: whoever stands on the way reads the token. Use https://.",
            err=True,
        )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read(path: str) -> str:
    """Return the token in a file."""
    if not path:
        msg = (
            "A server elsewhere wants a token: put one into EASEL_TOKEN, or name a file with one "
            "in EASEL_TOKEN_FILE. `easel token create` makes them."
        )
        raise InvalidError(msg)
    try:
        return Path(path).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"EASEL_TOKEN_FILE must name a file that can be read; {path!r} can't."
        raise InvalidError(msg) from error
