"""Weigh one thumbnail: answered from memory, by Flask from the cache, and rendered.

    python -m bench.renditions

Prints processor time for each, without a server or a network, and the ratios. Rendering is shown
from a master and from the original, beside what Pillow alone needs for the same.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image
from werkzeug.test import EnvironBuilder

from bench.pictures import photo as a_photo
from webapp.app import create_app, easel_of
from webapp.cli.session import upgrade_database
from webapp.jobs import NullRunner
from webapp.services.pictures import Picture
from webapp.services.renditions.renditions import Renditions
from webapp.settings import Settings

HITS = 3000
RENDERS = 15


def main() -> None:
    """Measure each way and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)), runner=NullRunner())
        upgrade_database(app)
        services = easel_of(app).services
        services.accounts.ensure_owner()
        owner = services.accounts.named("owner")
        photo = a_photo()
        picture = services.images.add_image(owner, photo)
        services.images.set_visibility(picture.id, owner, "public")
        environ = EnvironBuilder(
            f"/t/w320/{picture.id}.webp", base_url="http://127.0.0.1/"
        ).get_environ()
        slow = app.wsgi_app._inner  # type: ignore[attr-defined]  # noqa: SLF001
        memory = _cpu(lambda: _call(app.wsgi_app, environ), HITS)
        flask = _cpu(lambda: _call(slow, environ), HITS // 5)
        _line("from memory, before Flask", memory, memory)
        _line("by Flask, from the cache", flask, memory)
        _renders(services.renditions, picture, photo)


def _renders(renditions: Renditions, picture: Picture, photo: bytes) -> None:
    recipe = renditions.preset("w320").recipe()
    plan = renditions.plan(picture, recipe, "webp", "")
    bare = replace(plan, picture=replace(picture, masters={}))
    maker = renditions._maker  # noqa: SLF001
    pillow = _cpu(lambda: _pillow(photo), RENDERS)
    for title, work in (
        ("Pillow alone, from the original", lambda: _pillow(photo)),
        ("rendered from the original", lambda: maker._rendered(bare, "request")),  # noqa: SLF001
        ("rendered from a master", lambda: maker._rendered(plan, "request")),  # noqa: SLF001
    ):
        _line(title, _cpu(work, RENDERS), pillow)


def _pillow(photo: bytes) -> None:
    with Image.open(io.BytesIO(photo)) as image:
        image.draft("RGB", (640, 480))
        image.thumbnail((320, 240), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image.save(io.BytesIO(), "WEBP", quality=80, method=2)


def _call(app: Callable[..., object], environ: dict[str, object]) -> None:
    answer = app(dict(environ), lambda *_: None)
    list(answer)  # type: ignore[call-overload]
    getattr(answer, "close", lambda: None)()


def _cpu(work: Callable[[], object], times: int) -> float:
    """Return the median processor time of one call, in seconds, of ten rounds."""
    work()
    rounds = []
    for _ in range(10):
        start = time.process_time()
        for _ in range(max(1, times // 10)):
            work()
        rounds.append((time.process_time() - start) / max(1, times // 10))
    return statistics.median(rounds)


def _line(title: str, seconds: float, unit: float) -> None:
    print(f"{title:34} {seconds * 1e6:9.0f} µs  {seconds / unit:7.1f}x")


if __name__ == "__main__":
    main()
