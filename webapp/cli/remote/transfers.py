"""`easel import` and `easel export` on a server elsewhere: pictures up, everything down."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from webapp.cli.output import megabytes, print_json, progress
from webapp.cli.remote.server import Server
from webapp.cli.remote.told import Kept, read
from webapp.cli.sources import ARCHIVES, Imported, Source, readable, unreadable
from webapp.errors import EaselError, InvalidError
from webapp.storage.whole_file import whole_file

AT_ONCE = 2
PIECE = 1 << 20

UNPACK = "A server elsewhere takes no archives from here. Unpack it, and import the folder."


def sent(server: Server, found: Sequence[Source]) -> Iterator[list[Imported]]:
    """Bring what was found to a server, two at a time, and say in order what became of it.

    Addresses are fetched by the server itself.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda source: [_sent(server, source)], found)


def fetch(server: Server, path: Path, *, is_plain: bool, as_json: bool) -> None:
    """Write all that the token's owner has as a ZIP at a path, which is there whole or not.

    `is_plain` says that nothing else was asked for. Raises InvalidError for what only works where
    the data directory is.
    """
    if not is_plain or path.suffix.lower() != ".zip":
        msg = "A server elsewhere sends everything as a ZIP: easel export FILE.zip, and no options."
        raise InvalidError(msg)
    with (
        server.stream("/api/takeout") as response,
        whole_file(path) as file,
        progress(response.iter_bytes(PIECE), "Exporting", hidden=as_json) as bar,
    ):
        size = sum(map(file.write, bar))
    if as_json:
        print_json({"path": str(path), "bytes": size})
    else:
        click.echo(f"exported {megabytes(size)} into {path}")


def _sent(server: Server, source: Source) -> Imported:
    try:
        if source.path is None:
            told = read(Kept, server.post("/api/images", {"url": source.name}))
        elif source.path.suffix.lower() in ARCHIVES:
            return Imported(source.name, error=UNPACK)
        else:
            told = read(Kept, server.upload("/api/images", "image", readable(source.path)))
    except EaselError as error:
        return Imported(source.name, error=str(error))
    except OSError as error:
        return Imported(source.name, error=unreadable(error))
    return Imported(source.name, told.id, is_new=not told.duplicate)
