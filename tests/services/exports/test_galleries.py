import io
import re
import zipfile
from html.parser import HTMLParser

import pytest
from PIL import Image as Picture

from tests.services.takeout.library import album, furnish
from webapp.errors import InvalidError, NotFoundError
from webapp.providers.plain import png
from webapp.services.exports.galleries import PROBLEMS, STYLES, GalleryWish
from webapp.web.static_galleries import design

XSS = '"><script>alert(1)</script>'


@pytest.fixture
def ids(easel, services, owner):
    return furnish(easel, owner)


@pytest.fixture
def made(services, owner, ids):
    def make(uid=ids["album"], **wish):
        pieces = services.exports.galleries.zip(owner, GalleryWish(uid, **wish), design())
        with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    return make


class Links(HTMLParser):
    """Collects what a page refers to, and whether its elements are closed."""

    def __init__(self, text):
        super().__init__()
        self.links, self.images, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.links += [values[name] for name in ("href", "src") if name in values]
        self.links += [item.split()[0] for item in values.get("srcset", "").split(", ") if item]
        if tag == "img":
            self.images.append(values)
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def pages_of(files):
    return {name: Links(data.decode()) for name, data in files.items() if name.endswith(".html")}


def test_every_link_leads_to_a_file_of_the_gallery(made):
    files = made(has_originals=True)
    for name, page in pages_of(files).items():
        assert page.open == []
        for link in page.links:
            path = link.partition("#")[0]
            target = path.removeprefix("../") if "/" in name else path
            assert ("/" in name) == path.startswith("../")
            assert target in files
    assert STYLES in files


def test_it_needs_no_script_and_nothing_from_elsewhere(made):
    for name, data in made().items():
        if name.endswith((".html", ".css")):
            assert not re.search(rb"<script|https?:|url\(|\son\w+=|style=", data), name


def test_pictures_have_their_sizes_and_words(made):
    files = made()
    for image in pages_of(files)["index.html"].images:
        with Picture.open(io.BytesIO(files[image["src"]])) as picture:
            assert picture.size == (int(image["width"]), int(image["height"]))
        assert image["loading"] == "lazy"
        assert image["alt"]


def test_an_album_is_shown_in_its_order_with_its_words(made):
    files = made()
    page = files["index.html"].decode()
    assert [image["alt"] for image in pages_of(files)["index.html"].images] == [
        "a boat",
        "a lake at dawn",
        "küche <1>.jpg",
    ]
    assert "<h1>Water</h1>" in page
    assert "Lakes and boats." in page
    assert "a lake at dawn" in files["pictures/0002.html"].decode()


def test_without_prompts_nothing_tells_of_them(made, ids):
    files = made(metadata="none", has_originals=True)
    for name, data in files.items():
        for word in (b'boat"', b"dawn", b"plain-1", *(uid.encode() for uid in ids.values())):
            assert word not in data, name
            assert word not in name.encode()
    assert sum(name.startswith("originals/") for name in files) == 3


def test_words_stay_words(services, owner, easel, made):
    uid = services.images.add_image(owner, png(9, 9, b"\1\2\3"), prompt=XSS).id
    files = made(album(easel.database, owner, XSS, [uid], description=XSS))
    assert not [name for name, data in files.items() if b"<script" in data]
    assert all(page.open == [] for page in pages_of(files).values())


def test_a_large_album_has_several_pages(made, monkeypatch):
    monkeypatch.setattr("webapp.services.exports.selection.AT_ONCE", 2)
    files = made()
    pages = pages_of(files)
    assert "page-2.html" in pages["index.html"].links
    assert "index.html" in pages["page-2.html"].links
    assert "page-3.html" not in files
    assert "../page-2.html#p3" in pages["pictures/0003.html"].links
    assert "../pictures/0003.html" in pages["pictures/0002.html"].links


def test_an_empty_album_says_so(services, owner, easel, made):
    files = made(album(easel.database, owner, "Nothing", []))
    assert files.keys() == {STYLES, "index.html"}
    assert "There is no picture in this album yet." in files["index.html"].decode()


def test_a_picture_that_is_lost_is_told_and_the_others_are_shown(services, owner, easel, ids, made):
    lake = services.images.own_image(ids["lake"], owner)
    for key in (lake.blob_key, *lake.masters.values()):
        easel.blobs.delete(key)
    files = made(has_originals=True)
    assert ids["lake"] in files[PROBLEMS].decode()
    assert "a lake" not in files["index.html"].decode()
    assert len(pages_of(files)["index.html"].images) == 2


def test_the_same_album_gives_the_same_bytes(services, owner, ids):
    wish = GalleryWish(ids["album"])
    first, second = (
        b"".join(services.exports.galleries.zip(owner, wish, design())) for _ in range(2)
    )
    assert first == second


def test_others_have_no_gallery_of_it(services, stranger, owner, ids):
    with pytest.raises(NotFoundError):
        services.exports.galleries.zip(stranger, GalleryWish(ids["album"]), design())
    with pytest.raises(InvalidError, match="Metadata is one of"):
        services.exports.galleries.zip(owner, GalleryWish(ids["album"], "some"), design())
