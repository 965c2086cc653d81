import hashlib
import shutil
import subprocess
import threading
import time

import pytest

from webapp.errors import InvalidError, NotFoundError, StorageFullError
from webapp.storage import Blob, BlobStore, StorageUnavailableError, durable

DATA = b"some picture"
DIGEST = hashlib.sha256(DATA).hexdigest()
KEY = f"originals/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}.png"

BAD_KEYS = [
    "",
    "/etc/passwd",
    "../../etc/passwd",
    f"originals/../../{DIGEST}.png",
    f"originals/aa/bb/{DIGEST}.png",
    f"originals/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}",
    f"originals/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}.png/../x",
    f"{KEY}\n",
    f"./{KEY}",
    KEY.upper(),
    KEY.replace("/", "\\"),
    KEY + "\0",
]


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path):
    return BlobStore.from_url(tmp_path / "blobs" if request.param == "local" else "memory://")


@pytest.fixture
def local(tmp_path):
    return BlobStore.from_url(tmp_path / "blobs")


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_put_can_be_got(store):
    assert store.put(DATA, "png") == Blob(DIGEST, KEY, len(DATA))
    assert store.get(KEY) == DATA
    assert store.exists(KEY)
    assert list(store.keys()) == [KEY]


def test_a_file_is_put_like_its_bytes(store, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(DATA)
    assert store.put(path, "png") == Blob(DIGEST, KEY, len(DATA))
    assert store.get(KEY) == DATA


def test_nothing_is_a_blob_too(store):
    assert store.get(store.put(b"", "png").key) == b""


def test_equal_bytes_are_kept_once(local, tmp_path):
    local.put(DATA, "png")
    before = files(tmp_path / "blobs")[0].stat()
    assert local.put(DATA, "png").key == KEY
    after = files(tmp_path / "blobs")
    assert len(after) == 1
    assert (after[0].stat().st_ino, after[0].stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )


def test_a_file_emptied_by_a_power_cut_is_written_anew(local, tmp_path):
    local.put(DATA, "png")
    (tmp_path / "blobs" / KEY).write_bytes(b"")
    local.put(DATA, "png")
    assert local.get(KEY) == DATA


def test_the_missing_is_not_found(store):
    assert not store.exists(KEY)
    with pytest.raises(NotFoundError, match="is missing"):
        store.get(KEY)


def test_what_is_kept_is_listed_by_kind_and_by_the_first_digits(store):
    before = time.time() - 2
    store.put(DATA, "png")
    master = store.put_derived(DIGEST, "512", b"smaller", "jpg")
    (found,) = store.entries("originals")
    assert (found.key, found.size) == (KEY, len(DATA))
    assert before < found.written < time.time() + 2
    assert [one.key for one in store.entries("masters", DIGEST[:2])] == [master]
    other = f"{(int(DIGEST[:2], 16) + 1) % 256:02x}"
    assert not list(store.entries("originals", other))


def test_a_digest_is_that_of_the_bytes(store):
    store.put(DATA, "png")
    assert store.digest(KEY) == DIGEST
    store.delete(KEY)
    with pytest.raises(NotFoundError):
        store.digest(KEY)


def test_deleting_can_be_repeated(store):
    store.put(DATA, "png")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    assert not list(store.keys())


def test_what_was_deleted_can_be_put_again(store):
    store.put(DATA, "png")
    store.delete(KEY)
    store.put(DATA, "png")
    assert store.get(KEY) == DATA


def test_a_local_blob_has_a_path(local, tmp_path):
    local.put(DATA, "png")
    assert local.open_path(KEY) == tmp_path / "blobs" / KEY
    local.delete(KEY)
    with pytest.raises(NotFoundError):
        local.open_path(KEY)


def test_a_remote_blob_has_no_path():
    store = BlobStore.from_url("memory://")
    store.put(DATA, "png")
    assert store.open_path(KEY) is None


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_key_leads_out_of_the_store(store, key):
    for use in (store.get, store.exists, store.delete, store.open_path):
        with pytest.raises(InvalidError) as caught:
            use(key)
        assert caught.value.code == "invalid_key"


@pytest.mark.parametrize("extension", ["", ".png", "a/b", "..", "PNG", "png\n", "x" * 9])
def test_an_odd_extension_is_refused(store, extension):
    with pytest.raises(InvalidError):
        store.put(DATA, extension)
    assert not list(store.keys())


def test_what_is_no_blob_is_not_listed(local, tmp_path):
    local.put(DATA, "png")
    (tmp_path / "blobs" / "originals" / "notes.txt").write_text("mine")
    (tmp_path / "blobs" / ".incoming" / "part").write_text("half")
    assert list(local.keys()) == [KEY]


def test_many_keys_are_all_listed():
    store = BlobStore.from_url("memory://")
    keys = {store.put(str(number).encode(), "bin").key for number in range(1200)}
    assert set(store.keys()) == keys


def test_the_reserve_is_kept_and_deleting_still_works(tmp_path):
    BlobStore.from_url(tmp_path).put(DATA, "png")
    store = BlobStore.from_url(tmp_path, reserve_bytes=10**18)
    with pytest.raises(StorageFullError, match="in reserve"):
        store.put(b"other", "png")
    assert list(store.keys()) == [KEY]
    assert store.put(DATA, "png").key == KEY, "what is there needs no room"
    store.delete(KEY)
    assert not list(store.keys())


def test_a_disk_that_is_really_full_is_told(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to mount a tiny disk")
    try:
        store = BlobStore.from_url(disk, reserve_bytes=-(10**12))
        with pytest.raises(StorageFullError, match="The disk is full: 0 MB are free"):
            store.put(bytes(1_000_000), "png")
        assert not files(disk)
        store.put(bytes(100_000), "png")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_many_may_put_the_same_at_once(local, tmp_path):
    data = bytes(2_000_000)
    blobs, failures = [], []

    def put():
        try:
            blobs.append(local.put(data, "png"))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(blobs)) == 1
    assert len(files(tmp_path / "blobs")) == 1
    assert local.get(blobs[0].key) == data


def test_a_sweep_removes_what_crashes_left(local, tmp_path):
    (tmp_path / "blobs" / ".incoming" / "part").write_text("half")
    assert local.sweep() == 0
    assert local.sweep(older_than=-1) == 1
    assert BlobStore.from_url("memory://").sweep() == 0


def test_a_file_url_is_a_folder(tmp_path):
    store = BlobStore.from_url(f"file://{tmp_path}/here")
    store.put(DATA, "png")
    assert (tmp_path / "here" / KEY).read_bytes() == DATA


@pytest.mark.parametrize("url", ["s3://", "ftp://host/path", "az://container"])
def test_a_url_that_no_store_understands_is_refused(url):
    with pytest.raises(InvalidError) as caught:
        BlobStore.from_url(url)
    assert caught.value.code == "invalid_storage_url"


def test_a_bucket_that_does_not_answer_is_told():
    options = {
        "endpoint": "http://127.0.0.1:9",
        "access_key_id": "key",
        "secret_access_key": "SECRET",
        "region": "us-east-1",
        "client_options": {"allow_http": True},
        "retry_config": {"max_retries": 0},
    }
    store = BlobStore.from_url("s3://bucket/prefix", options=options)
    for use in (lambda: store.put(DATA, "png"), lambda: store.get(KEY), lambda: [*store.keys()]):
        with pytest.raises(StorageUnavailableError) as caught:
            use()
        assert "SECRET" not in caught.value.message


def test_what_another_has_just_written_is_synced_too(local, tmp_path, monkeypatch):
    local.put(DATA, "png")
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    local.put(DATA, "png")
    assert len(synced) == 1, "the folder cd: this process has synced the others"
    durable._named.clear()  # as another process has it
    synced.clear()
    local.put(DATA, "png")
    assert len(synced) == 4, "the folders originals, ab, cd, and the root"
