"""One picture behind one address, in however many ways that address is written."""

import pytest
from sqlalchemy import func, select, update

from tests.hostile.asking import Asker
from webapp.jobs import NullRunner
from webapp.models import Image, RenditionEntry
from webapp.providers.plain import png
from webapp.settings import Settings

SHARED, PRIVATE = "abcdefghjkm", "ABCDEFGHJKM"
"""Ids that differ in nothing but case: the worst neighbours that there can be."""

WEBP = "image/webp"
SPELLINGS = {
    "in capitals": lambda path: path.replace(".webp", ".WEBP"),
    "all encoded": lambda path: "/" + "".join(f"%{ord(c):02x}" for c in path[1:]),
    "all encoded in capitals": lambda path: "/" + "".join(f"%{ord(c):02X}" for c in path[1:]),
    "a dot encoded": lambda path: path.replace(".", "%2e"),
    "slashes encoded": lambda path: "/" + path[1:].replace("/", "%2f"),
    "a comma encoded": lambda path: path.replace(",", "%2C"),
    "a query": lambda path: f"{path}?v=abc&x=1",
    "an empty query": lambda path: f"{path}?",
}
"""Ways to write an address that may lead to the same picture."""

OTHERS = {
    "encoded twice": lambda path: path.replace(".", "%252e").replace("/w", "%252fw"),
    "encoded slashes twice": lambda path: "/" + path[1:].replace("/", "%252F"),
    "a slash behind": lambda path: f"{path}/",
    "an encoded slash behind": lambda path: f"{path}%2f",
    "a dot behind": lambda path: f"{path}.",
    "two dots inside": lambda path: path.replace(".webp", "..webp"),
    "a space behind": lambda path: f"{path}%20",
    "a plus": lambda path: f"{path}+",
    "a parameter": lambda path: f"{path};v=1",
    "a null behind": lambda path: f"{path}%00",
    "a null and an ending": lambda path: f"{path}%00.png",
    "a line break": lambda path: f"{path}%0d%0aX-Evil:%201",
    "doubled slashes": lambda path: path.replace("/", "//"),
    "a doubled slash inside": lambda path: path[:2] + path[2:].replace("/", "//", 1),
    "a folder and back": lambda path: path.replace(f"/{SHARED}", f"/x/../{SHARED}"),
    "a folder and back, encoded": lambda path: path.replace(
        f"/{SHARED}", f"/x%2f%2e%2e%2f{SHARED}"
    ),
    "the same folder": lambda path: path.replace(f"/{SHARED}", f"/./{SHARED}"),
    "backslashes": lambda path: "/" + path[1:].replace("/", "%5c"),
    "wide letters": lambda path: path.replace("webp", "%ef%bd%97%ef%bd%85%ef%bd%82%ef%bd%90"),
    "a wide id": lambda path: path.replace("a", "%ef%bd%81", 1),
    "an overlong dot": lambda path: path.replace(".", "%c0%ae"),
    "no utf-8": lambda path: path.replace(".", "%ff."),
    "a mark on a letter": lambda path: path.replace("m.", "m%cc%81."),
    "a letter of another script": lambda path: path.replace("c", "%d1%81"),
    "an invisible letter": lambda path: path.replace(".", "%e2%80%8b."),
    "the id in capitals": lambda path: path.replace(SHARED, SHARED.upper()),
    "the id with one capital": lambda path: path.replace(SHARED, SHARED.capitalize()),
    "all in capitals": str.upper,
    "a fragment": lambda path: f"{path}%23",
    "a query inside": lambda path: f"{path}%3fv=1",
}
"""Ways to write something that looks like it."""


@pytest.fixture
def settings(tmp_path):
    """Keep files for a web server as well."""
    return Settings(data_dir=tmp_path / "data", nginx_dir=tmp_path)


@pytest.fixture
def runner():
    """Make nothing ahead: what is kept was asked for."""
    return NullRunner()


@pytest.fixture
def neighbours(services, owner):
    """Keep a shared and a private picture whose ids differ in case alone."""
    images = services.images
    for uid, colour in ((SHARED, b"abc"), (PRIVATE, b"xyz")):
        picture = images.add_image(owner, png(300, 200, colour))
        if uid == SHARED:
            images.set_visibility(picture.id, owner, "public")
        with images._database.writing() as session:
            session.execute(update(Image).where(Image.uid == picture.id).values(uid=uid))
    return services


