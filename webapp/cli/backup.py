"""`easel backup` and `easel restore`: everything as one file, and back again."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from alembic.script import ScriptDirectory

from webapp import __version__
from webapp.app import ROOT, settings_from_surroundings
from webapp.cli.output import as_json, examples, megabytes, print_json, progress
from webapp.cli.session import working
from webapp.errors import InvalidError, StorageFullError
from webapp.parts import Easel
from webapp.services.upkeep.backup import (
    Backup,
    Source,
    Tally,
    moment,
    private_files,
    source_of,
)
from webapp.services.upkeep.masters import Mender
from webapp.settings import Settings
from webapp.storage.archive import HEADER, ArchiveWriter, Header, writing_archive
from webapp.storage.data_dir import DATABASE, DataDirectory
from webapp.storage.durable import STAGING, noticing_full
from webapp.storage.unpacking import reading_archive
from webapp.storage.whole_file import whole_file

ELSEWHERE = (
    "The database is not in this backup: PostgreSQL makes its own copies. "
    "Run pg_dump first and this afterwards, and keep both."
)
SECRET = "Keep it secret: it holds everybody's prompts, hashes of passwords"  # noqa: S105  # a sentence


@click.command(
    epilog=examples(
        "easel backup /backups/easel.tar",
        "easel backup --without-secrets easel.tar",
        "easel backup - | gzip > easel.tar.gz",
    )
)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--without-secrets", is_flag=True, help="Leave out the keys that sign.")
@click.option(
    "--without-masters/--with-masters",
    "without_masters",
    default=True,
    show_default=True,
    help="Leave out the smaller copies that are made anew.",
)
def backup(*, file: str, without_secrets: bool, without_masters: bool) -> None:
    """Write everything into FILE, while `easel serve` goes on; '-' is standard output.

    The database as it is at one moment, the originals that it names, keys and watermarks. FILE
    appears when it is complete, and only its owner may read it. The exit status is 1 if originals
    are missing or damaged.
    """
    if file == "-" and sys.stdout.isatty():
        msg = "A backup is not for a terminal. Name a file, or pipe it somewhere."
        raise click.UsageError(msg)
    with (
        working() as easel,
        source_of(easel.database, easel.data.root / STAGING) as source,
        _target(file) as target,
        writing_archive(target) as archive,
    ):
        work = Backup(source, easel.blobs, masters=not without_masters)
        header = _header(source, masters=not without_masters, secrets=not without_secrets)
        archive.add(HEADER, header.encoded())
        if source.path is not None:
            archive.add(DATABASE, source.path)
        for name, data in private_files(easel.data.root, keys=not without_secrets):
            archive.add(name, data)
        with progress(work.originals(archive), "Backing up", total=header.files) as bar:
            for _ in bar:
                pass
    _tell(work.tally, header, archive, quiet=file == "-")
    if not work.tally.is_whole:
        raise SystemExit(1)


@click.command(
    epilog=examples("easel restore easel.tar", "gunzip -c easel.tar.gz | easel restore -")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@as_json
def restore(*, file: str, as_json: bool) -> None:
    """Bring back what `easel backup` wrote into FILE, into an empty data directory.

    Every file is compared with its digest. Nothing is in place until everything is; an older
    database is brought up to date, and missing masters are made anew.
    """
    settings = settings_from_surroundings()
    data = DataDirectory(settings.data_dir)
    with _opened(file) as archive, reading_archive(archive) as unpacker:
        header = unpacker.header
        _check(header, settings)
        with data.restoring() as folder, noticing_full(folder):
            total = header.files or None
            names = (name for name in unpacker.into(folder) if name.startswith("originals/"))
            with progress(names, "Restoring", total=total, hidden=as_json) as bar:
                originals = sum(1 for _ in bar)
    with working() as easel:
        masters = _make_masters(easel, hidden=as_json)
    missing = max(header.files - originals, 0)
    if missing:
        click.echo(
            f"{missing} of {header.files} originals are not in this backup; "
            "`easel fsck` names their images.",
            err=True,
        )
    if as_json:
        told = {"originals": originals, "missing": missing, "masters": masters}
        print_json({"directory": str(data.root), **told})
    else:
        click.echo(f"restored {originals} originals into {data.root}")


def _header(source: Source, *, masters: bool, secrets: bool) -> Header:
    return Header(
        easel=__version__,
        schema="" if source.path is None else source.revision(),
        created=moment(),
        files=source.originals(),
        has_masters=masters,
        has_secrets=secrets,
    )


@contextmanager
def _target(file: str) -> Iterator[IO[bytes]]:
    if file != "-":
        with whole_file(Path(file)) as target:
            yield target
        return
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        msg = "The disk is full, and the backup incomplete. Make room, then try again."
        raise StorageFullError(msg) from error


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as archive:
            yield archive
    except PermissionError as error:
        msg = f"{file} can't be read: {(error.strerror or str(error)).lower()}."
        raise InvalidError(msg) from error


def _tell(tally: Tally, header: Header, archive: ArchiveWriter, *, quiet: bool) -> None:
    """Say what was backed up; `quiet` is standard output where it is the backup itself."""
    if not header.has_database:
        click.echo(ELSEWHERE, err=True)
    for problem, digests in (("missing", tally.missing), ("damaged", tally.damaged)):
        if digests:
            click.echo(
                f"{len(digests)} of {header.files} originals are {problem}; "
                "`easel fsck --deep` names them.",
                err=True,
            )
    keys = ", and the keys that sign" if header.has_secrets else ""
    click.echo(f"{SECRET}{keys}.", err=True)
    click.echo(f"backed up {tally.images} images, {megabytes(archive.bytes)}", err=quiet)


def _check(header: Header, settings: Settings) -> None:
    """Raise InvalidError for a backup that this Easel, as it is set up, can't use."""
    known = {
        script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()
    }
    msg = ""
    if header.has_database and header.schema not in known:
        msg = (
            f"This backup was made by Easel {header.easel}, whose tables ({header.schema}) this "
            f"Easel {__version__} does not know. Restore it with a newer Easel."
        )
    elif settings.storage_url:
        msg = (
            "A restore puts originals into the data directory, and EASEL_STORAGE_URL names "
            "another place. Restore without it, then copy originals/ there."
        )
    elif header.has_database and settings.database_url:
        msg = (
            "This backup holds a database of SQLite, and EASEL_DATABASE_URL names another one. "
            "Restore without EASEL_DATABASE_URL."
        )
    elif not (header.has_database or settings.database_url):
        msg = (
            "This backup holds files alone. Bring its database back with pg_restore, and set "
            "EASEL_DATABASE_URL."
        )
    if msg:
        raise InvalidError(msg)


def _make_masters(easel: Easel, *, hidden: bool) -> int:
    """Make the masters that are missing; return of how many originals."""
    mender = Mender(easel.database, easel.blobs, max_pixels=easel.settings.max_pixels)
    with progress(mender.mend(), "Making masters", total=mender.STEPS, hidden=hidden) as bar:
        return sum(bar)
