import io
import tarfile
from dataclasses import replace

import pytest

from webapp.errors import InvalidError
from webapp.storage.archive import HEADER, SUMS, Header, is_expected, writing_archive
from webapp.storage.unpacking import reading_archive

DIGEST = "ab" * 32
BLOB = f"originals/ab/ab/{DIGEST}.png"


HEADING = Header(easel="1", schema="0001", created="", files=1, has_masters=False, has_secrets=True)


def header(**facts):
    return replace(HEADING, **facts).encoded()


def written(*files):
    target = io.BytesIO()
    with writing_archive(target) as archive:
        for name, data in files:
            archive.add(name, data)
    return target.getvalue()


def unpacked(data, folder):
    with reading_archive(io.BytesIO(data)) as unpacker:
        return list(unpacker.into(folder))


@pytest.fixture
def good():
    return written((HEADER, header()), ("easel.db", b"rows"), (BLOB, b"pixels"))


def test_what_was_written_comes_back(good, tmp_path):
    assert unpacked(good, tmp_path) == ["easel.db", BLOB]
    assert (tmp_path / "easel.db").read_bytes() == b"rows"
    assert (tmp_path / BLOB).read_bytes() == b"pixels"
    assert (tmp_path / "easel.db").stat().st_mode & 0o777 == 0o600


def test_the_list_at_its_end_is_that_of_sha256sum(good):
    with tarfile.open(fileobj=io.BytesIO(good)) as tar:
        sums = tar.extractfile(SUMS)
        assert sums is not None
        lines = sums.read().decode().splitlines()
    assert [line[64:] for line in lines] == [f"  {HEADER}", "  easel.db", f"  {BLOB}"]


@pytest.mark.parametrize(
    "name",
    [
        "../easel.db",
        "/etc/passwd",
        "originals/../../x",
        "originals/ab/cd/" + DIGEST + ".png",
        "watermarks/../secret.key",
        "watermarks/.png",
        "serve.lock",
        "easel.db-wal",
        ".restoring",
        "easel.db\n",
        "cache/ab/abc",
    ],
)
def test_a_name_that_has_no_place_in_a_backup_is_refused(name, tmp_path):
    assert not is_expected(name)
    data = written((HEADER, header()), (name, b"x"))
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(InvalidError, match="no place"):
        unpacked(data, inside)
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]
    assert not list(inside.iterdir())


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_devices_and_folders_are_refused(kind, tmp_path):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        first = tarfile.TarInfo(HEADER)
        first.size = len(header())
        tar.addfile(first, io.BytesIO(header()))
        odd = tarfile.TarInfo("easel.db")
        odd.type, odd.linkname = kind, "/etc/passwd"
        tar.addfile(odd)
    with pytest.raises(InvalidError, match="no place"):
        unpacked(target.getvalue(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_comes_twice_is_refused(tmp_path):
    data = written((HEADER, header()), ("easel.db", b"one"), ("easel.db", b"two"))
    with pytest.raises(InvalidError, match="twice"):
        unpacked(data, tmp_path)


def test_a_changed_byte_is_noticed(good, tmp_path):
    with pytest.raises(InvalidError, match=f"{BLOB} is not what was backed up"):
        unpacked(good.replace(b"pixels", b"pixelz"), tmp_path)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.6, 0.7])
def test_an_archive_without_its_end_is_refused(good, tmp_path, share):
    with pytest.raises(InvalidError):
        unpacked(good[: int(len(good.rstrip(b"\0")) * share)], tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"x" * 5000, written(("easel.db", b"rows")), written((HEADER, b"{}"))]
)
def test_what_is_no_backup_is_refused(data, tmp_path):
    with pytest.raises(InvalidError, match="no backup of Easel"):
        unpacked(data, tmp_path)


def test_a_format_of_the_future_is_refused(tmp_path):
    with pytest.raises(InvalidError, match="newer Easel"):
        unpacked(written((HEADER, header(format=2))), tmp_path)
