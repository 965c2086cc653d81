"""`easel export`: all that a person has, or an album as pages, into a folder or a ZIP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from webapp.cli.output import as_json, examples, print_json, progress
from webapp.cli.remote import given
from webapp.cli.remote.transfers import fetch
from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.parts import Easel
from webapp.services.accounts import OWNER, Viewer
from webapp.services.exports.archive import Entry, zipped
from webapp.services.exports.folder import ExportFolder
from webapp.services.exports.galleries import GalleryWish
from webapp.services.takeout.folder import TakeoutFolder
from webapp.services.takeout.records import MissingRecord
from webapp.services.takeout.writing import Tally
from webapp.storage.whole_file import whole_file
from webapp.web.static_galleries import design

NOUNS = ("images", "generations", "templates", "albums")


@dataclass(slots=True)
class Exported:
    """What was written for a person, and where."""

    user: str
    path: Path
    tally: Tally
    written: int = field(default=0)


@click.command(
    epilog=examples(
        "easel export my-pictures",
        "easel export pictures.zip --user anna",
        "easel export everybody --all-users",
        "easel export --gallery Fyj5NgQL7r7 public/lakes",
    )
)
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR|FILE.zip")
@click.option("--user", "name", default=OWNER, show_default=True, help="Whose pictures.")
@click.option("--all-users", is_flag=True, help="Everybody's, a folder or a ZIP each, in DIR.")
@click.option("--gallery", metavar="ALBUM", default="", help="An album's id: make pages of it.")
@click.option("--originals", is_flag=True, help="With --gallery: put the originals in too.")
@click.option(
    "--metadata",
    type=click.Choice(["full", "none"]),
    help="With --gallery: whether it tells prompts. Default: the person's own setting.",
)
@as_json
def export(
    *,
    target: Path,
    name: str,
    all_users: bool,
    gallery: str,
    as_json: bool,
    **hung: Any,
) -> None:
    """Write all that a person has into DIR or FILE.zip, to be kept or read back elsewhere.

    Originals to the byte, prompts, templates, albums and the rest as plain text files. DIR may hold
    an earlier export of the same person: what is missing is added. `easel import` reads it back.
    """
    server = given()
    if server is not None:
        is_plain = not (gallery or all_users or any(hung.values()) or name != OWNER)
        fetch(server, target, is_plain=is_plain, as_json=as_json)
        return
    if gallery and all_users:
        msg = "A gallery is of one person's album: leave --all-users out."
        raise click.UsageError(msg)
    if not gallery and any(hung.values()):
        msg = "--originals and --metadata go with --gallery. A take-out always has everything."
        raise click.UsageError(msg)
    with working() as easel:
        if gallery:
            owner = easel.services.accounts.named(name)
            wish = GalleryWish(gallery, hung["metadata"] or "", has_originals=hung["originals"])
            _gallery(easel, owner, wish, target, is_json=as_json)
            return
        done = [
            _taken_out(easel, owner, path, is_quiet=as_json)
            for owner, path in _targets(easel, target, name, is_all=all_users)
        ]
    _report(done, is_json=as_json)
    if any(item.tally.missing for item in done):
        raise SystemExit(1)


def _targets(
    easel: Easel, target: Path, name: str, *, is_all: bool
) -> Iterator[tuple[Viewer, Path]]:
    """Give whose take-out goes where."""
    if not is_all:
        yield easel.services.accounts.named(name), target
        return
    if _is_zip(target):
        msg = "--all-users writes a folder for everybody: name a folder, not a ZIP."
        raise InvalidError(msg)
    for person in easel.services.accounts.all():
        yield person, target / person.name


def _taken_out(easel: Easel, owner: Viewer, path: Path, *, is_quiet: bool) -> Exported:
    takeouts = easel.services.takeouts.writer
    done = Exported(owner.name, path, Tally())
    total = takeouts.sizes(owner).files
    entries = takeouts.entries(owner, done.tally)
    if _is_zip(path):
        with progress(entries, owner.name, total=total, hidden=is_quiet) as bar:
            done.written = _write_zip(path, bar)
        return done
    folder = TakeoutFolder(path)
    folder.begin(takeouts.beginning(owner), owner.name)
    with progress(folder.write(entries), owner.name, total=total, hidden=is_quiet) as steps:
        done.written = sum(steps)
    return done


def _gallery(
    easel: Easel, owner: Viewer, wish: GalleryWish, target: Path, *, is_json: bool
) -> None:
    entries = easel.services.exports.galleries.entries(owner, wish, design())
    with progress(entries, "Gallery", hidden=is_json) as bar:
        if _is_zip(target):
            count = _write_zip(target, bar)
        else:
            folder = ExportFolder(target)
            folder.begin()
            count = sum(folder.write(bar))
    if is_json:
        print_json({"path": str(target), "files": count})
    else:
        start = "Open it" if _is_zip(target) else f"Open {target / 'index.html'}"
        click.echo(f"exported {count} files. {start} in a browser, or put it on any web server.")


def _write_zip(path: Path, entries: Iterable[Entry]) -> int:
    """Write a ZIP that is there whole or not at all; return how many files it holds."""
    count = 0

    def counted() -> Iterator[Entry]:
        nonlocal count
        for entry in entries:
            count += 1
            yield entry

    with whole_file(path) as file:
        file.writelines(zipped(counted()))
    return count


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and not path.is_dir()


def _report(done: list[Exported], *, is_json: bool) -> None:
    if is_json:
        print_json([_facts(item) for item in done])
        return
    for item in done:
        for missing in item.tally.missing:
            click.echo(f"{missing.id}: {missing.reason}", err=True)
        counts = [_counted(item.tally.counts[noun], noun) for noun in NOUNS]
        lost = f", without {_counted(len(item.tally.missing), 'originals')}"
        click.echo(
            f"exported {', '.join(counts)}{lost if item.tally.missing else ''} to {item.path}"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun.removesuffix('s') if count == 1 else noun}"


def _facts(item: Exported) -> dict[str, object]:
    return {
        "user": item.user,
        "path": str(item.path),
        **{noun: item.tally.counts[noun] for noun in (*NOUNS, "originals")},
        "written": item.written,
        "missing": [_told(missing) for missing in item.tally.missing],
    }


def _told(missing: MissingRecord) -> dict[str, str]:
    return {"id": missing.id, "error": missing.reason}
