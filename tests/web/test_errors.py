import json
import logging
import sqlite3
from io import BytesIO

import pytest
from sqlalchemy import event

from webapp.errors import (
    AlreadyRunningError,
    BusyError,
    CorruptImageError,
    EaselError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    StorageFullError,
    TooLargeError,
)
from webapp.providers.base import ProviderError
from webapp.storage.blobs import BlobStore, StorageUnavailableError
from webapp.web.errors import status_of

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("x"), 404),
        (GoneError("x"), 410),
        (ForbiddenError("x"), 403),
        (InvalidError("x"), 400),
        (CorruptImageError("x"), 400),
        (TooLargeError("x"), 413),
        (TooLargeError("x", code="too_many_pixels"), 422),
        (StorageFullError("x"), 507),
        (StorageUnavailableError("x"), 503),
        (BusyError("x"), 503),
        (AlreadyRunningError("x"), 500),
        (ProviderError("quota", "x"), 500),
        (EaselError("x"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_status(error, status):
    assert status_of(error) == status


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing/here", 404), ("/images", 405), ("/generations", 405), ("/images/x%00y", 404)],
)
def test_an_error_is_a_page_for_people(world, path, status):
    answer = world.owner.get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "<h1>" in page
    assert str(status) in page


def test_the_methods_that_would_do_are_named(world):
    assert "POST" in world.owner.get("/images").headers["Allow"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "PROPFIND", "BREW"])
def test_odd_methods_are_refused(world, method):
    assert world.anonymous().open("/login", method=method).status_code in (400, 405)


def test_an_error_is_a_problem_for_programs(world):
    answer = world.owner.client.get("/nothing", headers=JSON)
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
        "code": "not_found",
    }


def test_an_error_is_a_toast_for_htmx(world):
    answer = world.owner.fragment("/images/zzzzzzzzzzz")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "There is no such picture." in text
    assert "<html" not in text


def test_the_errors_of_fields_are_told_to_programs(world):
    headers = JSON | {"X-CSRFToken": world.owner.token()}
    path = f"/images/{world.private}/visibility"
    answer = world.owner.client.post(path, headers=headers, data={"visibility": "all"})
    assert answer.status_code == 400
    assert answer.json["errors"] == {"visibility": ["invalid"]}


def test_what_somebody_typed_is_shown_as_text(world):
    answer = world.owner.get("/create?template=<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "&lt;script&gt;" in answer.get_data(as_text=True)
    assert "<script>alert" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "accept", ["*/*", "", "text/html", "image/webp", "junk", ";;;,=", "a/b;q=x"]
)
def test_odd_wishes_get_a_page(world, accept):
    answer = world.owner.client.get("/nothing", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/?before=abc",
        "/?before=-1",
        "/?before=0",
        "/?before=99999999999999999999999999",
        "/?before=9223372036854775807",
        "/?before=%D9%A3",
        "/?before=1e5",
        "/?before=1&before=2",
        "/?show=%00",
        "/?show=nonsense",
        "/?day=%FF%FE",
        "/trash?before=%2e%2e",
        "/live?v=-1",
        "/live?v=abc",
        "/live?v=9999999999999999999",
        "/live?v=999999999999999999",
        "/live?v=%F0%9F%8E%A8",
        "/composer?template=",
        "/composer?model=%00&count=x&seed=y",
        "/composer?model=x&count=-1&seed=99999999999999999999&aspect_ratio=%00",
        "/create?image=%00",
        "/create?image=",
        "/create?template=%00",
        "/create?" + "&".join(f"var_{number}=x" for number in range(500)),
        "/images/%00",
        "/images/..%2f..%2fetc%2fpasswd",
        "/images/" + "x" * 5000,
        "/images/x/embed?width=%00",
        "/t/w640/%00.webp",
        "/t/%00/x",
        "/t/w640/..%2f..",
        "/t/w640/.webp",
        "/t/w640/x.webp.webp",
        "/t/w640/" + "x" * 5000 + ".webp",
        "/static/v0/../../webapp/app.py",
        "/static/v0/..%2f..%2fwebapp/app.py",
        "/static/v0//etc/passwd",
        "/static/v/icons.svg",
        "/login?next=%2F%2F%5B",
        "/login?next=%00",
        "/welcome?token=%00",
        "/welcome?token=" + "x" * 9000,
        "/placeholder/x",
        "/placeholder/1x1?text=%00%F0%9F%8E%A8%FF",
        "/placeholder/99999x99999",
        "/placeholder/%D9%A3x%D9%A3",
        "/%FF%FE%00",
        "/%",
        "/?%%%=%%%&&&==",
    ],
)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_junk_in_an_address_is_never_a_fault(world, path, htmx, caplog):
    headers = {"HX-Request": "true"} if htmx else {}
    for client in (world.owner.client, world.anonymous()):
        with client.get(path, headers=headers) as answer:
            assert answer.status_code < 500
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/json"}, b"[" * 100_000),
        ({"Content-Type": "application/json"}, b'{"username": {"a": []}}'),
        ({"Content-Type": "multipart/form-data"}, b"no boundary"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\nbroken"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n\r\n" * 5000),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"%%%&=&username=%FF%FE&\xff"),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}, b"username=x"),
        ({"Content-Type": "\xff"}, b"x"),
        ({}, b"\0" * 1000),
        ({"Cookie": "easel_session=junk; =; a=\xff"}, b""),
        ({"Cookie": "easel_session=" + "A" * 4000 + ".x.y"}, b""),
        ({"Authorization": "Bearer"}, b""),
        ({"Authorization": "Bearer \xff"}, b""),
        ({"Authorization": "Basic !!!"}, b""),
        ({"Referer": "http://["}, b""),
        ({"HX-Current-URL": "http://["}, b""),
        ({"If-None-Match": 'W/"', "Range": "bytes=a-b", "If-Range": "x"}, b""),
        ({"Accept-Language": "\xff;q=9", "Accept-Charset": "x"}, b""),
    ],
)
def test_junk_in_a_request_is_never_a_fault(world, headers, body):
    for path in ("/login", "/images", "/generations", "/draft", "/settings/theme"):
        token = {"X-CSRFToken": world.owner.token()}
        for client, more in ((world.owner.client, token), (world.anonymous(), {})):
            answer = client.post(path, headers=headers | more, data=body)
            assert answer.status_code < 500, path
    assert world.anonymous().get("/login", headers=headers).status_code < 500


