import io
import struct
import zipfile
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from tests.services.uploads.archives import changed, with_link, zipped
from webapp.errors import StorageFullError
from webapp.services.uploads import archives, staging
from webapp.services.uploads.archives import Unreadable, is_archive, pictures_in
from webapp.services.uploads.staging import Arrival, Staging

DATA = b"\x89PNG and so on"
FLAGS, METHOD, SIZE = 8, 10, 24
"""Where these stand in an entry of the table of contents."""


def taken(folder, archive, most_bytes=1000):
    """Return the names and contents that come out, and the sentences of what does not."""
    path = folder / "archive.zip"
    path.write_bytes(archive)
    out, bad = [], []
    with Staging(folder).files() as files:
        for found in pictures_in(Arrival(path, "all.zip"), files, most_bytes=most_bytes):
            if isinstance(found, Unreadable):
                bad.append((found.name, str(found.error)))
            else:
                assert found.path.parent == folder / ".incoming"
                out.append((found.name, found.path.read_bytes()))
    assert list((folder / ".incoming").iterdir()) == []
    return out, bad


def test_the_files_come_out_in_order(tmp_path):
    archive = zipped({"b.png": DATA, "x/a.jpg": b"one", "c": b""})
    assert taken(tmp_path, archive) == ([("b.png", DATA), ("a.jpg", b"one"), ("c", b"")], [])


@pytest.mark.parametrize(
    "name", ["../../x.png", "/etc/x.png", "..\\..\\x.png", "C:\\x.png", "a/./b/../x.png", "x.png"]
)
def test_a_name_is_never_a_path(tmp_path, name):
    assert taken(tmp_path, zipped({name: DATA})) == ([("x.png", DATA)], [])
    assert {item.name for item in tmp_path.iterdir()} == {"archive.zip", ".incoming"}


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden.png", ".git/x.png", "__MACOSX/._x.png", "a/__MACOSX/x.png", "folder/"),
        *("Thumbs.db", "a/desktop.ini", "a/.DS_Store", ".."),
    ],
)
def test_what_systems_add_or_hide_is_passed_over(tmp_path, name):
    assert taken(tmp_path, zipped({name: DATA if name[-1] != "/" else b""})) == ([], [])


def test_a_file_without_a_name_is_passed_over(tmp_path):
    assert taken(tmp_path, zipped({"": DATA, "a.png": DATA})) == ([("a.png", DATA)], [])


def test_a_link_is_passed_over(tmp_path):
    assert taken(tmp_path, with_link("x.png", "/etc/passwd")) == ([], [])


def test_what_is_encrypted_is_refused_and_the_rest_is_kept(tmp_path):
    archive = changed(zipped({"a.png": DATA, "b.png": DATA}), FLAGS, b"\1\0")
    out, bad = taken(tmp_path, archive)
    assert out == [("b.png", DATA)]
    assert bad == [("a.png", archives.ENCRYPTED)]


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_ways_to_pack_are_refused(tmp_path, method):
    assert taken(tmp_path, zipped({"a.png": DATA}, method))[1] == [("a.png", archives.ODDLY_PACKED)]


def test_an_archive_within_an_archive_is_not_opened(tmp_path):
    archive = zipped({"inner.png": zipped({"a.png": DATA}), "b.png": DATA})
    assert taken(tmp_path, archive) == ([("b.png", DATA)], [("inner.png", archives.NESTED)])


def test_a_file_that_is_too_large_is_refused_by_its_promise(tmp_path):
    out, bad = taken(tmp_path, zipped({"a.png": bytes(1001), "b.png": bytes(1000)}))
    assert [name for name, _ in out] == ["b.png"]
    assert [name for name, _ in bad] == ["a.png"]


def test_one_that_promises_less_than_it_has_is_refused(tmp_path):
    archive = zipped({"a.png": bytes(5000)}, zipfile.ZIP_STORED)
    assert taken(tmp_path, changed(archive, SIZE, struct.pack("<I", 10)))[0] == []


