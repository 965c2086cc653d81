"""Upload to a running Easel, and import a folder: seconds, memory, and what happens beyond limits.

python -m bench.uploads [FILES]
"""

import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from bench.pictures import small_picture
from bench.serving import Running, serving

RUNS = 3
A_SECOND, SECONDS = 200, 5
SIDES = (1280, 512)


def main(files: int) -> None:
    """Measure on temporary data."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder / "served") as server:
            token = token_of(folder / "served")
            send(server, token, small_picture(random.Random(0)))  # what is loaded once
            one_large(server, token)
            many_small(server, token)
        imported(folder, files)


def one_large(server: Running, token: str) -> None:
    """Upload a JPEG of 20 MB a few times, each a file of its own, beside Pillow alone."""
    data = large_photo()
    before = server.status("VmHWM")
    alone, served = [], []
    for number in range(RUNS):
        picture = commented(data, number)
        started = time.perf_counter()
        by_pillow(picture)
        alone.append(time.perf_counter() - started)
        started = time.perf_counter()
        assert send(server, token, picture) == 201
        served.append(time.perf_counter() - started)
    grown = (server.status("VmHWM") - before) / 1024
    print(f"a JPEG of {len(data) / 1e6:.1f} MB: Pillow alone {min(alone):.2f} s, "
          f"Easel {min(served):.2f} s, {min(served) / min(alone):.2f} times; "
          f"memory {grown:.0f} MiB more at most")  # fmt: skip


def by_pillow(data: bytes) -> None:
    """Check a picture by decoding it, and make the same masters."""
    image = Image.open(io.BytesIO(data))
    image.load()
    for side in SIDES:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "JPEG", quality=92)


def many_small(server: Running, token: str) -> None:
    """Ask for more uploads in a second than are allowed in one."""
    chance = random.Random(1)
    pictures = [tiny(chance) for _ in range(A_SECOND * SECONDS)]
    start = time.perf_counter()

    def at_its_time(number: int) -> int:
        time.sleep(max(0.0, start + number / A_SECOND - time.perf_counter()))
        return send(server, token, pictures[number])

    with ThreadPoolExecutor(32) as pool:
        statuses = Counter(pool.map(at_its_time, range(len(pictures))))
    seconds = time.perf_counter() - start
    print(f"{len(pictures)} small uploads, {A_SECOND} a second, in {seconds:.1f} s: "
          f"statuses {dict(statuses)}")  # fmt: skip


def imported(folder: Path, count: int) -> None:
    """Import a folder with `easel import`, and say how much of the processors it used."""
    chance = random.Random(2)
    pictures = folder / "pictures"
    pictures.mkdir()
    for number in range(count):
        (pictures / f"{number}.jpg").write_bytes(small_picture(chance))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    told = easel(folder / "imported", "import", str(pictures))
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{told}: {count / seconds:.0f} files a second, "
          f"{used / seconds:.2f} of {os.cpu_count()} cores")  # fmt: skip


def send(server: Running, token: str, picture: bytes) -> int:
    """Upload a picture by the API and return the status."""
    parts = urlsplit(server.address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
        + picture
        + b"\r\n--edge--\r\n"
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "multipart/form-data; boundary=edge",
    }
    connection.request("POST", "/api/images", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def token_of(data: Path) -> str:
    """Return a token that may upload."""
    return easel(data, "token", "create", "bench", "--scopes", "images:write")


def easel(data: Path, *arguments: str) -> str:
    """Run `easel` on a data directory, and return what it printed."""
    command = [sys.executable, "-m", "webapp.cli", *arguments]
    environment = os.environ | {"EASEL_DATA_DIR": str(data)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def large_photo() -> bytes:
    """Return a JPEG of 24 megapixels and some 20 MB, as a good camera writes it."""
    ground = Image.effect_noise((600, 400), 80).resize((6000, 4000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((6000, 4000), 20)
    buffer = io.BytesIO()
    Image.merge("RGB", (ground, grain, ground)).save(buffer, "JPEG", quality=97)
    return buffer.getvalue()


def commented(data: bytes, number: int) -> bytes:
    """Return a JPEG with a comment, so that it is another file."""
    return data[:2] + b"\xff\xfe\x00\x04" + number.to_bytes(2, "big") + data[2:]


def tiny(chance: random.Random) -> bytes:
    """Return a JPEG of 64 pixels a side unlike any other."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (8, 8), chance.randbytes(192)).resize((64, 64)).save(buffer, "JPEG")
    return buffer.getvalue()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=1000)
    main(parser.parse_args().files)
