"""An Easel with nginx in front, each a process of its own."""

import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.deploy.nginx import IS_ROOT, USER, Nginx, fronting, kept_port, nginx_program
from tests.deploy.visitor import Visitor
from tests.processes import Server, serving, wait_for
from webapp.providers.plain import png
from webapp.services.renditions.signing import Signer

FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600, stale-while-revalidate=86400"


@dataclass
class Site:
    """Folders as the documentation has them, and what is running on them."""

    folder: Path
    data: Path
    shown: Path
    easel_port: int
    nginx: Nginx = field(init=False)
    server: Server = field(init=False)
    owner: Visitor = field(init=False)
    _colours: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def easel(self) -> Iterator[Server]:
        """Start Easel; the first time, its owner signs in through nginx."""
        with serving(
            self.data,
            EASEL_PORT=str(self.easel_port),
            EASEL_NGINX_DIR=str(self.shown),
            EASEL_STORAGE_URL=f"file://{self.shown}",
            EASEL_TRUSTED_PROXIES="1",
        ) as server:
            self.server = server
            yield server

    def stranger(self) -> Visitor:
        """Return somebody who has not signed in."""
        return Visitor(self.nginx.port)

    def shared(self) -> str:
        """Bring a picture that nobody has seen yet, and return its id; it is unlisted."""
        colour = next(self._colours).to_bytes(3, "big")
        uid = self.owner.upload(png(300, 200, colour))
        self.share(uid, "unlisted")
        return uid

    def share(self, uid: str, visibility: str) -> None:
        answer = self.owner.post(f"/images/{uid}/visibility", visibility=visibility)
        assert answer.status in {200, 303}, answer

    def files(self, uid: str) -> list[str]:
        """Return the names of an image's public files."""
        return sorted(path.name for path in (self.shown / "public" / uid[:2] / uid).glob("*"))

    def version(self, uid: str) -> str:
        """Return what stands behind `?v=` in the addresses of an image on Easel's own pages."""
        page = self.owner.get(f"/images/{uid}/embed").body
        found = re.search(rb"\?v=([0-9a-f]+)", page)
        assert found is not None, page
        return found[1].decode()

    def addresses(self, uid: str) -> list[tuple[str, str]]:
        """Return an address of each kind that becomes a file, and how long it may be kept."""
        current = self.version(uid)
        return [
            (f"/t/w160/{uid}.webp", FOR_AN_HOUR),
            (f"/t/w160/{uid}.webp?v={current}", FOR_EVER),
            (self.signed(f"/w_50,h_40,fit_cover/{uid}.png"), FOR_AN_HOUR),
            (self.signed(f"/w_50,v_{current}/{uid}.jpg"), FOR_EVER),
        ]

    def signed(self, path: str) -> str:
        key = (self.data / "signing.key").read_text("ascii").strip()
        return f"/i/{Signer([key]).sign(path)}{path}"


@contextmanager
def a_site() -> Iterator[Site]:
    """Start both, in folders that nginx's user can come to."""
    nginx_program()  # or the test is skipped before anything is made
    with kept_port() as easel_port:
        yield from _running(easel_port)


def _running(easel_port: int) -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="easel-nginx-")).resolve()
    folder.chmod(0o755)
    site = Site(folder, folder / "data", folder / "shown", easel_port)
    site.shown.mkdir(mode=0o750)
    if IS_ROOT:
        shutil.chown(site.shown, group=USER)
    previous = os.umask(0o022)
    try:
        with fronting(site.easel_port, site.shown, folder) as site.nginx, site.easel() as server:
            wait_for(lambda: server.link)
            link = urlsplit(server.link)
            site.owner = Visitor(site.nginx.port)
            assert site.owner.get(f"{link.path}?{link.query}").status == 303
            yield site
    finally:
        os.umask(previous)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Return a site that a module's tests share."""
    with a_site() as site:
        yield site


@pytest.fixture
def own_site() -> Iterator[Site]:
    """Return a site of a test's own, which may stop its parts."""
    with a_site() as site:
        yield site
