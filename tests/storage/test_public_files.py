import errno
import os
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.errors import SettingsError
from webapp.storage.public_files import PublicFiles

UID, OTHER = "Fyj5NgQL7r7", "Fyj5NgQL7r8"
NAME = "t,w160,_.webp"


def always():
    return True


@pytest.fixture
def folder(tmp_path):
    """Return the folder of the data directory, which leads to the one that nginx reads."""
    return tmp_path / "data" / "public"


@pytest.fixture
def shown(tmp_path):
    return tmp_path / "shown" / "public"


@pytest.fixture
def files(folder, shown):
    folder.parent.mkdir()
    shown.parent.mkdir()
    files = PublicFiles(folder)
    files.lead_to(shown)
    return files


def names(shown):
    return sorted(
        path.relative_to(shown).as_posix()
        for path in shown.rglob("*")
        if path.is_file() and ".gone" not in path.parts
    )


def age(path, seconds):
    written = path.stat().st_mtime - seconds
    os.utime(path, (written, written))


def test_a_file_lies_where_nginx_looks_for_it(files, shown):
    assert files.put(UID, NAME, b"pixels", always)
    assert (shown / "Fy" / UID / NAME).read_bytes() == b"pixels"
    assert files.has(UID, NAME)
    assert not files.has(OTHER, NAME)
    assert names(shown) == [f"Fy/{UID}/{NAME}"]


def test_a_file_is_readable_for_others_whatever_the_umask(files, shown):
    previous = os.umask(0o077)
    try:
        files.put(UID, NAME, b"pixels", always)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((shown / "Fy" / UID / NAME).stat().st_mode) == 0o644
    for place in (shown / "Fy" / UID, shown / "Fy", shown):
        assert stat.S_IMODE(place.stat().st_mode) & 0o755 == 0o755, place


def test_taking_a_picture_away_leaves_the_others(files, shown):
    files.put(UID, NAME, b"pixels", always)
    files.put(UID, "t,w320,_.webp", b"pixels", always)
    files.put(OTHER, NAME, b"pixels", always)
    files.remove(UID)
    assert names(shown) == [f"Fy/{OTHER}/{NAME}"]
    assert list((shown / ".gone").iterdir()) == []


def test_taking_away_what_is_not_there_is_fine(files, tmp_path):
    files.remove(UID)
    PublicFiles(tmp_path / "nowhere").remove(UID)


@pytest.mark.parametrize("uid", ["..", "", "../../data", "Fyj5NgQL7r7/..", "Fyj5NgQL7r"])
def test_what_is_no_id_is_neither_kept_nor_taken_away(files, shown, tmp_path, uid):
    (tmp_path / "data" / "kept").write_text("kept", "utf-8")
    assert not files.put(uid, NAME, b"pixels", always)
    files.remove(uid)
    assert names(shown) == []
    assert (tmp_path / "data" / "kept").exists()


@pytest.mark.parametrize("name", ["../x", ".hidden", "", "a/b", "a\0b", "é", "n" * 251, "a\n"])
def test_what_is_no_name_is_not_kept(files, shown, name):
    assert not files.put(UID, name, b"pixels", always)
    assert names(shown) == []


def test_an_answer_of_before_a_change_is_not_kept(files, shown):
    assert not files.put(UID, NAME, b"pixels", lambda: False)
    assert names(shown) == []


def test_what_is_taken_away_while_it_is_written_never_appears(files, shown):
    def overtaken():
        files.remove(UID)
        return True

    files.put(UID, NAME, b"pixels", overtaken)
    assert names(shown) == []


def test_what_is_taken_away_while_another_file_of_it_is_written_stays_away(files, shown):
    def overtaken():
        (shown / "Fy" / UID).rename(shown / ".gone" / "x")
        return True

    files.put(UID, "first", b"pixels", always)
    (shown / ".gone").mkdir()
    assert files.put(UID, NAME, b"pixels", overtaken)
    assert names(shown) == []


