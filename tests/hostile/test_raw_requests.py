"""Requests that no library would send, to a real server: it refuses them and goes on."""

import os
import re
import socket
import urllib.parse
from pathlib import Path

import pytest

from tests.conftest import an_app
from tests.processes import serving
from webapp.app import easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.settings import Settings

pytestmark = pytest.mark.slow

TICKS = os.sysconf("SC_CLK_TCK")
MOST_SECONDS = 5
"""Processor time of one answer, of all threads of the server."""

HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"
TARGETS = [
    *(b"/t/w640/\xff\xfe.webp", b"/t/w640/\x80", b"/t/\xc0\xae\xc0\xae/x", b"/t/w640/%ff%fe.webp"),
    *(b"/t/w640/%00", b"/t/w640/a%0d%0aX-Evil:%201", b"/t/w640/%", b"/t/w640/%zz", b"/t/%u0041/x"),
    *(b"/t/w640/..%2f..%2f..%2fetc%2fpasswd", b"/t/..%5c..%5cx", b"/t/w640/../../../etc/passwd"),
    *(b"//t//w640//x", b"/./t/./w640/./x", b"/t/w640/x;a=b", b"/t/w640/x#y", b"/t/w640/x?%00&=&&"),
    *(b"http://evil.example/t/w640/x", b"http://127.0.0.1/t/w640/x", b"*", b"t/w640/x", b"?"),
    *(b"/i/%ff/w_1/x", b"/i/" + b"A" * 22 + b"/w_1%2fx", b"/i/x/meta/%00/x", b"/i/////"),
    *(b"/placeholder/%d9%a3x%d9%a3", b"/placeholder/1x1?text=%ff%fe%00", b"/placeholder/-1x-1"),
    *(b"/t/w640/" + b"a" * 60_000, b"/t/" + b"%2e" * 20_000, b"/t/w640/x?v=" + b"a" * 60_000),
    *(b"/i/x/" + b"w_1," * 15_000 + b"/x", b"/t/" + b"/" * 60_000),
]
REQUESTS = [
    b"GET /t/w640/a b HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /t/w640/a\x00b HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /t/w640/a\rX: y HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /t/w640/a\nX: y HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /t/w640/x\r\n\r\n",
    b"GET\t/t/w640/x\tHTTP/1.1\r\n" + HOST + b"\r\n",
    b"get /t/w640/x HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /t/w640/x HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /t/w640/x HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    b"GET /t/w640/x HTTP/1.1\r\n" + HOST + b"Accept: \xff\xfe;q=\x00\r\n\r\n",
    b"GET /t/w640/x HTTP/1.1\r\n" + HOST + b"Accept: " + b"a/b;q=0.1," * 5000 + b"\r\n\r\n",
    b"GET /t/w640/x HTTP/1.1\r\n" + HOST + b"If-None-Match: " + b'W/"a",' * 5000 + b"\r\n\r\n",
    b"GET /t/w640/x HTTP/1.1\r\n" + HOST + b"Range: bytes=" + b"0-1," * 5000 + b"\r\n\r\n",
    b"GET /t/w640/x HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    *(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n" for target in TARGETS),
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory, empty_database):
    """Give a running server, that must be well in the end."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("raw"))
    with an_app(settings, NullRunner(), empty_database) as app:
        images = easel_of(app).services.images
        owner = easel_of(app).services.accounts.named("owner")
        picture = images.add_image(owner, png(60, 40, b"abc"))
        images.set_visibility(picture.id, owner, "public")
    with serving(settings.data_dir) as server:
        yield server
        assert server.get("/readyz")[0] == 200
        assert server.get(f"/t/w160/{picture.id}.webp")[0] == 200
    assert not [line for line in server.lines if "Traceback" in line or " ERROR " in line]


def exchange(address: str, request: bytes) -> bytes:
    """Send bytes and return what comes back until the server closes."""
    place = urllib.parse.urlsplit(address)
    assert place.port is not None
    received = b""
    with socket.create_connection(("127.0.0.1", place.port), timeout=40) as connection:
        connection.sendall(request)
        while more := connection.recv(65_536):
            received += more
    return received


def processor_time(process_id: int) -> float:
    """Return the seconds that a process has worked, however long it was held up."""
    facts = (
        Path(f"/proc/{process_id}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    )
    return sum(map(int, facts[11:13])) / TICKS


@pytest.mark.parametrize(
    "request_bytes", REQUESTS, ids=[repr(each[:48])[2:-1] for each in REQUESTS]
)
def test_no_request_is_a_fault(studio, request_bytes):
    before = processor_time(studio.process.pid)
    answer = exchange(studio.address, request_bytes)
    head = answer.partition(b"\r\n\r\n")[0]
    status = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    assert status is not None
    assert 300 <= int(status[1]) < 500 or b"/placeholder/1x1" in request_bytes
    assert b"\r\nx-evil" not in head.lower()
    assert b"root:" not in answer
    assert processor_time(studio.process.pid) - before < MOST_SECONDS
