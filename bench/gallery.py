"""Compare the gallery at 1,000 and at 100,000 images.

    python -m bench.gallery [ROWS …]

Prints the server's time for a page of 60 tiles, p50 of many, the sizes in turn, and the ratios.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, update

from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.extensions import db, limiter
from webapp.jobs import NullRunner
from webapp.models import Image, User, public_id
from webapp.settings import Settings

ROUNDS = 40
AT_ONCE = 5_000
PREVIEW = "data:image/webp;base64," + "A" * 130
WORDS = "a lake at dawn with pines and a small boat in the mist, long exposure, calm and wide"


def main(sizes: list[int]) -> None:
    """Measure each size, interleaved, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        clients = {rows: _client(Path(folder) / str(rows), rows) for rows in sizes}
        pages = {"first page": "/", "page in the middle": "/?before={}"}
        for title, path in pages.items():
            times: dict[int, list[float]] = {rows: [] for rows in sizes}
            for _ in range(ROUNDS):
                for rows, client in clients.items():
                    times[rows].append(_timed(client, path.format(rows // 2)))
            _report(title, times)


def _report(title: str, times: dict[int, list[float]]) -> None:
    smallest = statistics.median(next(iter(times.values())))
    for rows, taken in times.items():
        median = statistics.median(taken)
        print(f"{title:20} {rows:>9,} rows  {median * 1000:6.1f} ms  {median / smallest:.2f}x")


def _timed(client: FlaskClient, path: str) -> float:
    start = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - start
    if answer.status_code != 200:
        raise SystemExit(answer.status)
    return taken


def _client(folder: Path, rows: int) -> FlaskClient:
    app = create_app(Settings(data_dir=folder), runner=NullRunner())
    limiter.enabled = False
    upgrade_database(app)
    services = easel_of(app).services
    services.accounts.ensure_owner()
    _fill(app, rows)
    client = app.test_client()
    client.get(f"/welcome?token={services.accounts.sign_in_link()}")
    client.get("/")
    return client


def _fill(app, rows: int) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Insert ready images, one a minute back from now."""
    now = time.time_ns() // 1_000_000
    with app.app_context(), db.engine.begin() as connection:
        for first in range(0, rows, AT_ONCE):
            count = min(AT_ONCE, rows - first)
            connection.execute(
                insert(Image),
                [_row(now - (rows - first - index) * 60_000) for index in range(count)],
            )
        connection.execute(update(User).values(image_count=rows))


def _row(created_ms: int) -> dict[str, object]:
    return {
        "uid": public_id(),
        "owner_id": 1,
        "state": "ready",
        "created_ms": created_ms,
        "ready_ms": created_ms + 900,
        "prompt": WORDS,
        "provider": "sketch",
        "model": "sketch-1",
        "seed": 1,
        "width": 1248,
        "height": 832,
        "format": "png",
        "bytes": 1_500_000,
        "digest": public_id() * 5,
        "blob_key": "originals/none",
        "preview": PREVIEW,
    }


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000, 100_000])
