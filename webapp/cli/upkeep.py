"""`easel fsck` and `easel gc`: look whether all is as it should be, and clear away."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain

import click

from webapp.cli.output import as_json, examples, megabytes, print_json, progress
from webapp.cli.session import working
from webapp.extensions import cache
from webapp.parts import Easel
from webapp.services.upkeep.checking import Checker
from webapp.services.upkeep.cleaning import Cleaned, Cleaner
from webapp.services.upkeep.findings import Finding

forced = click.option(
    "--force", is_flag=True, help="Remove originals though most of them belong to no image."
)


@click.command(epilog=examples("easel fsck", "easel fsck --repair", "easel fsck --deep --json"))
@click.option("--repair", is_flag=True, help="Repair what can be repaired.")
@click.option("--deep", is_flag=True, help="Read every original, and compare its SHA-256.")
@forced
@as_json
def fsck(*, repair: bool, deep: bool, force: bool, as_json: bool) -> None:
    """Check that files, rows, counters and renditions agree.

    What is wrong is told line by line, with what --repair does about it. An image whose original
    is lost stays: only a backup can bring the file back. Nothing is repaired where most originals
    belong to no image: the database is not theirs. Works beside a running server.
    """
    with working() as easel:
        checker = Checker(
            easel.database,
            easel.blobs,
            easel.shown.files,
            easel.services.purger,
            max_pixels=easel.settings.max_pixels,
        )
        steps = checker.check(repair=repair, deep=deep, force=force)
        with progress(steps, "Checking", total=Checker.STEPS, hidden=as_json) as bar:
            found = list(chain.from_iterable(bar))
    left = sum(not finding.is_repaired for finding in found)
    if as_json:
        print_json({"findings": [asdict(finding) for finding in found], "left": left})
    else:
        _tell(found, left)
    if left:
        raise SystemExit(1)


@click.command(epilog=examples("easel gc --dry-run", "easel gc"))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken away.")
@forced
@as_json
def gc(*, dry_run: bool, force: bool, as_json: bool) -> None:
    """Take away what nobody will ask for any more.

    Files that no image names (once they are an hour old), unfinished files of crashed writers,
    renditions of what is gone, what the cache holds beyond its limit, and rows that have ended:
    sessions, sign-in links, jobs, idempotency keys, undo steps. Nothing goes where most originals
    belong to no image: the database is not theirs. Works beside a running server.
    """
    with working() as easel:
        done = list(_clean(easel, dry_run=dry_run, force=force))
    if as_json:
        print_json({"dry_run": dry_run, "cleaned": [asdict(item) for item in done]})
        return
    for item in done:
        if item.count:
            size = f", {megabytes(item.bytes)}" if item.bytes else ""
            click.echo(f"{item.what}: {item.count}{size}")
    total = megabytes(sum(item.bytes for item in done))
    count = sum(item.count for item in done)
    click.echo(f"{'would remove' if dry_run else 'removed'} {count} things, {total}")


def _clean(easel: Easel, *, dry_run: bool, force: bool) -> Iterator[Cleaned]:
    cleaner = Cleaner(easel.database, easel.blobs, easel.services.purger)
    yield from cleaner.clean(dry_run=dry_run, force=force)
    prune = getattr(cache.cache, "prunable" if dry_run else "prune", None)
    if prune is not None:
        pruned = prune()
        yield Cleaned("cached files beyond their time or limit", pruned.removed, pruned.freed)


def _tell(found: list[Finding], left: int) -> None:
    for finding in found:
        state = "repaired: " if finding.is_repaired else ""
        way = finding.remedy
        if finding.is_repairable and not finding.is_repaired:
            way = f"--repair: {way}"
        click.echo(f"{state}{finding.subject}: {finding.problem} {way}")
    if not found:
        click.echo("Everything is as it should be.")
    else:
        click.echo(f"found {len(found)}, repaired {len(found) - left}, left {left}")
