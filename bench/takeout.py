"""Take a library out and read it back: megabytes a second, and how much memory that takes.

    python -m bench.takeout [IMAGES]

Each step is a process of its own. Prints its seconds, its rate, and by how much its memory grew
from the first piece to its peak.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.pictures import small_picture
from tests.memory import peak
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.models import Image, ImageTag
from webapp.models.base import now_ms, public_id
from webapp.parts import Easel
from webapp.services.accounts import Viewer
from webapp.services.takeout.folder import TakeoutFolder
from webapp.services.takeout.reports import Report
from webapp.services.takeout.sources import opened
from webapp.services.takeout.writing import Tally
from webapp.settings import Settings

AT_ONCE = 1000
STEPS = ("zip", "folder", "again", "read", "reread")


def main(count: int) -> None:
    """Furnish an Easel, then run each step beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        furnish(folder / "data", count)
        for step in STEPS:
            command = [
                sys.executable,
                "-m",
                "bench.takeout",
                str(count),
                "--step",
                step,
                "--folder",
                name,
            ]
            subprocess.run(command, check=True)


def run(step: str, folder: Path) -> None:
    """Do one step and print what it took."""
    is_reading = step in {"read", "reread"}
    with an_easel(folder / ("other" if is_reading else "data")) as (easel, owner):
        before, start = peak(), time.perf_counter()
        done = sum(1 for _ in steps(step, folder, easel, owner))
        seconds = time.perf_counter() - start
    size = (folder / "taken.zip").stat().st_size / 1e6
    print(f"{step:8} {seconds:6.1f} s  {size / seconds:7.1f} MB/s  {done:>9,} steps  "
          f"memory {before} MiB before, {peak() - before} MiB more")  # fmt: skip


def steps(step: str, folder: Path, easel: Easel, owner: Viewer) -> Iterator[object]:
    """Return what a step does, piece by piece."""
    takeouts = easel.services.takeouts.writer
    if step == "zip":
        with (folder / "taken.zip").open("wb") as file:
            for piece in takeouts.zip(owner):
                file.write(piece)
                yield piece[:0]
    elif step in {"folder", "again"}:
        target = TakeoutFolder(folder / "taken")
        target.begin(takeouts.beginning(owner), owner.name)
        yield from target.write(takeouts.entries(owner, Tally()))
    else:
        report = Report()
        with opened(folder / "taken.zip") as source:
            yield from easel.services.takeouts.reader.read(source, owner, report)
        if report.problems:
            raise SystemExit(str(report.problems[:3]))


@contextmanager
def an_easel(folder: Path) -> Iterator[tuple[Easel, Viewer]]:
    """Give an Easel on a data directory, and its owner."""
    app = create_app(Settings(data_dir=folder), runner=NullRunner())
    with app.app_context():
        upgrade_database(app)
        easel = easel_of(app)
        easel.services.accounts.ensure_owner()
        yield easel, easel.services.accounts.named("owner")


def furnish(folder: Path, count: int) -> None:
    """Keep small pictures, no two of them equal, as rows whose masters nobody needs."""
    chance = random.Random(1)
    os.fsync = unsynced  # nothing of it has to survive
    with an_easel(folder) as (easel, owner):
        for first in range(0, count, AT_ONCE):
            rows = [row(easel, owner, chance) for _ in range(min(AT_ONCE, count - first))]
            with easel.database.writing() as session:
                session.add_all(rows)
                session.flush()
                session.add_all(
                    ImageTag(image_id=one.id, tag="bench", owner_id=owner.id) for one in rows
                )


def unsynced(fd: object) -> None:
    """Stand in for what waits for the disk."""
    del fd


def row(easel: Easel, owner: Viewer, chance: random.Random) -> Image:
    """Return the row of a new picture whose file is kept."""
    blob = easel.blobs.put(small_picture(chance), "jpg")
    return Image(
        uid=public_id(),
        owner_id=owner.id,
        state="ready",
        ready_ms=now_ms(),
        prompt="a lake at dawn with pines and a small boat in the mist",
        width=900,
        height=600,
        format="jpeg",
        digest=blob.digest,
        blob_key=blob.key,
        bytes=blob.size,
    )


if __name__ == "__main__":
    parser = ArgumentParser(prog="bench.takeout")
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.step:
        run(given.step, given.folder)
    else:
        main(given.count)