@pytest.fixture
def kept(easel):
    """Count what is kept: rows of the index, and files of the cache."""

    def kept():
        with easel.database.reading() as session:
            rows = session.scalar(select(func.count()).select_from(RenditionEntry))
        return rows, sum(path.is_file() for path in (easel.data.root / "cache").rglob("*"))

    return kept


@pytest.fixture
def plain_files(tmp_path):
    """Return the names of the files that a web server sends without asking."""
    return lambda: [path.name for path in (tmp_path / "public").rglob("*") if path.is_file()]


@pytest.fixture(params=["preset", "operations"])
def path(request, neighbours):
    """Give an address of the shared picture."""
    if request.param == "preset":
        return f"/t/w160/{SHARED}.webp"
    return neighbours.addresses.sign(f"/w_160,gray/{SHARED}.webp")


@pytest.fixture
def asker(app):
    return Asker(app)


def test_however_it_is_written_it_is_made_once(asker, path, kept, plain_files):
    first = asker.get(path, WEBP)
    assert (first.status, first.headers["X-Cache"]) == (200, "miss")
    for name, spelt in SPELLINGS.items():
        answer = asker.get(spelt(path), WEBP)
        if answer.status == 200:
            assert (answer.body, answer.headers["X-Cache"]) == (first.body, "hit"), name
        else:
            # A signature is for the very letters that were signed.
            assert (path[:3], name, answer.status) == ("/i/", "in capitals", 403)
    assert kept() == (1, 1)
    assert len(plain_files()) == 1


def test_what_looks_like_it_leads_to_no_other_picture(asker, path, kept, plain_files):
    first = asker.get(path, WEBP)
    for name, spelt in OTHERS.items():
        for accept in (WEBP, "", "text/html"):
            answer = asker.get(spelt(path), accept)
            assert answer.status in {200, 308, 400, 403, 404}, name
            if answer.status == 200:
                assert answer.body == first.body, name
            if answer.status == 308:
                assert answer.headers["Location"] == f"http://localhost{path}"
            assert "X-Evil" not in answer.headers
    assert kept() == (1, 1)
    assert len(plain_files()) == 1


def test_no_spelling_opens_a_private_picture(asker, path, kept, plain_files):
    for spelt in (*SPELLINGS.values(), *OTHERS.values()):
        target = spelt(path.replace(SHARED, PRIVATE))
        assert asker.get(target, WEBP).status in {308, 400, 403, 404} or SHARED in target
    assert kept() == (0, 0)
    assert plain_files() == []


def test_a_right_signature_opens_no_private_picture(asker, neighbours, kept):
    for ops in ("w_160", "_", "_,dl_a.png", "w_160,v_0", "f_png"):
        for meta in ("", "/meta"):
            target = neighbours.addresses.sign(f"{meta}/{ops}/{PRIVATE}")
            assert asker.get(target, WEBP).status == 404
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    "ops",
    [
        *("w_0160", "w_160,q_80", "w_160,fit_inside", "w_160,fit_cover", "s_160x", "dpr_2,w_80"),
        *("w_160,blur_0", "w_160,pix_1", "w_160,f_webp", "w_160,b_00000000", "w_160,v_abc"),
        *("w_160,dl_a.webp", "w_160,exp_253402300799", "w_160,g_center", "w_160,fp_0.1_0.1"),
        *("crop_0.0_0_1_1,w_160", "sharpen_0,w_160"),
    ],
)
def test_however_it_is_asked_for_the_same_work_is_done_once(asker, neighbours, kept, ops):
    first = asker.get(f"/t/w160/{SHARED}.webp")
    answer = asker.get(neighbours.addresses.sign(f"/{ops}/{SHARED}.webp"))
    assert answer.headers["X-Cache"] == "hit"
    assert answer.body == first.body
    assert kept() == (1, 1)


def test_junk_is_neither_noted_nor_kept(asker, neighbours, kept):
    for ops in ("zoom_2", "w_0", "crop_400_0_1_1", "w_1,w_1", "wm_none", "exp_0,w_9", "f_png,w_9"):
        path = f"/{ops}/{SHARED}.webp"
        assert asker.get(f"/i/{neighbours.addresses.signature(path)}{path}").status >= 400
    for target in ("/t/w161/", "/t/w160%00/", "/t//w160/../", "/i/x/w_9/"):
        assert asker.get(f"{target}{SHARED}.webp").status >= 300
    assert kept() == (0, 0)
