"""Originals that nginx sends because Easel says so."""

import re

import pytest

from tests.deploy.visitor import Visitor
from webapp.providers.plain import png

pytestmark = pytest.mark.slow

PICTURE = png(120, 80, b"\x11\x77\xcc")


@pytest.fixture(scope="module")
def mine(site):
    return site.owner.upload(PICTURE)


@pytest.fixture(scope="module")
def place(site, mine):
    (file,) = (site.shown / "originals").rglob("*.png")
    return file.relative_to(site.shown).as_posix()


def test_the_owner_gets_an_original_from_nginx(site, mine):
    answer = site.owner.get(f"/images/{mine}/original")
    assert (answer.status, answer.body) == (200, PICTURE)
    of_nginx = r'"[0-9a-f]{8}-[0-9a-f]+"'  # Easel's tag is the digest
    assert re.fullmatch(of_nginx, answer.headers["etag"])
    assert "x-accel-redirect" not in answer.headers
    assert {
        name: answer.headers[name]
        for name in (
            "content-type",
            "cache-control",
            "content-security-policy",
            "x-content-type-options",
            "cross-origin-resource-policy",
            "content-disposition",
        )
    } == {
        "content-type": "image/png",
        "cache-control": "private, no-cache",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "content-disposition": f"inline; filename=a-{mine}.png",
    }


def test_easel_sends_no_byte_of_it_and_nginx_drops_none_of_its_headers(site, mine):
    address = f"/images/{mine}/original"
    behind = Visitor(site.easel_port, dict(site.owner.cookies)).get(address)
    assert (behind.status, behind.body) == (200, b"")
    assert behind.headers["x-accel-redirect"].startswith("/.easel/originals/")
    own = {"x-accel-redirect", "content-length", "date", "server", "connection"}
    said = {name: value for name, value in behind.headers.items() if name not in own}
    assert said.items() <= site.owner.get(address).headers.items()


def test_parts_and_head_and_304_of_an_original_work(site, mine):
    address = f"/images/{mine}/original"
    part = site.owner.get(address, range="bytes=8-15")
    assert (part.status, part.body) == (206, PICTURE[8:16])
    head = site.owner.ask("HEAD", address)
    assert (head.status, head.headers["content-length"]) == (200, str(len(PICTURE)))
    same = site.owner.get(address, if_none_match=head.headers["etag"])
    assert (same.status, same.body) == (304, b"")


def test_it_can_be_saved_under_its_name(site, mine):
    answer = site.owner.get(f"/images/{mine}/original?download=1")
    assert answer.body == PICTURE
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


def test_a_stranger_gets_no_original(site, mine):
    answer = site.stranger().get(f"/images/{mine}/original")
    assert answer.status == 303
    assert PICTURE not in answer.body


def test_the_internal_address_is_not_there_for_anybody(site, place):
    for visitor in (site.owner, site.stranger()):
        for address in (
            f"/.easel/{place}",
            f"//.easel//{place}",
            f"/t/../.easel/{place}",
            f"/%2eeasel/{place}",
            f"/%2e%65asel%2f{place}",
            f"/.easel/{place}?download=1",
        ):
            answer = visitor.get(address)
            assert answer.status == 404, address
            assert PICTURE not in answer.body


@pytest.mark.parametrize(
    "start",
    [
        "/t/w160/",
        "/t/",
        "/i/",
        f"/i/{'A' * 22}/w_50/",
        "/.easel/originals/",
        "/static/",
        "/public/",
        "/",
    ],
)
@pytest.mark.parametrize(
    "up",
    [
        "../",
        "%2e%2e/",
        "..%2f",
        "%2e%2e%2f",
        "%252e%252e%252f",
        "..%5c",
        "..;/",
        "%c0%ae%c0%ae/",
        "./",
    ],
)
def test_no_path_leads_out_of_what_is_shown(site, place, start, up):
    secret = (site.data / "secret.key").read_bytes().strip()
    (site.shown / "note.webp").write_bytes(secret)
    for depth in range(6):
        for target in ("data/secret.key", "shown/note.webp", "note.webp", place):
            answer = site.stranger().get(start + up * depth + target)
            assert answer.status >= 400
            assert secret not in answer.body
            assert PICTURE not in answer.body
