import http.cookiejar
import json
import re
import signal
import sqlite3
import time
import urllib.parse
import urllib.request

import pytest

from tests.processes import run, serving, wait_for

pytestmark = pytest.mark.slow


class Visitor:
    """A browser of few words."""

    def __init__(self, server):
        self.address = server.address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        wait_for(lambda: server.link)
        self.opener.open(server.link, timeout=20).close()

    def get(self, path):
        with self.opener.open(self.address + path, timeout=20) as answer:
            return answer.read()

    def post(self, path, **form):
        token = re.search(rb'name="csrf_token" value="([^"]+)"', self.get("/settings"))
        assert token is not None
        data = urllib.parse.urlencode(form | {"csrf_token": token[1].decode()}).encode()
        with self.opener.open(self.address + path, data, timeout=20) as answer:
            return answer.read()


def states(data):
    database = sqlite3.connect(data / "easel.db", timeout=20)
    try:
        return [row[0] for row in database.execute("select state from image order by id")]
    finally:
        database.close()


def test_a_server_lives_a_whole_life(tmp_path):
    data = tmp_path / "data"
    with serving(data) as server:
        assert server.get("/healthz") == (200, '{"status":"ok"}\n')
        assert server.get("/readyz")[0] == 200
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.address)

        second = run(data, "serve")
        assert (second.returncode, second.stdout) == (1, "")
        assert re.search(
            r"^easel: Another `easel serve` is using .*EASEL_DATA_DIR", second.stderr, re.MULTILINE
        )

        visitor = Visitor(server)
        visitor.post("/generations", prompt="a lake at dawn", size="512", model="sketch:sketch-1")
        wait_for(lambda: states(data) == ["ready"])
        assert b"a lake at dawn" in visitor.get("/")

        out = tmp_path / "out"
        beside = run(data, "generate", "dunes", "--size", "512", "-o", str(out), "--json")
        assert beside.returncode == 0, beside.stderr
        (made,) = json.loads(beside.stdout)
        assert made["state"] == "ready"
        assert made["id"].encode() in visitor.get("/")
        assert [path.name for path in out.iterdir()] == [f"{made['id']}.png"]

        forged = {"Host": "evil.example"}
        assert server.get("/login", **forged)[0] == 400
        assert server.stop(signal.SIGTERM) == 0
    assert not [line for line in server.lines if "Traceback" in line or " ERROR " in line]
    assert run(data, "user", "list").returncode == 0


@pytest.mark.parametrize("after", [0.0, 0.15, 0.4])
def test_a_picture_is_there_once_after_a_crash_in_the_middle_of_its_making(tmp_path, after):
    data = tmp_path / "data"
    with serving(data) as server:
        visitor = Visitor(server)
        visitor.post("/generations", prompt="a city at night", count="2", size="1024")
        wait_for(lambda: any(stage(data)) or "ready" in states(data))
        time.sleep(after)
        server.stop(signal.SIGKILL)
    with serving(data) as server:
        wait_for(lambda: states(data) == ["ready", "ready"])
        assert server.stop() == 0
    blobs = [path for path in (data / "originals").rglob("*") if path.is_file()]
    assert len(blobs) == 2


def stage(data):
    database = sqlite3.connect(data / "easel.db", timeout=20)
    try:
        return [row[0] for row in database.execute("select stage from image")]
    finally:
        database.close()


def test_ctrl_c_ends_a_server_without_a_word_of_python(tmp_path):
    with serving(tmp_path / "data") as server:
        assert server.stop(signal.SIGINT) == 0
    assert not [line for line in server.lines if "Traceback" in line]


def test_a_port_that_is_taken_is_said(tmp_path):
    with serving(tmp_path / "one") as server:
        port = server.address.rpartition(":")[2]
        refused = run(tmp_path / "two", "serve", EASEL_PORT=port)
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_whoever_has_a_password_is_not_shown_a_link(tmp_path):
    data = tmp_path / "data"
    with serving(data) as server:
        Visitor(server).post("/welcome", new_password="a good password")
        server.stop()
    with serving(data) as server:
        assert server.get("/healthz")[0] == 200
        assert server.link == ""


def test_a_proxy_is_believed_where_there_is_one(tmp_path):
    forged = {"X-Forwarded-Host": "pics.example", "X-Forwarded-Proto": "https"}
    with serving(tmp_path / "one", EASEL_TRUSTED_HOSTS="pics.example") as server:
        assert "https://pics.example" not in server.get("/placeholder/", **forged)[1]
    two = tmp_path / "two"
    with serving(two, EASEL_TRUSTED_HOSTS="pics.example", EASEL_TRUSTED_PROXIES="1") as server:
        page = server.get("/placeholder/", **forged)[1]
        assert "https://pics.example/placeholder/480x270.png" in page
        forged["X-Forwarded-Host"] = "evil.example"
        assert server.get("/placeholder/", **forged)[0] == 400
