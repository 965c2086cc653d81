import multiprocessing
import os
import threading
import time
from datetime import timedelta

import pytest
import redis
from flask import Flask
from flask_caching import Cache

from tests.servers import redis_name
from webapp.extensions import file_cache
from webapp.extensions.file_cache import FileBytesCache, RawBytes

MEGABYTE = 1_000_000


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(folder):
    return FileBytesCache(folder, max_bytes=10 * MEGABYTE, default_timeout=0)


class Clock:
    """Stands in for the module `time`, so that an hour need not be waited for."""

    def __init__(self):
        self.now = time.time()

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(file_cache, "time", clock)
    return clock


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def age(cache, key, seconds):
    then = time.time() - seconds
    os.utime(cache._path(key), (then, then))


def test_what_was_set_can_be_got(cache):
    assert cache.get("a") is None
    assert cache.set("a", b"value")
    assert cache.get("a") == b"value"
    assert cache.has("a")
    assert cache.set("a", b"other")
    assert cache.get("a") == b"other"


@pytest.mark.parametrize(
    "value", [b"", b"\0" * 9, b"\x80\x04K\x01.", bytearray(b"x"), bytes(10**6)]
)
def test_any_bytes_come_back_as_they_were(cache, value):
    cache.set("a", value)
    assert cache.get("a") == bytes(value)


@pytest.mark.parametrize("value", [None, 1, "text", ["list"], object()])
def test_what_is_no_bytes_is_refused(cache, value):
    with pytest.raises(TypeError, match="keeps bytes"):
        cache.set("a", value)
    with pytest.raises(TypeError, match="keeps bytes"):
        RawBytes().dumps(value)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../../x", "a" * 10_000, "ä\0\n", "\ud800"])
def test_any_text_is_a_key(cache, folder, key):
    cache.set(key, b"value")
    assert cache.get(key) == b"value"
    assert all(path.is_relative_to(folder) for path in files(folder))


def test_an_entry_is_its_expiry_and_its_bytes(cache, folder):
    cache.set("a", b"value")
    assert [path.read_bytes() for path in files(folder)] == [bytes(8) + b"value"]


def test_many_are_handled_at_once(cache):
    assert cache.set_many({"a": b"1", "b": b"2"}) == ["a", "b"]
    assert cache.get_many("a", "none", "b") == [b"1", None, b"2"]
    assert cache.get_dict("a", "b") == {"a": b"1", "b": b"2"}
    assert cache.delete_many("a", "none", "b") == ["a", "none", "b"]
    assert cache.get_many("a", "b") == [None, None]


def test_deleting_can_be_repeated(cache):
    cache.set("a", b"1")
    assert cache.delete("a")
    assert cache.delete("a")
    assert not cache.has("a")


def test_clearing_removes_everything(cache, folder):
    for number in range(50):
        cache.set(str(number), b"value")
    assert cache.clear()
    assert not files(folder)
    assert cache.set("a", b"value")


def test_adding_never_overwrites(cache):
    assert cache.add("a", b"first")
    assert not cache.add("a", b"second")
    assert cache.get("a") == b"first"


def test_an_entry_lives_as_long_as_it_was_given(cache, clock):
    cache.set("hour", b"1", timeout=3600)
    cache.set("delta", b"1", timeout=timedelta(hours=1))
    cache.set("ever", b"1", timeout=0)
    clock.now += 3599
    assert cache.get_many("hour", "delta", "ever") == [b"1"] * 3
    clock.now += 2
    assert cache.get_many("hour", "delta", "ever") == [None, None, b"1"]
    assert [cache.has(key) for key in ("hour", "delta", "ever")] == [False, False, True]


def test_the_default_timeout_counts_where_none_is_given(folder, clock):
    cache = FileBytesCache(folder, default_timeout=60)
    cache.set("a", b"1")
    clock.now += 61
    assert cache.get("a") is None


def test_what_has_expired_can_be_added_again(cache, clock):
    cache.set("a", b"old", timeout=10)
    clock.now += 11
    assert cache.add("a", b"new")
    assert cache.get("a") == b"new"


def test_reading_never_prolongs_a_life(cache, clock):
    cache.set("a", b"1", timeout=7200)
    clock.now += 7000
    assert cache.get("a") == b"1"
    clock.now += 300
    assert cache.get("a") is None


def test_pruning_below_the_limit_removes_nothing(cache):
    for number in range(20):
        cache.set(str(number), bytes(1000))
    pruned = cache.prune()
    assert (pruned.removed, pruned.freed) == (0, 0)
    assert pruned.left == 20 * 4096


def test_pruning_removes_what_was_read_longest_ago(cache):
    for number in range(20):
        cache.set(str(number), bytes(MEGABYTE))
        age(cache, str(number), 20_000 - number)
    assert cache.get("3"), "which makes it young again"
    pruned = cache.prune()
    assert pruned.left <= 9 * MEGABYTE
    left = [number for number in range(20) if cache.has(str(number))]
    assert left == [3, *range(20 - len(left) + 1, 20)]
    assert pruned.removed == 20 - len(left)
    assert cache.prune().removed == 0


def test_pruning_removes_what_has_expired_first(cache, clock):
    cache.set("short", b"1", timeout=10)
    cache.set("long", b"1", timeout=1000)
    clock.now += 11
    assert cache.prune().removed == 1
    assert cache.has("long")


