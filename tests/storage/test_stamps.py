import errno
import os

import pytest

from webapp.errors import StorageFullError
from webapp.storage.stamps import SIZE, Stamps

UID, OTHER = "Fyj5NgQL7r7", "AbqgD3MTFrA"


def test_a_change_is_seen_by_every_process_on_the_file(tmp_path):
    mine, theirs = Stamps(tmp_path / "stamps"), Stamps(tmp_path / "stamps")
    before = theirs.stamp(UID), theirs.stamp(OTHER)
    mine.change(UID)
    assert theirs.stamp(UID) != before[0]
    assert theirs.stamp(OTHER) == before[1]
    mine.change_all()
    assert theirs.stamp(OTHER) != before[1]


def test_a_number_does_not_come_back(tmp_path):
    stamps = Stamps(tmp_path / "stamps")
    seen = set()
    for _ in range(200):
        stamps.change(UID)
        seen.add(stamps.stamp(UID))
    assert len(seen) == 200


def test_the_file_has_all_of_its_room_from_the_start(tmp_path):
    Stamps(tmp_path / "stamps")
    assert (tmp_path / "stamps").stat().st_blocks * 512 >= SIZE


def test_a_full_disk_is_told_at_the_start(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StorageFullError, match="disk is full"):
        Stamps(tmp_path / "stamps")
