"""What commands print alike: progress, JSON, tables, sizes and the examples of their help."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

T = TypeVar("T")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""The option of every command that programs may want to read."""


def examples(*lines: str) -> str:
    """Return command lines as the end of a command's help; click leaves their form alone."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@contextmanager
def progress(
    items: Iterable[T], label: str, *, total: int | None = None, hidden: bool = False
) -> Iterator[Iterable[T]]:
    """Give the items while a bar on standard error tells how far they are, on a terminal only."""
    hidden = hidden or not sys.stderr.isatty()
    with click.progressbar(items, total, label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar


def print_json(facts: Any) -> None:
    """Print facts for programs."""
    click.echo(json.dumps(facts, indent=2, ensure_ascii=False))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def megabytes(count: int) -> str:
    """Return a number of bytes as people read it: `1.2 MB`, `3.4 GB`."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"