def test_pruning_clears_away_what_a_crash_left(cache, folder):
    cache.set("a", b"1")
    shard = cache._path("a").parent
    (shard / "old.part").write_bytes(b"half")
    (shard / "young.part").write_bytes(b"half")
    os.utime(shard / "old.part", (time.time() - 7200,) * 2)
    assert cache.prune().removed == 1
    assert sorted(path.suffix for path in files(folder)) == ["", ".part"]


def test_setting_never_prunes(cache, folder):
    for number in range(15):
        cache.set(str(number), bytes(MEGABYTE))
    assert len(files(folder)) == 15


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"\xff" * 7])
def test_a_damaged_entry_is_a_miss(cache, content):
    cache.set("a", b"1")
    cache._path("a").write_bytes(content)
    assert cache.get("a") is None
    assert not cache.has("a")
    assert cache.add("a", b"2")
    assert cache.get("a") == b"2"


def test_a_folder_swept_away_comes_back(cache, folder):
    cache.set("a", b"1")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()
    assert cache.get("a") is None
    assert cache.prune().left == 0
    assert cache.clear()
    assert cache.set("a", b"1")
    assert cache.get("a") == b"1"


def test_a_cache_that_cannot_write_says_false(folder):
    folder.write_text("a file stands where the folder should be")
    cache = FileBytesCache(folder)
    assert cache.set("a", b"1") is False
    assert cache.add("a", b"1") is False
    assert cache.get("a") is None
    assert cache.delete("a") is False
    assert cache.clear()
    assert cache.prune().left == 0


def test_a_full_disk_leaves_the_old_value_and_no_half_file(cache, folder, monkeypatch):
    cache.set("a", b"old")

    def no_room(self, data):
        with self.open("wb") as file:
            file.write(data[:9])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", no_room)
    assert cache.set("a", b"new value") is False
    assert cache.get("a") == b"old"
    assert len(files(folder)) == 1


def hammer(folder, number, failures):
    cache = FileBytesCache(folder, max_bytes=200_000, default_timeout=0)
    try:
        for turn in range(150):
            key = str((number * 7 + turn) % 10)
            value = key.encode() * 3000
            cache.set(key, value)
            assert cache.get(key) in {None, value}
            if turn % 10 == 0:
                cache.prune()
            if turn % 7 == 0:
                cache.delete(key)
    except Exception as error:  # noqa: BLE001
        failures.append(repr(error))


def test_threads_may_do_anything_at_once(folder):
    failures: list[str] = []
    threads = [threading.Thread(target=hammer, args=(folder, n, failures)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert not [path for path in files(folder) if path.suffix]


def hammer_alone(folder, number):
    failures: list[str] = []
    hammer(folder, number, failures)
    raise SystemExit("\n".join(failures) or 0)


def test_processes_may_do_anything_at_once(folder):
    failures: list[str] = []
    other = multiprocessing.get_context("spawn").Process(target=hammer_alone, args=(folder, 1))
    other.start()
    while other.is_alive():
        hammer(folder, 0, failures)
    other.join()
    assert other.exitcode == 0
    assert not failures
    assert not [path for path in files(folder) if path.suffix]


@pytest.mark.parametrize("expired", [False, True])
def test_of_many_who_add_one_alone_succeeds(cache, clock, expired):
    if expired:
        cache.set("a", b"old", timeout=10)
        clock.now += 11
    results = []
    barrier = threading.Barrier(8)

    def add(number):
        barrier.wait()
        results.append(cache.add("a", str(number).encode()))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 7 + [True]


def configured(folder, **config):
    app = Flask("test")
    cache = Cache()
    cache.init_app(
        app,
        {
            "CACHE_TYPE": "webapp.extensions.file_cache.FileBytesCache",
            "CACHE_DIR": str(folder),
            **config,
        },
    )
    return app, cache


def test_flask_caching_finds_it_by_its_path(folder, clock):
    options = {"max_bytes": 5000}
    app, cache = configured(folder, CACHE_OPTIONS=options, CACHE_DEFAULT_TIMEOUT=60)
    with app.app_context():
        backend = cache.cache
        assert isinstance(backend, FileBytesCache)
        assert backend.max_bytes == 5000
        cache.set("a", b"value")
        assert cache.get("a") == b"value"
        clock.now += 61
        assert cache.get("a") is None


def test_redis_keeps_the_same_raw_bytes():
    app, cache = Flask("test"), Cache()
    with redis_name() as (url, name):
        config = {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url, "CACHE_SERIALIZER": RawBytes}
        cache.init_app(app, {**config, "CACHE_KEY_PREFIX": name, "CACHE_REDIS_DB": 9})
        with app.app_context(), redis.Redis.from_url(url) as client:
            assert cache.get("a") is None
            assert cache.set("a", b"\x80value", timeout=6000)
            assert cache.get("a") == b"\x80value"
            assert cache.get_many("a", "b") == [b"\x80value", None]
            assert client.get(f"{name}a") == b"\x80value"
            assert client.ttl(f"{name}a") > 5000


def test_the_serializer_writes_raw_bytes_to_files_too(tmp_path):
    raw = RawBytes()
    path = tmp_path / "file"
    with path.open("wb") as file:
        raw.dump(b"!value", file)
    assert path.read_bytes() == b"!value"
    with path.open("rb") as file:
        assert raw.load(file) == b"!value"
