"""A server that is killed while it renders, again and again, never serves half a picture."""

import http.client
import io
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image as PillowImage

from tests.conftest import an_app
from tests.imaging.pictures import encoded, photo
from tests.processes import Server, serving
from webapp.app import easel_of
from webapp.jobs import NullRunner
from webapp.settings import Settings

pytestmark = pytest.mark.slow

AT_ONCE, EACH_ROUND = 8, 6
PATIENCE = 60
PROMPT = 30
EXPIRY_BYTES = 8
BEING_MADE = b"making"
"""What the cache holds under a name of its own while a rendition is made."""


def is_being_made(body: bytes) -> bool:
    return body == BEING_MADE


def is_kept(body: bytes) -> bool:
    return len(body) > 100


KILLED_WHEN = (is_being_made, is_kept, is_being_made, is_kept)
"""A round each: what the cache begins to hold when the server is killed."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory, empty_database):
    """Give a data directory with a large picture, and addresses that need all of its pixels."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("killed"))
    with an_app(settings, NullRunner(), empty_database) as app:
        services = easel_of(app).services
        owner = services.accounts.named("owner")
        large = encoded(photo(3600, 2700), "JPEG", quality=90)
        picture = services.images.add_image(owner, large)
        services.images.set_visibility(picture.id, owner, "unlisted")

        def address(left: int, width: int) -> str:
            ops = f"crop_0.0{left:02}_0_0.5_1,w_{width}"
            return services.addresses.sign(f"/{ops}/{picture.id}.webp")

        rounds = [
            [address(left, 900 + number) for left in range(EACH_ROUND)]
            for number in range(len(KILLED_WHEN))
        ]
        spare = (address(number % 100, 1000 + number // 100) for number in count())
    return settings.data_dir, rounds, spare


def fetch(address: str, patience: float = PATIENCE) -> bytes | None:
    """Return the whole body of an address, None where the server went away before."""
    try:
        with urllib.request.urlopen(address, timeout=patience) as answer:
            body: bytes = answer.read()
            return body
    except urllib.error.HTTPError:
        raise
    except (http.client.HTTPException, OSError):
        return None


def width_of(body: bytes) -> int:
    with PillowImage.open(io.BytesIO(body)) as image:
        image.load()
        return image.width


def files_of(data: Path) -> dict[Path, bytes]:
    """Return what the cache holds."""
    found = {}
    for path in (data / "cache").rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):  # notes come and go
            found[path] = path.read_bytes()[EXPIRY_BYTES:]
    return found


def kill_when(server: Server, data: Path, holds: Callable[[bytes], bool], known: set[Path]) -> None:
    """Kill a server as soon as its cache holds something that is not known already."""
    deadline = time.monotonic() + PATIENCE
    while not any(holds(body) for path, body in files_of(data).items() if path not in known):
        assert time.monotonic() < deadline, "nothing was made"
        time.sleep(0.005)
    server.stop(signal.SIGKILL)


def killer_of(
    server: Server, data: Path, holds: Callable[[bytes], bool], known: set[Path]
) -> Thread:
    """Start to wait for the moment in which a server is to be killed."""
    killer = Thread(target=kill_when, args=(server, data, holds, known))
    killer.start()
    return killer


def asked_until_killed(server: Server, spare: Iterator[str]) -> str:
    """Ask for one picture after the other, until the server goes away; return the last."""
    return next(path for path in spare if fetch(server.address + path) is None)


def test_whatever_is_served_before_and_after_a_kill_is_whole(studio):
    data, rounds, spare = studio
    whole: dict[str, bytes] = {}
    cut_off = 0
    for paths, holds in zip(rounds, KILLED_WHEN, strict=True):
        with serving(data) as server, ThreadPoolExecutor(AT_ONCE) as pool:
            killer = killer_of(server, data, holds, set(files_of(data)))
            bodies = list(pool.map(fetch, [server.address + path for path in paths]))
            if None not in bodies:  # the killer was held up, and may have missed them all
                asked_until_killed(server, spare)
            killer.join()
            whole |= {path: body for path, body in zip(paths, bodies, strict=True) if body}
            cut_off += bodies.count(None)
    assert cut_off, "the kills came too late to matter"

    files = files_of(data)
    left = {path for path, body in files.items() if body == BEING_MADE}
    for path, body in files.items():
        assert path.suffix == ".part" or path in left or width_of(body)
    for path in left:
        path.unlink()  # how long these hold things up is another question, asked below

    with serving(data) as server:
        for number, paths in enumerate(rounds):
            for path in paths:
                again = fetch(server.address + path)
                assert again is not None
                assert width_of(again) == 900 + number
                assert whole.get(path, again) == again
        assert server.stop() == 0
    assert not [line for line in server.lines if "Traceback" in line]


def test_what_was_being_made_when_a_server_died_is_soon_made_by_the_next(studio):
    data, _, spare = studio
    is_left = False
    while not is_left:  # or the kill came when it was just made
        known = set(files_of(data))
        with serving(data) as server:
            killer = killer_of(server, data, is_being_made, known)
            path = asked_until_killed(server, spare)
            killer.join()
        is_left = any(is_being_made(body) for at, body in files_of(data).items() if at not in known)
    with serving(data) as server:
        body = fetch(server.address + path, PROMPT)
        assert body is not None
        assert f",w_{width_of(body)}/" in path
