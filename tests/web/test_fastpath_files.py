"""What the fast path keeps as files for nginx, around an application that says what it is told."""

import pytest
from werkzeug.test import Client

from webapp.app import easel_of
from webapp.providers.plain import png
from webapp.storage.public_files import PublicFiles
from webapp.storage.stamps import Stamps
from webapp.web.fastpath import FastPath

UID = "Fyj5NgQL7r7"
SIGNED = f"/i/{'s' * 22}"
PUBLIC = "public, max-age=3600, stale-while-revalidate=86400"
IMMUTABLE = "public, max-age=31536000, immutable"


class Application:
    """Answers with a picture, and counts how often."""

    def __init__(self):
        self.count = 0
        self.status = "200 OK"
        self.headers = {"Cache-Control": PUBLIC, "X-Cache": "miss", "ETag": '"tag"'}
        self.meanwhile = lambda: None

    def __call__(self, environ, start_response):
        self.count += 1
        start_response(self.status, list(self.headers.items()))
        self.meanwhile()
        return [b"pix", b"els"]


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def stamps(tmp_path):
    stamps = Stamps(tmp_path / "stamps")
    yield stamps
    stamps.close()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "public"
    folder.mkdir()
    return folder


@pytest.fixture
def client(application, stamps, folder):
    return Client(FastPath(application, stamps, PublicFiles(folder)))


@pytest.fixture
def kept(folder):
    def kept():
        return {path.name: path.read_bytes() for path in folder.glob(f"*/{UID}/*")}

    return kept


def test_a_public_answer_becomes_a_file(client, kept):
    assert client.get(f"/t/w160/{UID}.webp").data == b"pixels"
    assert kept() == {"t,w160,_.webp": b"pixels"}


def test_a_file_that_was_pruned_comes_back_with_the_next_request(client, application, folder, kept):
    for _ in range(2):
        client.get(f"/t/w160/{UID}.webp")
        assert len(kept()) == 1
        PublicFiles(folder).remove(UID)
    assert application.count == 1


def test_a_file_that_is_there_is_not_written_again(client, folder):
    client.get(f"/t/w160/{UID}.webp")
    (file,) = folder.glob(f"*/{UID}/*")
    first = file.stat().st_ino
    client.get(f"/t/w160/{UID}.webp")
    assert file.stat().st_ino == first


@pytest.mark.parametrize(
    "address",
    [
        f"/t/w160/{UID}.webp?v=3fa9c1d21",
        f"/t/w160/{UID}",
        f"/t/w160/{UID}.webp?x=1",
        f"{SIGNED}/w_40,v_3fa/{UID}.webp",
        f"{SIGNED}/w_40,exp_4102444800/{UID}.webp",
        f"{SIGNED}/w_40,dl_cat.webp/{UID}.webp",
        f"{SIGNED}/wm_logo/{UID}.webp",
        f"{SIGNED}/w_{'4' * 200}/{UID}.webp",
    ],
)
def test_some_addresses_never_become_files(client, kept, address):
    assert client.get(address).status_code == 200
    assert kept() == {}


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", {"Cache-Control": "private, max-age=3600"}),
        ("200 OK", {"Cache-Control": "no-store"}),
        ("200 OK", {"Cache-Control": IMMUTABLE}),
        ("200 OK", {"Vary": "Accept"}),
        ("200 OK", {"Set-Cookie": "a=b"}),
        ("206 PARTIAL CONTENT", {}),
        ("404 NOT FOUND", {}),
    ],
    ids=str,
)
def test_some_answers_never_become_files(client, application, kept, status, headers):
    application.status = status
    application.headers |= headers
    client.get(f"/t/w160/{UID}.webp")
    assert kept() == {}


@pytest.mark.parametrize(
    "options", [{"method": "HEAD"}, {"headers": {"Range": "bytes=0-2"}}], ids=str
)
def test_half_a_picture_never_becomes_a_file(client, kept, options):
    client.open(f"/t/w160/{UID}.webp", **options)
    assert kept() == {}


def test_a_picture_that_changes_while_it_is_looked_up_becomes_no_file(
    client, application, stamps, kept
):
    application.meanwhile = lambda: stamps.change(UID)
    assert client.get(f"/t/w160/{UID}.webp").status_code == 200
    assert kept() == {}


def test_an_answer_with_a_watermark_is_not_remembered(client, application):
    for _ in range(2):
        client.get(f"{SIGNED}/wm_logo/{UID}.webp")
    assert application.count == 2


def test_without_nginx_there_are_no_files(application, stamps, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    Client(FastPath(application, stamps)).get(f"/t/w160/{UID}.webp")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_picture_s_stamp_has_changed_by_the_time_its_files_go(app, services, owner, monkeypatch):
    picture = services.images.add_image(owner, png(40, 30, b"abc"))
    stamps = app.wsgi_app._stamps
    before, seen = stamps.stamp(picture.id), []
    monkeypatch.setattr(
        "webapp.storage.public_files.PublicFiles._take_away",
        lambda _files, place: seen.append(stamps.stamp(place.name)),
    )
    place = easel_of(app).data.root / "public" / picture.id[:2] / picture.id
    place.mkdir(parents=True)
    services.images.set_visibility(picture.id, owner, "public")
    assert seen
    assert before not in seen
