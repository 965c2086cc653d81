import errno
from contextlib import suppress

import pytest

from webapp.errors import AlreadyRunningError, InvalidError, StorageFullError
from webapp.storage.whole_file import whole_file


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "a.tar"
    with whole_file(path) as file:
        file.write(b"all of it")
        assert not path.exists()
    assert path.read_bytes() == b"all of it"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.tar"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes(b"old")
    with suppress(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.tar"]


def test_what_a_crash_left_is_written_over(tmp_path):
    (tmp_path / "a.tar.part").write_bytes(b"much more than what comes now")
    with whole_file(tmp_path / "a.tar") as file:
        file.write(b"short")
    assert (tmp_path / "a.tar").read_bytes() == b"short"


def test_a_full_disk_is_said(tmp_path):
    with pytest.raises(StorageFullError, match="disk is full"), whole_file(tmp_path / "a.tar"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_two_can_t_write_the_same_file(tmp_path):
    path = tmp_path / "a.tar"
    with whole_file(path) as file:
        with pytest.raises(AlreadyRunningError), whole_file(path):
            pass
        file.write(b"first")
    assert path.read_bytes() == b"first"


def test_a_link_is_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    (tmp_path / "a.tar.part").symlink_to(other)
    with pytest.raises(InvalidError, match="can't be written"), whole_file(tmp_path / "a.tar"):
        pass
    assert other.read_bytes() == b"mine"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InvalidError, match="no such file"), whole_file(tmp_path / "no" / "a.tar"):
        pass
