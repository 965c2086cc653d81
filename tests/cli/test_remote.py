"""Remote mode against a server of few words, which answers as it is told to."""

import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from webapp.cli.remote.choice import chosen
from webapp.cli.remote.server import Server
from webapp.cli.remote.transfers import sent
from webapp.cli.sources import gathered
from webapp.errors import EaselError, InvalidError

TOKEN = "easel_secret"


class Scripted(BaseHTTPRequestHandler):
    """Gives the next answer of its server's script, and notes what was asked."""

    protocol_version = "HTTP/1.1"

    server: "Loopback"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, text = self.server.script.popleft()
        if status is None:
            self.close_connection = True
            return
        data = text if isinstance(text, bytes) else json.dumps(text).encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  # as http.server wants it

    def log_message(self, *_arguments):
        """Say nothing."""


class Loopback(ThreadingHTTPServer):
    """A server with a script."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Scripted)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.script: deque[tuple[int | None, dict[str, str], object]] = deque()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def will(self, status, body=None, **headers):
        self.script.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, body))


@pytest.fixture
def loopback():
    with listening() as server:
        yield server


@contextmanager
def listening():
    """Give a server that answers."""
    with Loopback() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def server(loopback, waits):
    made = Server(loopback.address, TOKEN, sleep=waits.append)
    yield made
    made.close()


def test_the_token_goes_along(server, loopback):
    loopback.will(200, {"a": 1})
    assert server.get("/api/x", q="1") == {"a": 1}
    ((method, path, headers, _),) = loopback.asked
    assert (method, path, headers["Authorization"]) == ("GET", "/api/x?q=1", f"Bearer {TOKEN}")


def test_an_address_may_have_a_path(loopback):
    made = Server(f"{loopback.address}/studio", TOKEN)
    loopback.will(200, {})
    made.get("/api/x")
    made.close()
    assert loopback.asked[0][1] == "/studio/api/x"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for(server, loopback, waits, status):
    loopback.will(status, {}, Retry_After="7")
    loopback.will(status, {})
    loopback.will(200, {"done": True})
    assert server.post("/api/x", {"a": 1}) == {"done": True}
    assert waits == [7.0, 2.0]
    assert [json.loads(body) for *_, body in loopback.asked] == [{"a": 1}] * 3


def test_no_server_makes_us_wait_for_ever(server, loopback, waits):
    loopback.will(503, {}, Retry_After="999999")
    loopback.will(503, {}, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")
    loopback.will(503, {}, Retry_After="nonsense")
    loopback.will(200, {})
    server.get("/api/x")
    assert waits == [60.0, 60.0, 4.0]


def test_a_problem_is_said_in_the_server_s_words(server, loopback):
    loopback.will(403, {"detail": "This token lacks the scope generate.", "code": "missing_scope"})
    with pytest.raises(EaselError, match="lacks the scope generate") as raised:
        server.get("/api/x")
    assert raised.value.code == "missing_scope"


@pytest.mark.parametrize(
    ("status", "body"), [(502, b"<html>"), (404, b"[]"), (500, b'{"detail"'), (200, b"<html>")]
)
def test_what_is_no_easel_is_said(server, loopback, status, body):
    loopback.will(status, body)
    with pytest.raises(EaselError, match=f"answered with {status}.*Is the address of --server"):
        server.get("/api/x")


def test_a_redirect_to_others_is_refused_and_they_never_hear_of_the_token(server, loopback):
    with listening() as other:
        other.will(200, {})
        loopback.will(302, {}, Location=f"{other.address}/api/x")
        with pytest.raises(InvalidError, match=f"sends on to {other.address}"):
            server.get("/api/x")
        assert other.asked == []


def test_a_redirect_within_the_server_is_followed(server, loopback):
    loopback.will(308, {}, Location="/api/y")
    loopback.will(200, {"y": 1})
    assert server.get("/api/x", q="1") == {"y": 1}
    assert [path for _, path, *_ in loopback.asked] == ["/api/x?q=1", "/api/y"]


def test_what_is_sent_is_not_sent_on(server, loopback):
    loopback.will(307, {}, Location="/api/y")
    with pytest.raises(InvalidError, match="sends on"):
        server.post("/api/x", {})
    assert len(loopback.asked) == 1


def test_a_redirect_in_a_circle_ends(server, loopback):
    for _ in range(9):
        loopback.will(302, {}, Location="/api/x")
    with pytest.raises(InvalidError):
        server.get("/api/x")


def test_with_a_key_it_is_sent_again_when_the_connection_breaks(server, loopback):
    loopback.will(None)
    loopback.will(202, {"id": "a"})
    assert server.post("/api/x", {}, key="k1") == {"id": "a"}
    assert [headers["Idempotency-Key"] for _, _, headers, _ in loopback.asked] == ["k1", "k1"]


def test_without_a_key_it_is_not(server, loopback):
    loopback.will(None)
    with pytest.raises(EaselError, match="can't be reached"):
        server.post("/api/x", {})
    assert len(loopback.asked) == 1


def test_a_server_that_is_not_there_is_said(loopback):
    gone = Server("http://127.0.0.1:9", TOKEN)
    with pytest.raises(EaselError, match=r"http://127\.0\.0\.1:9 can't be reached"):
        gone.get("/api/x")
    gone.close()


def test_files_are_sent_again_from_their_beginning(server, loopback, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"the whole picture")
    loopback.will(503, {})
    loopback.will(201, {"id": "Fyj5NgQL7r7"})
    assert server.upload("/api/images", "image", path)["id"] == "Fyj5NgQL7r7"
    assert all(b"the whole picture" in body for *_, body in loopback.asked)


def outcomes(server, *sources):
    return [item for items in sent(server, list(gathered(sources))) for item in items]


def test_a_folder_is_sent_in_order_and_a_refusal_stops_nothing(server, loopback, tmp_path):
    for name in ("b.png", "a.JPG", "notes.txt", "deep/c.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    for _ in range(3):
        loopback.will(400, {"detail": "This is no picture.", "code": "invalid_image"})
    done = outcomes(server, str(tmp_path), str(tmp_path / "none.png"))
    assert [Path(item.name).name for item in done] == ["a.JPG", "b.png", "c.webp", "none.png"]
    assert {item.error for item in done[:3]} == {"This is no picture."}
    assert done[3].error == "There is no such file."
    assert not any(item.id for item in done)


def test_an_address_is_fetched_by_the_server(server, loopback):
    loopback.will(201, {"id": "Fyj5NgQL7r7", "duplicate": False})
    [done] = outcomes(server, "https://example.org/lighthouse.jpg")
    assert (done.name, done.id) == ("https://example.org/lighthouse.jpg", "Fyj5NgQL7r7")
    [(method, path, *_, body)] = loopback.asked
    assert (method, path) == ("POST", "/api/images")
    assert json.loads(body) == {"url": "https://example.org/lighthouse.jpg"}


def test_an_archive_is_not_sent(server, loopback, tmp_path):
    (tmp_path / "all.zip").write_bytes(b"PK")
    [done] = outcomes(server, str(tmp_path))
    assert "Unpack it" in done.error
    assert loopback.asked == []


def test_what_was_there_already_is_told(server, loopback, tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode())
    loopback.will(201, {"id": "Fyj5NgQL7r7", "duplicate": False})
    loopback.will(201, {"id": "Fyj5NgQL7r7", "duplicate": True})
    done = outcomes(server, str(tmp_path))
    assert {item.is_new for item in done} == {True, False}


@pytest.mark.parametrize(
    "address",
    [
        "pics.example.org",
        "ftp://x",
        "http://",
        "https://u:p@x",
        "https://x/?a=1",
        "http://[",
        "x:y",
    ],
)
def test_an_address_that_can_t_be_one_is_refused(address):
    with pytest.raises(InvalidError, match="--server takes"):
        chosen(address, TOKEN, "", "token")


@pytest.mark.parametrize("command", ["serve", "gc", "backup", "user", "db"])
def test_what_works_on_a_data_directory_refuses_a_server(easel, command):
    outcome = easel("--server", "http://127.0.0.1:9", "--token", "x", command)
    assert (outcome.status, outcome.out) == (1, "")
    assert f"`easel {command}` works where the data directory is" in outcome.err


def test_a_server_wants_a_token(easel):
    outcome = easel("--server", "http://127.0.0.1:9", "token", "list")
    assert outcome.status == 1
    assert "EASEL_TOKEN_FILE" in outcome.err


@pytest.mark.parametrize("option", ["--token", "--token-file"])
def test_a_token_without_a_server_is_refused_and_nothing_is_made(easel, data, option):
    outcome = easel(option, "x", "generate", "a lake")
    assert (outcome.status, outcome.out) == (2, "")
    assert f"{option} goes with --server URL" in outcome.err
    assert not (data / "originals").exists()


def test_a_token_in_the_environment_is_no_hindrance_here(easel, monkeypatch):
    monkeypatch.setenv("EASEL_TOKEN", TOKEN)
    assert easel("token", "list").status == 0


def test_the_token_may_be_in_a_file(easel, loopback, monkeypatch, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("EASEL_SERVER", loopback.address)
    monkeypatch.setenv("EASEL_TOKEN_FILE", str(tmp_path / "token"))
    loopback.will(200, {"items": [], "next_cursor": None})
    assert easel("token", "list").status == 0
    assert loopback.asked[0][2]["Authorization"] == f"Bearer {TOKEN}"
    monkeypatch.setenv("EASEL_TOKEN_FILE", str(tmp_path / "none"))
    assert "can't" in easel("token", "list").err


def at(loopback, *arguments):
    return "--server", loopback.address, "--token", TOKEN, *arguments


def test_tokens_of_all_pages_are_listed(easel, loopback):
    for number, cursor in ((2, "next"), (1, None)):
        token = {"id": number, "name": f"t{number}", "prefix": "easel_abcd", "scopes": ["generate"]}
        more = {"state": "revoked" if number == 1 else "active", "expires": None, "last_used": None}
        loopback.will(200, {"items": [token | more], "next_cursor": cursor})
    lines = easel(*at(loopback, "token", "list")).out.splitlines()
    assert [line.split() for line in lines] == [
        ["2", "t2", "easel_abcd…", "generate"],
        ["1", "t1", "revoked", "generate"],
    ]
    assert [path for _, path, *_ in loopback.asked] == [
        "/api/tokens?limit=100",
        "/api/tokens?limit=100&cursor=next",
    ]


def test_an_address_is_signed_by_the_server(easel, loopback):
    loopback.will(200, {"url": "https://pics.example/i/x/w_400/Fyj5NgQL7r7.webp", "path": ""})
    outcome = easel(*at(loopback, "sign", "/w_400/Fyj5NgQL7r7.webp"))
    assert outcome.out == "https://pics.example/i/x/w_400/Fyj5NgQL7r7.webp\n"
    assert json.loads(loopback.asked[0][3]) == {
        "image": "Fyj5NgQL7r7",
        "ops": "w_400",
        "format": "webp",
    }


@pytest.mark.parametrize("arguments", [("token", "list"), ("generate", "x")])
def test_nobody_else_can_be_named(easel, loopback, arguments):
    outcome = easel(*at(loopback, *arguments, "--user", "zoe"))
    assert outcome.status == 1
    assert "the token says whose" in outcome.err
    assert loopback.asked == []


IMAGE = {
    "id": "Fyj5NgQL7r7",
    "width": 8,
    "height": 6,
    "seed": 7,
    "cost": {"usd": 0.0336, "text": "$0.0336"},
    "error": None,
}
GENERATION = {"id": "9sVb2mQxKfE", "prompt": "a lake", "provider": "p", "model": "m"}


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("http://pics.example.org", True),
        ("http://192.168.1.4:8000", True),
        ("https://pics.example.org", False),
        ("http://localhost:8000", False),
        ("http://127.0.0.2", False),
        ("http://[::1]:8000", False),
    ],
)
def test_a_token_without_encryption_is_warned_of(capsys, address, is_told):
    server = chosen(address, TOKEN, "", "token")
    assert server is not None
    server.close()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{address} is not encrypted") is is_told
    assert bool(err) is is_told
    assert TOKEN not in err


@pytest.mark.parametrize(
    ("arguments", "answers"),
    [
        (("sign", "/w_400/Fyj5NgQL7r7.webp"), [{}]),
        (("token", "list"), [{"items": [{"id": 1}], "next_cursor": None}]),
        (("token", "create", "x"), [{"id": 1}]),
        (("generate", "x"), [{"pictures": 1}]),
        (("generate", "x"), [["list"]]),
        (("generate", "x"), [{"pictures": 1, "estimate": {"usd": 0}}, {"images": []}]),
    ],
)
def test_an_answer_that_lacks_something_is_said(easel, loopback, arguments, answers):
    for answer in answers:
        loopback.will(200, answer)
    outcome = easel(*at(loopback, *arguments))
    assert outcome.status == 1
    assert "The server's answer can't be understood (" in outcome.err


def test_an_archive_is_refused_in_words(easel, loopback, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(b"PK")
    outcome = easel(*at(loopback, "import", str(tmp_path / "in")))
    assert outcome.status == 1
    assert "a.zip: A server elsewhere takes no archives" in outcome.err
    assert loopback.asked == []


class TestGenerate:
    @pytest.fixture(autouse=True)
    def no_waiting(self, monkeypatch):
        monkeypatch.setattr("webapp.cli.remote.generate.POLL_SECONDS", 0.01)

    def told(self, state, **facts):
        return GENERATION | {"images": [IMAGE | {"state": state} | facts]}

    def will_start(self, loopback):
        loopback.will(200, {"pictures": 1, "estimate": {"usd": 0.0336, "text": "$0.0336"}})
        loopback.will(202, self.told("pending") | {"generations": ["9sVb2mQxKfE"]})

    def test_it_asks_waits_and_saves(self, easel, loopback, tmp_path):
        self.will_start(loopback)
        loopback.will(200, self.told("pending"))
        loopback.will(200, self.told("ready"))
        loopback.will(200, b"pixels", Content_Type="image/png")
        out = tmp_path / "out"
        outcome = easel(
            *at(loopback, "generate", "a lake", "--seed", "7", "-o", str(out), "--json")
        )
        assert outcome.status == 0, outcome.err
        (made,) = json.loads(outcome.out)
        assert (made["id"], made["cost"], made["model"]) == ("Fyj5NgQL7r7", 0.0336, "p:m")
        assert (out / "Fyj5NgQL7r7.png").read_bytes() == b"pixels"
        rehearsed, sent = (json.loads(body) for *_, body in loopback.asked[:2])
        assert rehearsed == sent | {"dry_run": True}
        assert sent == {"prompt": "a lake", "count": 1, "seed": 7}
        assert loopback.asked[1][2]["Idempotency-Key"]
        assert outcome.err == "One picture for $0.0336.\n"

    def test_a_reference_is_uploaded_first(self, easel, loopback, tmp_path):
        (tmp_path / "a.png").write_bytes(b"pixels")
        loopback.will(201, {"id": "AbqgD3MTFrA"})
        self.will_start(loopback)
        loopback.will(200, self.told("ready"))
        outcome = easel(
            *at(loopback, "generate", "x", "--reference", "a.png", "--reference", "tJhQkPCq4oh")
        )
        assert outcome.status == 0
        assert "in the gallery" in outcome.out
        assert json.loads(loopback.asked[2][3])["references"] == ["AbqgD3MTFrA", "tJhQkPCq4oh"]

    def test_a_failure_ends_with_1(self, easel, loopback):
        error = {"kind": "refused", "message": "No.", "next_step": "Ask again.", "title": "x"}
        self.will_start(loopback)
        loopback.will(200, self.told("failed", error=error))
        outcome = easel(*at(loopback, "generate", "x"))
        assert (outcome.status, outcome.out) == (1, "")
        assert "Fyj5NgQL7r7  failed: No." in outcome.err

    def test_what_is_no_picture_is_not_saved(self, easel, loopback, tmp_path):
        self.will_start(loopback)
        loopback.will(200, self.told("ready"))
        loopback.will(200, b"<html>", Content_Type="text/html")
        outcome = easel(*at(loopback, "generate", "x", "-o", str(tmp_path / "out")))
        assert outcome.status == 1
        assert "did not send a picture" in outcome.err
        assert list((tmp_path / "out").iterdir()) == []

    @pytest.mark.parametrize("uid", ["../../evil", "/tmp/evil", "a/b", "", "..", "0OIl0OIl0OI"])
    def test_no_file_is_called_as_a_server_likes(self, easel, loopback, tmp_path, uid):
        self.will_start(loopback)
        loopback.will(200, self.told("ready", id=uid))
        outcome = easel(*at(loopback, "generate", "x", "-o", str(tmp_path / "out")))
        assert outcome.status == 1
        assert "can't be understood (images.0.id)" in outcome.err
        assert len(loopback.asked) == 3
        assert list((tmp_path / "out").iterdir()) == []

    def test_no_address_is_asked_that_a_server_likes(self, easel, loopback):
        loopback.will(200, {"pictures": 1, "estimate": {"usd": 0.0, "text": "$0"}})
        loopback.will(202, {"images": [{}], "generations": ["../tokens"]})
        outcome = easel(*at(loopback, "generate", "x"))
        assert outcome.status == 1
        assert len(loopback.asked) == 2
