"""Reading take-outs back: what `easel import` does with one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from webapp.cli.output import progress
from webapp.parts import Easel
from webapp.services.accounts import Viewer
from webapp.services.takeout.reports import Report
from webapp.services.takeout.sources import is_takeout, manifest_of, opened

NOUNS = ("images", "generations", "templates", "albums")

__all__ = ["counted", "counts", "facts", "is_takeout", "read_back", "tell"]


def counts(path: Path) -> dict[str, int]:
    """Return how many records of each kind a take-out says it holds; raises InvalidError."""
    with opened(path) as source:
        manifest = manifest_of(source)
    return {noun: manifest.counts.get(noun, 0) for noun in NOUNS}


def read_back(easel: Easel, path: Path, owner: Viewer, report: Report, *, is_json: bool) -> None:
    """Take over the library of a take-out; what became of it stands in the report.

    Raises InvalidError for what is no take-out, HopelessError where too much can't be read.
    """
    total = sum(counts(path).values())
    with opened(path) as source:
        steps = easel.services.takeouts.reader.read(source, owner, report)
        with progress(steps, path.name, total=total, hidden=is_json) as bar:
            for _ in bar:
                pass


def facts(path: Path, report: Report) -> dict[str, Any]:
    """Return what became of a take-out, for programs."""
    return {
        "path": str(path),
        "added": {noun: report.added[noun] for noun in NOUNS},
        "known": {noun: report.known[noun] for noun in NOUNS},
        "problems": [{"name": item.name, "error": item.error} for item in report.problems],
    }


def tell(report: Report) -> None:
    """Print what became of a take-out; what could not be read goes to standard error."""
    for item in report.problems:
        click.echo(f"{item.name}: {item.error}", err=True)
    known = sum(report.known.values())
    nothing = not any(report.added.values()) and known and not report.problems
    click.echo(
        "imported nothing: all of it is here already"
        if nothing
        else f"imported {counted(report.added)}; {known:,} were here already, "
        f"{len(report.problems):,} failed"
    )


def counted(numbers: Mapping[str, int]) -> str:
    """Return numbers of records as people read them: `2 images, 1 album` and so on."""
    return ", ".join(
        f"{numbers.get(noun, 0):,} {noun.removesuffix('s') if numbers.get(noun) == 1 else noun}"
        for noun in NOUNS
    )