def test_of_many_writers_none_outlasts_a_change(files, shown):
    state = {"stamp": 0, "is_shown": True}
    stopped = threading.Event()

    def write_on():
        while not stopped.is_set():
            stamp = state["stamp"]
            if state["is_shown"]:
                files.put(UID, NAME, b"pixels", lambda stamp=stamp: state["stamp"] == stamp)

    def change(*, is_shown):
        state["is_shown"] = is_shown
        state["stamp"] += 1
        files.remove(UID)

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write_on) for _ in range(3)]
        try:
            for _ in range(200):
                change(is_shown=False)
                assert names(shown) == []
                change(is_shown=True)
        finally:
            stopped.set()
    assert [writer.exception() for writer in writers] == [None] * 3


def test_a_full_disk_is_borne_in_silence(files, shown, monkeypatch, caplog):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    for name in (NAME, "t,w320,_.webp"):
        assert not files.put(UID, name, b"pixels", always)
    assert list((shown / "Fy" / UID).iterdir()) == []
    assert len(caplog.records) == 1, "once is enough"


def test_a_picture_can_be_taken_away_on_a_full_disk(files, shown, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    files.put(UID, NAME, b"pixels", always)
    monkeypatch.setattr(Path, "rename", full)
    files.remove(UID)
    assert names(shown) == []


def test_what_can_t_be_taken_away_is_said(files, shown, monkeypatch):
    def refused(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    files.put(UID, NAME, b"pixels", always)
    monkeypatch.setattr(Path, "rename", refused)
    monkeypatch.setattr(shutil, "rmtree", lambda *_arguments, **_options: None)
    with pytest.raises(PermissionError):
        files.remove(UID)


def test_only_pictures_that_are_shown_are_kept(files, shown):
    for uid in (UID, OTHER):
        files.put(uid, NAME, b"pixels", always)
    asked = []

    def shown_ids(uids):
        asked.extend(uids)
        return {OTHER, "another"}

    files.keep_only(shown_ids)
    assert sorted(asked) == [UID, OTHER]
    assert names(shown) == [f"Fy/{OTHER}/{NAME}"]


def test_the_oldest_files_make_room(files, shown):
    for number in range(10):
        files.put(UID, f"t,w{number},_.webp", bytes(4096), always)
        age(shown / "Fy" / UID / f"t,w{number},_.webp", 100 - number)
    files.prune(20_480)
    assert names(shown) == [f"Fy/{UID}/t,w{number},_.webp" for number in range(5, 10)]


def test_nothing_goes_as_long_as_there_is_room(files, shown):
    files.put(UID, NAME, bytes(4096), always)
    files.prune(4096)
    assert names(shown) == [f"Fy/{UID}/{NAME}"]


def test_empty_folders_do_not_stay(files, shown):
    files.put(UID, NAME, b"pixels", lambda: False)
    assert (shown / "Fy" / UID).is_dir()
    files.prune(10_000)
    assert not (shown / "Fy" / UID).exists()


def test_everything_goes_at_once_and_is_deleted_later(files, shown):
    for uid in (UID, "abcdefghijk"):
        files.put(uid, NAME, b"pixels", always)
    files.clear()
    assert names(shown) == []
    assert len(list((shown / ".gone").rglob("*.webp"))) == 2
    files.prune(10_000)
    assert list((shown / ".gone").iterdir()) == []


def test_another_folder_begins_empty_and_leaves_nothing_behind(files, folder, shown, tmp_path):
    files.put(UID, NAME, b"pixels", always)
    files.lead_to(tmp_path / "elsewhere")
    assert names(shown) == []
    assert names(tmp_path / "elsewhere") == []
    files.put(UID, NAME, b"pixels", always)
    assert names(tmp_path / "elsewhere") == [f"Fy/{UID}/{NAME}"]


def test_the_same_folder_keeps_what_it_has(files, folder, shown):
    files.put(UID, NAME, b"pixels", always)
    PublicFiles(folder).lead_to(shown)
    assert names(shown) == [f"Fy/{UID}/{NAME}"]


def test_a_folder_where_nothing_can_be_written_is_said(folder, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(SettingsError, match="ReadWritePaths"):
        PublicFiles(folder).lead_to(tmp_path / "file" / "public")
