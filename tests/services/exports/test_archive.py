import io
import subprocess
import zipfile
from datetime import UTC, datetime

from webapp.services.exports.archive import PIECE, Entry, zipped

NOON = datetime(2026, 11, 21, 12, 30, 40, tzinfo=UTC)


def opened(entries):
    return zipfile.ZipFile(io.BytesIO(b"".join(zipped(entries))))


def test_a_zip_holds_what_it_was_given():
    picture = Entry("a.png", [b"one", b"two"], NOON)
    text = Entry("b.json", [b"{}" * 900], NOON, is_packed=True)
    with opened([picture, text]) as archive:
        assert archive.testzip() is None
        assert archive.read("a.png") == b"onetwo"
        first, second = archive.infolist()
        assert first.compress_type == zipfile.ZIP_STORED
        assert first.date_time == (2026, 11, 21, 12, 30, 40)
        assert second.compress_size < second.file_size == 1800
        assert first.external_attr >> 16 == 0o100644


def test_other_programs_can_read_it(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(zipped([Entry("a.png", [bytes(1 << 20)], NOON)])))
    told = subprocess.run(
        ["python3", "-m", "zipfile", "-t", str(path)], capture_output=True, text=True, check=True
    )
    assert "Done testing" in told.stdout


def test_the_same_files_give_the_same_bytes():
    entries = [Entry("a.png", [b"one"], NOON)]
    assert b"".join(zipped(entries)) == b"".join(zipped(entries))


def test_it_is_given_away_while_it_is_written():
    asked = []

    def content(name):
        for number in range(8):
            asked.append((name, number))
            yield bytes(PIECE)

    pieces = zipped(Entry(name, content(name), NOON) for name in ("a", "b"))
    assert len(next(pieces)) < 2 * PIECE
    assert asked == [("a", 0)]


def test_nothing_is_held_back_for_long():
    pieces = list(zipped(Entry("a", [bytes(PIECE)] * 20, NOON) for _ in range(1)))
    assert max(map(len, pieces)) < 2 * PIECE


def test_a_time_that_no_zip_can_tell_is_the_nearest_one():
    with opened([Entry("a", [b""], datetime(1970, 1, 1, tzinfo=UTC))]) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
