"""`easel import` and `easel export` on a server elsewhere: pictures up, everything down."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from webapp.cli.output import megabytes, print_json, progress
from webapp.cli.remote.server import Server
from webapp.cli.remote.told import Kept, read
from webapp.cli.sources import ARCHIVES, PICTURES
from webapp.errors import EaselError, InvalidError
from webapp.storage.whole_file import whole_file

AT_ONCE = 2
PIECE = 1 << 20

UNPACK = "A server elsewhere takes no archives from here. Unpack it, and import the folder."


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent: the id of its picture, or why it was refused."""

    path: Path
    id: str = ""
    error: str = ""
    is_duplicate: bool = False


def pictures_in(paths: Sequence[Path]) -> list[Path]:
    """Return the files at some paths, those of folders too; raises InvalidError for none.

    Archives are among them, so that each is told to be refused.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            found += [file for file in inside if file.suffix.lower() in PICTURES | ARCHIVES]
        elif path.is_file():
            found.append(path)
        else:
            msg = f"There is no file or folder called {path}."
            raise InvalidError(msg)
    if not found:
        msg = "There are no pictures in it."
        raise InvalidError(msg)
    return found


def send(server: Server, files: Sequence[Path]) -> Iterator[Sent]:
    """Upload files, two at a time, and give what became of each in their order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda file: _sent(server, file), files)


def bring(
    server: Server, paths: Sequence[Path | None], *, as_json: bool, is_plain: bool = True
) -> None:
    """Upload the pictures at some paths and tell of them; ends with 1 where some were refused.

    `is_plain` says that nothing else was asked for, and None stands for an address. Raises
    InvalidError for what only works where the data directory is.
    """
    here = [path for path in paths if path is not None]
    if not is_plain or len(here) < len(paths):
        msg = "A server elsewhere is sent files and folders: easel import PATH…, and no options."
        raise InvalidError(msg)
    files = pictures_in(here)
    with progress(send(server, files), "Uploading", total=len(files), hidden=as_json) as bar:
        done = list(bar)
    refused = [item for item in done if item.error]
    known = sum(item.is_duplicate for item in done)
    new = len(done) - len(refused) - known
    if as_json:
        told = [
            {"file": str(item.path), "id": item.id, "new": not item.is_duplicate}
            for item in done
            if item.id
        ]
        failures = [{"file": str(item.path), "error": item.error} for item in refused]
        print_json({"imported": told, "failed": failures})
    else:
        for item in refused:
            click.echo(f"{item.path}: {item.error}", err=True)
        click.echo(f"imported {new}, there already {known}, failed {len(refused)}")
    if refused:
        raise SystemExit(1)


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


def _sent(server: Server, path: Path) -> Sent:
    try:
        if path.suffix.lower() in ARCHIVES:
            return Sent(path, error=UNPACK)
        told = read(Kept, server.upload("/api/images", "image", path))
    except EaselError as error:
        return Sent(path, error=str(error))
    except OSError as error:
        return Sent(path, error=f"It can't be read: {(error.strerror or str(error)).lower()}.")
    return Sent(path, id=told.id, is_duplicate=told.duplicate)
