"""`easel import`: pictures from files, folders, ZIP archives and addresses; take-outs too."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from webapp.cli import takeouts
from webapp.cli.labelling import Labels
from webapp.cli.output import as_json, examples, print_json, progress
from webapp.cli.remote import given
from webapp.cli.remote.server import Server
from webapp.cli.remote.transfers import sent
from webapp.cli.session import working
from webapp.cli.sources import Imported, Source, gathered, kept
from webapp.errors import InvalidError
from webapp.parts import Easel
from webapp.services.accounts import OWNER, Viewer
from webapp.services.takeout.reports import Report

ONLY_HERE = (
    "{} is a take-out, and those are read back where the data directory is. "
    "Run easel import on the machine of the server."
)
PLAIN_THERE = (
    "A server elsewhere is sent files, folders and addresses: easel import PATH|URL…, "
    "and no options."
)
NOTHING = "There are no pictures in {}."
OWN_LABELS = "{} is a take-out: it brings its own albums and tags. Leave out --album and --tag."


@click.command(
    "import",
    epilog=examples(
        "easel import ~/Pictures",
        'easel import holiday.zip --album "Summer" --tag sea',
        "easel import https://example.org/lighthouse.jpg",
    ),
)
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--user", "name", default=OWNER, show_default=True, help="Whose gallery.")
@click.option("--album", default="", metavar="TITLE|ID", help="Put them into this album.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Give them this tag, too.")
@click.option("--dry-run", is_flag=True, help="Only list what would be imported.")
@as_json
def import_pictures(
    *,
    sources: Sequence[str],
    name: str,
    album: str,
    tags: Sequence[str],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Keep the pictures at each PATH or URL in the gallery; a take-out is read back.

    Folders are searched, ZIP archives opened. What is in the gallery already is not kept twice.
    """
    labels = Labels(album, tags)
    taken = [text for text in sources if _is_takeout(Path(text))]
    if taken and labels:
        raise InvalidError(OWN_LABELS.format(taken[0]))
    server = None if dry_run else given()
    if taken and server is not None:
        raise InvalidError(ONLY_HERE.format(taken[0]))
    found = list(gathered([text for text in sources if text not in taken]))
    if not found and not taken:
        raise InvalidError(NOTHING.format(", ".join(sources)))
    if dry_run:
        _list([Path(text) for text in taken], found, is_json=as_json)
    elif server is not None:
        if labels or name != OWNER:
            raise InvalidError(PLAIN_THERE)
        _import_there(server, found, is_json=as_json)
    else:
        _import(name, [Path(text) for text in taken], found, labels, is_json=as_json)


def _import(
    name: str, taken: Sequence[Path], found: Sequence[Source], labels: Labels, *, is_json: bool
) -> None:
    """Import into the data directory, and end with 1 where something went wrong."""
    outcome = _Outcome(is_json=is_json)
    with working() as easel:
        owner = easel.services.accounts.named(name)
        labels.check(easel.services.library.albums, owner)
        try:
            outcome.read_back(easel, owner, taken)
            outcome.keep(easel, owner, found, labels)
        finally:
            outcome.end()
    if not outcome.is_fine:
        raise SystemExit(1)


def _import_there(server: Server, found: Sequence[Source], *, is_json: bool) -> None:
    """Import on a server elsewhere, and end with 1 where something went wrong."""
    outcome = _Outcome(is_json=is_json)
    try:
        outcome.follow(sent(server, found), len(found))
        outcome.tell()
    finally:
        outcome.end()
    if not outcome.is_fine:
        raise SystemExit(1)


class _Outcome:
    """What became of all that was to be imported; programs are told in one document."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._done: list[Imported] = []
        self._takeouts: list[tuple[Path, Report]] = []

    @property
    def is_fine(self) -> bool:
        """Whether nothing went wrong."""
        problems = any(report.problems for _, report in self._takeouts)
        return not problems and not any(item.error for item in self._done)

    def read_back(self, easel: Easel, owner: Viewer, paths: Sequence[Path]) -> None:
        """Read take-outs back."""
        for path in paths:
            report = Report()
            self._takeouts.append((path, report))
            try:
                takeouts.read_back(easel, path, owner, report, is_json=self._is_json)
            finally:
                if not self._is_json and (report.added or report.known or report.problems):
                    takeouts.tell(report)

    def keep(self, easel: Easel, owner: Viewer, found: Sequence[Source], labels: Labels) -> None:
        """Import what was found, and label it."""
        self.follow(kept(easel.services.uploads, owner, found), len(found))
        self._done = labels.give(easel.services.library, owner, self._done)
        if found or not self._takeouts:
            self.tell()

    def follow(self, work: Iterator[list[Imported]], total: int) -> None:
        """Take in what is imported, source by source, behind a progress bar."""
        with progress(work, "Importing", total=total, hidden=self._is_json) as bar:
            for items in bar:
                self._done += items

    def end(self) -> None:
        """Print what programs want to know, however far the work came."""
        if not self._is_json:
            return
        new, known, failed = self._sorted()
        print_json(
            {
                "imported": [{"name": item.name, "id": item.id} for item in new],
                "duplicates": [{"name": item.name, "id": item.id} for item in known],
                "failed": [{"name": item.name, "error": item.error} for item in failed],
                "takeouts": [takeouts.facts(path, report) for path, report in self._takeouts],
            }
        )

    def tell(self) -> None:
        """Say what became of the pictures, to people."""
        if self._is_json:
            return
        new, known, failed = self._sorted()
        for item in failed:
            click.echo(f"{item.name}: {item.error}", err=True)
        click.echo(f"imported {len(new)}, duplicates {len(known)}, failed {len(failed)}")

    def _sorted(self) -> tuple[list[Imported], list[Imported], list[Imported]]:
        """Return what is new, what was known, and what has failed."""
        fine = [item for item in self._done if not item.error]
        return (
            [item for item in fine if item.is_new],
            [item for item in fine if not item.is_new],
            [item for item in self._done if item.error],
        )


def _is_takeout(path: Path) -> bool:
    return (path.is_dir() or path.is_file()) and takeouts.is_takeout(path)


def _list(taken: Sequence[Path], found: Sequence[Source], *, is_json: bool) -> None:
    """Print what would be imported."""
    holding = {str(path): takeouts.counts(path) for path in taken}
    if is_json:
        listed = [{"path": path, "counts": numbers} for path, numbers in holding.items()]
        print_json({"found": [item.name for item in found], "takeouts": listed})
        return
    for path, numbers in holding.items():
        click.echo(f"{path}: a take-out of {takeouts.counted(numbers)}")
    for item in found:
        click.echo(item.name)
    if found or not taken:
        click.echo(f"would import {len(found)}, archives counted as one")
