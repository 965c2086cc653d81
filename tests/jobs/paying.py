"""A studio that asks a provider for money: what the tests of killed workers let them do.

Run as a script it starts a worker process for each line FOLDER DATABASE QUEUE NAME HOLDER that it
reads; `-` stands for the SQLite database and queue in the folder.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.extensions import db
from webapp.jobs import HueyRunner, Worker, sweep
from webapp.parts import Easel
from webapp.providers.plain import PlainProvider
from webapp.services import jobs as ledger
from webapp.settings import Settings

NOTHING = "-"
JOURNAL = "journal.txt"
LEASE_SECONDS = 3.0


class Journalling(PlainProvider):
    """Writes down, safe from any kill, when it is asked and when it has answered."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def generate(self, request, progress, cancelled):
        self._note("asked", request)
        time.sleep(random.uniform(0.02, 0.25))
        result = super().generate(request, progress, lambda: False)
        self._note("answered", request)
        return result

    def _note(self, word, request):
        # One short write in append mode: lines of several processes never mix.
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{word} {request.model} {request.key}\n".encode())
        os.fsync(file)
        os.close(file)


def journal(folder: Path, word: str, model: str) -> list[str]:
    """Return the keys that the provider was asked with, or has answered."""
    if not (folder / JOURNAL).exists():
        return []
    lines = [line.split() for line in (folder / JOURNAL).read_text().splitlines()]
    return [key for noted, asked, key in lines if (noted, asked) == (word, model)]


@contextmanager
def paying_easel(folder: Path, database: str, queue: str, name: str) -> Iterator[Easel]:
    """Give an Easel whose provider writes a journal."""
    settings = Settings(data_dir=folder, database_url="" if database == NOTHING else database)
    queue_url = folder / "queue.db" if queue == NOTHING else queue
    runner = HueyRunner(queue_url, name, patience=0.3)
    app = create_app(settings, runner=runner, providers={"plain": Journalling(folder)})
    easel = easel_of(app)
    easel.services.jobs.lease_seconds = LEASE_SECONDS
    easel.services.jobs._max_attempts = 1000
    with app.app_context():
        yield easel
        runner.disconnect()
        db.engine.dispose()


def work(folder: str, database: str, queue: str, name: str, holder: str) -> None:
    """Work until killed; print the process id when about to begin."""
    sweep.EVERY = 0.3
    ledger.LOST_MESSAGE_MS = 500
    with paying_easel(Path(folder), database, queue, name) as easel:
        jobs = easel.services.jobs
        jobs.release(holder)
        worker = Worker(easel.runner, jobs, handlers(easel), threads=4, holder=holder)  # type: ignore[arg-type]  # it is a HueyRunner
        os.write(sys.stdout.fileno(), b"%d\n" % os.getpid())  # in one piece, unlike print()
        worker.run_forever()


def main() -> None:
    """Become a worker process for each line of input: forking saves a second's imports."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for line in sys.stdin:
        if os.fork() == 0:
            work(*line.split())
            os._exit(0)


if __name__ == "__main__":
    main()
