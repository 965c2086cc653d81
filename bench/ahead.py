"""Show that what is made ahead leaves nothing to be made while somebody looks.

    python -m bench.ahead [IMAGES]

Keeps 5,000 pictures with the presets as they come, w320 and w640 among them optimistic. Then it
turns over every page of the gallery, and loads from each the thumbnails that screens of one and of
two device pixels take. Prints what was rendered when.
"""

import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench.pictures import small_picture
from webapp.app import create_app, easel_of
from webapp.cli.background import handlers
from webapp.cli.session import upgrade_database
from webapp.extensions import limiter
from webapp.jobs import InlineRunner
from webapp.services.renditions.maker import RenditionMaker
from webapp.settings import Settings

THUMBNAIL = re.compile(r'/t/(?:w320|w640)/[^"\s,]+')
NEXT = re.compile(r'href="(/\?before=[^"]+)"')


def main(images: int) -> None:
    """Keep the pictures, look at all of them, and print the table."""
    rendered: Counter[str] = Counter()
    phase = "while pictures were kept"
    make = RenditionMaker._rendered  # noqa: SLF001

    def counting(self: RenditionMaker, *arguments: Any) -> bytes:
        rendered[phase] += 1
        return make(self, *arguments)

    RenditionMaker._rendered = counting  # type: ignore[assignment,method-assign]  # noqa: SLF001
    with tempfile.TemporaryDirectory() as folder:
        app = _app(Path(folder))
        seconds = _keep(app, images)
        print(f"{images:,} pictures kept in {seconds:.0f} s: {rendered[phase]:,} renditions")
        phase = "while pages were built"
        client = app.test_client()
        client.get(f"/welcome?token={easel_of(app).services.accounts.sign_in_link()}")
        pages, thumbnails = _pages(client)
        print(f"{pages} pages of the gallery: {rendered[phase]} renditions")
        phase = "while thumbnails were loaded"
        answers = Counter(client.get(path).headers["X-Cache"] for path in thumbnails)
        print(f"{len(thumbnails):,} thumbnails: {rendered[phase]} renditions, {dict(answers)}")
    if rendered["while pages were built"] or rendered["while thumbnails were loaded"]:
        print("Something was rendered while somebody looked.")
        sys.exit(1)


def _app(folder: Path) -> Flask:
    runner = InlineRunner()
    app = create_app(Settings(data_dir=folder), runner=runner)
    limiter.enabled = False
    upgrade_database(app)
    runner.connect(easel_of(app).services.jobs, handlers(easel_of(app)))
    return app


def _keep(app: Flask, images: int) -> float:
    """Keep that many different pictures; return the seconds it took, renditions and all."""
    services = easel_of(app).services
    services.accounts.ensure_owner()
    owner = services.accounts.named("owner")
    chance = random.Random(1)
    start = time.perf_counter()
    with app.app_context():
        for number in range(images):
            services.images.add_image(owner, small_picture(chance), filename=f"{number}.jpg")
    return time.perf_counter() - start


def _pages(client: FlaskClient) -> tuple[int, set[str]]:
    """Turn over all pages; return how many there were, and the thumbnails on them."""
    thumbnails: set[str] = set()
    count, path = 0, "/"
    while path:
        page = client.get(path).get_data(as_text=True)
        thumbnails.update(match.replace("&amp;", "&") for match in THUMBNAIL.findall(page))
        found = NEXT.search(page)
        path = found[1].replace("&amp;", "&") if found else ""
        count += 1
    return count, thumbnails


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