def test_a_damaged_file_is_named_and_the_rest_is_kept(tmp_path):
    archive = bytearray(zipped({"a.png": DATA, "b.png": DATA}, zipfile.ZIP_STORED))
    archive[archive.index(DATA)] ^= 1
    assert taken(tmp_path, bytes(archive)) == (
        [("b.png", DATA)],
        [("a.png", archives.DAMAGED_INSIDE)],
    )


def test_too_many_files_are_refused_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    out, bad = taken(tmp_path, zipped({f"{number}.png": DATA for number in range(4)}))
    assert out == []
    assert bad == [("all.zip", "An archive may have 3 files; this one has 4.")]


def test_a_long_table_of_contents_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_DIRECTORY", 70_000)
    out, bad = taken(tmp_path, zipped({f"{number}{'x' * 90}": b"" for number in range(600)}))
    assert out == []
    assert "table of contents" in bad[0][1]


def test_what_unpacks_to_far_more_than_it_is_is_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "HARMLESS", 10_000)
    archive = zipped({f"{number}.png": bytes(100_000) for number in range(10)})
    out, bad = taken(tmp_path, archive, most_bytes=10**6)
    assert out == []
    assert "which no pictures do" in bad[0][1]


def test_files_that_share_their_bytes_are_taken_once(tmp_path):
    one = zipped({"a.png": bytes(900)})
    start = one.index(b"PK\1\2")
    entry = one[start : one.index(b"PK\5\6")]
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 300, 300, len(entry) * 300, start, 0)
    archive = one[:start] + entry * 300 + tail
    assert taken(tmp_path, archive) == ([("a.png", bytes(900))], [])


@pytest.mark.parametrize("data", [b"PK\3\4", b"PK\5\6" + bytes(18), b"PK\3\4" + bytes(500)])
def test_what_is_no_archive_is_said_to_be_damaged_or_is_empty(tmp_path, data):
    out, bad = taken(tmp_path, data)
    assert out == []
    assert bad in ([], [("all.zip", archives.DAMAGED)])


@chosen(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), min_size=1, max_size=4))
def test_however_it_was_tampered_with_nothing_escapes(tmp_path_factory, changes):
    archive = bytearray(zipped({"a.png": DATA, "b/c.png": bytes(300)}))
    for place, value in changes:
        archive[place % len(archive)] = value
    taken(tmp_path_factory.mktemp("zip"), bytes(archive))


def test_a_picture_with_an_archive_behind_it_is_a_picture(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(DATA + zipped({"a.png": DATA}))
    assert zipfile.is_zipfile(io.BytesIO(path.read_bytes()))
    assert not is_archive(path)


def test_what_the_disk_has_no_room_for_is_not_unpacked(tmp_path, monkeypatch):
    free = 1500

    def refuse(folder, wanted, reserve):
        if free - wanted < 1000:
            msg = "The disk is full."
            raise StorageFullError(msg)

    monkeypatch.setattr(staging, "refuse_without_room", refuse)
    archive = zipped({"a.png": bytes(400), "b.png": bytes(900), "c.png": bytes(500)})
    out, bad = taken(tmp_path, archive)
    assert [name for name, _ in out] == ["a.png", "c.png"]
    assert bad == [("b.png", "The disk is full.")]


@pytest.mark.parametrize(
    ("seconds", "count", "sentence"),
    [
        (-1, 0, "3 files of the archive were left"),
        (0.5, 1, "2 files of the archive were left"),
        (1.5, 2, "One file of the archive was left"),
    ],
)
def test_what_is_not_begun_in_time_is_left(tmp_path, monkeypatch, seconds, count, sentence):
    looks = iter(range(9))
    monkeypatch.setattr(archives, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    path = tmp_path / "archive.zip"
    path.write_bytes(zipped({f"{number}.png": DATA for number in range(3)}))
    with Staging(tmp_path).files() as files:
        found = list(pictures_in(Arrival(path, "all.zip"), files, most_bytes=9999, end=seconds))
    assert [isinstance(item, Arrival) for item in found] == [True] * count + [False]
    last = found[-1]
    assert isinstance(last, Unreadable)
    assert last.name == "all.zip"
    assert str(last.error).startswith(sentence)
