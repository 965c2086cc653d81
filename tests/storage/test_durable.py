import errno
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple

import pytest

from webapp.errors import StorageFullError
from webapp.storage.durable import refuse_without_room, sweep, write_durably

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024


@pytest.fixture
def staging(tmp_path):
    folder = tmp_path / ".incoming"
    folder.mkdir()
    return folder


def test_the_bytes_are_there_afterwards(tmp_path, staging):
    write_durably(b"hello", tmp_path, "deep/er/file")
    assert (tmp_path / "deep/er/file").read_bytes() == b"hello"
    assert not list(staging.iterdir())


def test_a_file_is_copied(tmp_path, staging):
    source = tmp_path / "source"
    source.write_bytes(bytes(3_000_000))
    write_durably(source, tmp_path, "target")
    assert (tmp_path / "target").stat().st_size == 3_000_000
    assert source.exists()


def test_file_and_folders_are_synced_before_it_returns(tmp_path, staging, monkeypatch):
    synced = []
    real = os.fsync

    def fsync(handle):
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    write_durably(b"hello", tmp_path, "a/b/file")
    target = tmp_path / "a/b/file"
    bytes_first, *folders = synced
    assert bytes_first == target.stat().st_ino
    assert set(folders) == {folder.stat().st_ino for folder in list(target.parents)[:3]}


def test_a_name_is_synced_each_time_and_those_of_its_folders_once(tmp_path, staging, monkeypatch):
    write_durably(b"one", tmp_path, "a/b/one")
    synced, real = [], os.fsync

    def fsync(handle):
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    for key in ("a/b/two", "a/c/three", "a/c/four"):
        synced.clear()
        write_durably(b"more", tmp_path, key)
        file, *folders = synced
        assert file == (tmp_path / key).stat().st_ino
        new = [(tmp_path / key).parent] + [tmp_path / "a"] * (key == "a/c/three")
        assert folders == [folder.stat().st_ino for folder in new]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path, staging, monkeypatch, number):
    def fsync(handle):
        raise OSError(number, "no room")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageFullError, match=r"The disk is full: [\d,]+ MB are free\."):
        write_durably(b"hello", tmp_path, "file")
    assert not (tmp_path / "file").exists()
    assert not list(staging.iterdir())


def test_another_fault_of_the_disk_stays_what_it_is(tmp_path, staging, monkeypatch):
    def fsync(handle):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="broken"):
        write_durably(b"hello", tmp_path, "file")
    assert not list(staging.iterdir())


def test_a_file_that_outgrows_what_is_allowed_leaves_nothing_behind(tmp_path, staging):
    script = (
        "import pathlib, resource, signal, sys\n"
        "from webapp.storage.durable import write_durably\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "try: write_durably(bytes(500_000), root, 'file')\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": "."}, text=True
    )
    assert done.stdout.strip() == "StorageFullError"
    assert [path.name for path in tmp_path.iterdir()] == [".incoming"]
    assert not list(staging.iterdir())


def test_a_write_that_is_killed_leaves_no_half_file(tmp_path, staging):
    script = (
        "import os, pathlib, signal, sys\n"
        "from webapp.storage.durable import write_durably\n"
        "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "write_durably(bytes(500_000), root, 'file')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": "."})
    assert done.returncode == -9
    assert not (tmp_path / "file").exists()
    assert len(list(staging.iterdir())) == 1
    assert sweep(tmp_path, older_than=-1) == 1
    assert not list(staging.iterdir())


def test_a_sweep_spares_what_is_still_being_written(tmp_path, staging):
    (staging / "young").touch()
    (staging / "old").touch()
    os.utime(staging / "old", (time.time() - 7200,) * 2)
    assert sweep(tmp_path) == 1
    assert [path.name for path in staging.iterdir()] == ["young"]


def test_the_reserve_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 0, 250_000_000))
    refuse_without_room(tmp_path, 50_000_000, 200_000_000)
    with pytest.raises(StorageFullError) as caught:
        refuse_without_room(tmp_path, 50_000_001, 200_000_000)
    assert caught.value.message.startswith(
        "The disk is full: 250 MB are free, and Easel keeps 200 MB in reserve."
    )
