import os

import pytest

from webapp.errors import InvalidError
from webapp.storage.watermarks import MOST_BYTES, Watermarks


@pytest.fixture
def marks(tmp_path):
    return Watermarks(tmp_path)


@pytest.mark.parametrize("name", ["logo.png", "logo.webp", "logo.jpg"])
def test_a_picture_in_the_folder_is_known_by_its_name(marks, tmp_path, name):
    (tmp_path / name).write_bytes(b"picture")
    assert (marks.read("logo"), marks.names()) == (b"picture", ["logo"])


@pytest.mark.parametrize("name", ["none", "readme"])
def test_one_that_is_not_there_is_named(marks, tmp_path, name):
    (tmp_path / "readme.txt").write_text("no picture")
    with pytest.raises(InvalidError, match=f"no watermark called '{name}'") as caught:
        marks.read(name)
    assert caught.value.code == "unknown_watermark"


def test_one_that_is_exchanged_is_read_anew(marks, tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(b"first!")
    before = marks.digest("logo")
    path.write_bytes(b"second")
    os.utime(path, ns=(1, 1))
    assert marks.read("logo") == b"second"
    assert marks.digest("logo") != before


def test_without_a_folder_there_are_none(tmp_path):
    assert Watermarks(tmp_path / "none").names() == []


def test_a_huge_one_is_refused(marks, tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InvalidError, match="more than 8 MB"):
        marks.digest("huge")
