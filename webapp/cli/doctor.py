"""`easel doctor`: what is configured, what is missing, and how to get it."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec

import click

from webapp.app import easel_of
from webapp.cli.output import as_json, examples, print_json
from webapp.cli.session import upgraded_app
from webapp.errors import EaselError
from webapp.extensions import cache
from webapp.imaging.formats import FORMATS
from webapp.jobs import HueyRunner
from webapp.parts import Easel
from webapp.settings import PREFIX, SECTION_MARK, Settings
from webapp.storage.watermarks import FOLDER as WATERMARKS
from webapp.storage.watermarks import Watermarks

LOW_ON_SPACE = 2 * 10**9
REMOTE = {"EASEL_SERVER", "EASEL_TOKEN"}
"""What commands read to work on a server elsewhere."""

MARKS = {"ok": "✓", "optional": "·", "problem": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `state` is ok, optional or problem; `help` says what to do."""

    state: str
    subject: str
    text: str
    help: str = ""


@click.command(epilog=examples("easel doctor", "easel doctor --json"))
@as_json
def doctor(*, as_json: bool) -> None:
    """Say what is configured, what is missing, and how to get it."""
    app = upgraded_app()
    with app.app_context():
        findings = list(examine(easel_of(app)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]} {finding.subject}: {finding.text}")
            if finding.help:
                click.echo(f"    {finding.help}")
    if any(finding.state == "problem" for finding in findings):
        raise SystemExit(1)


def examine(easel: Easel) -> Iterator[Finding]:
    """Yield what there is to say of an Easel's parts, the fundamental ones first."""
    for look in (_data, _database, _parts, _codecs, _pictures, _providers, _unknown_settings):
        yield from look(easel)


def _data(easel: Easel) -> Iterator[Finding]:
    free = shutil.disk_usage(easel.data.root).free
    text = f"{easel.data.root}, {free / 10**9:.1f} GB free"
    if free < LOW_ON_SPACE:
        yield Finding("problem", "Data directory", text, "Make room, or move EASEL_DATA_DIR.")
    else:
        yield Finding("ok", "Data directory", text)


def _database(easel: Easel) -> Iterator[Finding]:
    kind = "PostgreSQL" if easel.settings.database_url.startswith("postgresql") else "SQLite"
    try:
        jobs = easel.services.jobs.counts()
        people = len(easel.services.accounts.all())
    except EaselError as error:
        yield Finding("problem", "Database", f"{kind}: {error}", "Run `easel db upgrade`.")
    else:
        waiting = jobs["queued"] + jobs["running"]
        yield Finding(
            "ok", "Database", f"{kind}, {people} users, {waiting} jobs waiting or running"
        )


def _parts(easel: Easel) -> Iterator[Finding]:
    """Try each part that a setting can exchange."""
    settings, here = easel.settings, "files, in the data directory"
    queue = "embedded" if easel.is_embedded else _without_secrets(settings.queue_url)
    if isinstance(easel.runner, HueyRunner):
        yield _tried("Queue", queue, easel.runner.size)
    yield _tried("Cache", _without_secrets(settings.cache_url) or here, _use_cache)
    store = settings.storage_url or here
    yield _tried("Originals", store, lambda: next(iter(easel.blobs.keys()), None))


def _tried(subject: str, text: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001  # each part has its own, and all are findings
        reason = str(error).partition("\n")[0]
        return Finding("problem", subject, text, f"It does not answer: {reason}")
    return Finding("ok", subject, text)


def _use_cache() -> None:
    cache.set("doctor", b"well", timeout=60)
    if cache.get("doctor") != b"well":
        msg = "what was put in does not come out again."
        raise EaselError(msg)


def _codecs(_easel: Easel) -> Iterator[Finding]:
    yield Finding("ok", "Formats", ", ".join(FORMATS))
    if find_spec("pillow_heif") is None:
        way = 'pip install "easel-studio[heic]"'
        yield Finding("optional", "HEIC", "photographs of iPhones can't be read", way)
    else:
        yield Finding("ok", "HEIC", "can be read")


def _pictures(easel: Easel) -> Iterator[Finding]:
    """Tell of what pictures are laid over others, and who sends them."""
    names = Watermarks(easel.data.root / WATERMARKS).names()
    if names:
        yield Finding("ok", "Watermarks", ", ".join(names))
    else:
        way = f"A PNG in {WATERMARKS}/ in the data directory is one."
        yield Finding("optional", "Watermarks", "none", way)
    place = easel.settings.nginx_dir
    text = "Easel sends everything itself" if place is None else f"reads {place}"
    yield Finding("optional" if place is None else "ok", "nginx", text)


def _providers(easel: Easel) -> Iterator[Finding]:
    for state in easel.services.catalogue.states():
        yield Finding(
            "ok" if state.is_ready else "optional",
            f"Provider {state.title}",
            state.status,
            state.help,
        )


def _unknown_settings(_easel: Easel) -> Iterator[Finding]:
    """Names that look like settings and are none: mostly slips of the pen."""
    known = {PREFIX + item.name.upper() for item in fields(Settings)} | REMOTE
    for name in sorted(os.environ):
        plain = name.removesuffix("_FILE")
        if name.startswith(PREFIX) and plain not in known and SECTION_MARK not in plain:
            yield Finding(
                "optional", "Setting", f"{name} is not a setting of Easel.", "See docs/settings.md."
            )


def _without_secrets(url: str) -> str:
    """Return a URL without what stands before its host."""
    scheme, mark, rest = url.partition("://")
    return scheme + mark + rest.rpartition("@")[2]
