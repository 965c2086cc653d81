"""`easel warm` and `easel purge`: make renditions before anybody asks, and take them away."""

from collections.abc import Iterable

import click

from webapp.cli.completion import completing, presets
from webapp.cli.output import as_json, examples, print_json, progress
from webapp.cli.session import working
from webapp.services.renditions.warming import Warmed

SHOWN_FAILURES = 1000
"""So many failures are remembered and listed; all are counted."""


@click.command(
    epilog=examples("easel warm", "easel warm 'gallery:*:small'", "easel warm '**' --preset og")
)
@click.argument("glob", required=False, default="")
@click.option(
    "--preset",
    "wanted",
    multiple=True,
    metavar="P",
    help="Only this preset.",
    shell_complete=completing(presets),
)
@click.option(
    "--format",
    "extension",
    default="webp",
    metavar="F",
    show_default=True,
    help="webp, jpg, png, avif or gif.",
)
@as_json
def warm(*, glob: str, wanted: tuple[str, ...], extension: str, as_json: bool) -> None:
    """Make the renditions that GLOB means and that are not there yet.

    Their names are gallery:IMAGE:PRESET, as in 'gallery:*:small' or '**:w640'. Without GLOB and
    --preset, the optimistic presets of all images are made.
    """
    with working() as easel:
        warmer = easel.services.warmer
        selection = warmer.selection(glob, wanted)
        done = warmer.warm(selection, extension)
        total = warmer.count(selection)
        with progress(done, "Warming", total=total, hidden=as_json) as bar:
            created, failures, failed = _counted(bar)
    if as_json:
        failed_names = [{"name": item.name, "error": item.error} for item in failures]
        facts = {"created": created, "failed": failed, "total": total, "failures": failed_names}
        print_json(facts)
    else:
        for item in failures:
            click.echo(f"{item.name}: {item.error}", err=True)
        click.echo(f"created {created}, failed {failed}")
    if failed:
        raise SystemExit(1)


@click.command(
    epilog=examples("easel purge Fyj5NgQL7r7", "easel purge --preset og", "easel purge --all")
)
@click.argument("image", required=False, default="")
@click.option(
    "--preset",
    "preset",
    metavar="P",
    default="",
    help="All renditions of a preset.",
    shell_complete=completing(presets),
)
@click.option("--all", "everything", is_flag=True, help="All renditions there are.")
@as_json
def purge(*, image: str, preset: str, everything: bool, as_json: bool) -> None:
    """Take away the renditions of IMAGE, of a preset, or all. They are made anew when needed."""
    if [bool(image), bool(preset), everything].count(True) != 1:
        msg = "Give one of IMAGE, --preset P and --all."
        raise click.UsageError(msg)
    with working() as easel:
        purger = easel.services.purger
        if image:
            count = purger.image(image)
        elif preset:
            count = purger.preset(easel.services.renditions.preset(preset))
        else:
            count = purger.everything()
    if as_json:
        print_json({"purged": count})
    else:
        click.echo(f"purged {count}")


def _counted(done: Iterable[Warmed]) -> tuple[int, list[Warmed], int]:
    """Return how many were made, the first failures, and how many failed."""
    created = failed = 0
    failures: list[Warmed] = []
    for item in done:
        created += item.is_new
        if item.error:
            failed += 1
            failures += [item] if len(failures) < SHOWN_FAILURES else []
    return created, failures, failed