def test_an_unexpected_fault_is_said_without_its_internals(app, browser, monkeypatch, caplog):
    def broken(*_arguments, **_options):
        message = "secret path /srv/easel"
        raise KeyError(message)

    monkeypatch.setattr(type(app.extensions["easel"].services.gallery), "queue", broken)
    answer = browser.get("/queue")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.get_data(as_text=True)
    assert "/srv/easel" not in answer.get_data(as_text=True)
    assert "/srv/easel" in caplog.text


def test_a_broken_database_is_still_answered_in_a_sentence(app, browser, easel):
    database = sqlite3.connect(easel.data.root / "easel.db")
    database.execute("drop table user_session")
    database.execute("drop table user_account")
    database.close()
    for path in ("/", "/login", "/nothing", "/welcome"):
        answer = browser.get(path)
        assert answer.status_code in (500, 404, 200)
        assert "Traceback" not in answer.get_data(as_text=True)
    assert "Something went wrong" in browser.get("/").get_data(as_text=True)
    assert browser.get("/healthz").status_code == 200


class TestLocked:
    """Another program holds the database's write lock."""

    @pytest.fixture
    def locked(self, app, browser, easel):
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine
        engine.dispose()

        @event.listens_for(engine, "connect")
        def hurry(connection, _record):
            connection.execute("pragma busy_timeout = 20")

        browser.token()
        blocker = sqlite3.connect(easel.data.root / "easel.db", isolation_level=None)
        blocker.execute("begin immediate")
        yield browser
        blocker.execute("rollback")
        blocker.close()

    @pytest.mark.parametrize("path", ["/generations", "/settings/theme", "/trash/empty"])
    def test_whoever_wants_to_write_is_asked_to_come_again(self, locked, path):
        answer = locked.post(path, {"prompt": "x", "theme": "dark"})
        if path == "/trash/empty":
            assert answer.status_code == 303  # nothing to write
            return
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "busy" in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        "path", ["/", "/queue", "/settings", "/live?v=1", "/healthz", "/readyz"]
    )
    def test_whoever_reads_does_not_notice(self, locked, path):
        assert locked.get(path).status_code in (200, 204)

    def test_an_upload_is_refused_and_leaves_no_row(self, locked, services, owner, a_picture):
        form = {"image": (BytesIO(a_picture), "a.png")}
        answer = locked.post("/images", form, htmx=True)
        assert answer.status_code == 503
        assert services.images.get_images(owner).pictures == ()


def test_a_full_disk_is_said_with_507_and_leaves_nothing(app, browser, services, owner, a_picture):
    blobs = services.images._blobs
    services.images._originals._blobs = BlobStore.from_url(blobs._root, reserve_bytes=10**18)
    form = {"image": (BytesIO(a_picture), "a.png")}
    answer = browser.post("/images", form, htmx=True)
    assert answer.status_code == 507
    assert "The disk is full" in answer.get_data(as_text=True)
    assert services.images.get_images(owner).pictures == ()
    assert not list(blobs.keys())


def test_a_picture_that_a_full_disk_has_no_room_for_has_failed(services, owner, wish):
    blobs = services.images._blobs
    services.maker._keeper._originals._blobs = BlobStore.from_url(blobs._root, reserve_bytes=10**18)
    uid = services.generator.start(owner, wish).pictures[0].id
    picture = services.images.get_image(uid, owner)
    assert (picture.state, picture.error_kind) == ("failed", "storage_full")
    assert "The disk is full" in picture.error_message


class TestHosts:
    @pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:1"])
    def test_loopback_names_are_ours(self, world, host):
        assert world.anonymous().get("/login", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "localhost.evil.example",
            "evil.example:8000",
            "127.0.0.1.nip.io",
            "localhost@evil.example",
            "",
            "a b",
            "<script>",
            "x" * 3000,
        ],
    )
    @pytest.mark.parametrize("path", ["/login", "/", "/t/w640/x", "/nothing", "/healthz"])
    def test_others_are_refused_with_advice(self, world, host, path):
        answer = world.anonymous().get(path, headers={"Host": host})
        assert answer.status_code == 400
        text = answer.get_data(as_text=True)
        assert "EASEL_TRUSTED_HOSTS" in text
        assert not host or host not in text

    def test_headers_of_a_proxy_are_ignored_where_there_is_none(self, world):
        forged = {
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-Prefix": "/evil",
            "Forwarded": "host=evil.example",
        }
        answer = world.anonymous().get("/placeholder/", headers=forged)
        assert "evil" not in answer.get_data(as_text=True)
        assert "http://localhost/placeholder/480x270.png" in answer.get_data(as_text=True)


def test_a_problem_is_json_that_parses(world):
    answer = world.owner.client.get("/images/<x>", headers=JSON)
    assert json.loads(answer.get_data())["status"] == 404
