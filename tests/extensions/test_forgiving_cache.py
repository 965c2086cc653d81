import logging

import pytest

from webapp.extensions.forgiving_cache import ForgivingCache


class Away:
    """A cache whose server does not answer."""

    def get(self, key):
        raise ConnectionError(key)

    def set(self, key, value, timeout=None):
        raise ConnectionError(key)

    def has(self, key):
        raise ConnectionError(key)

    def add(self, key, value, timeout=None):
        raise ConnectionError(key)

    def delete_many(self, *keys):
        raise ConnectionError(keys)


def test_a_cache_that_is_away_counts_as_empty():
    cache = ForgivingCache(Away())
    assert cache.get("a") is None
    assert cache.set("a", b"1") is False
    assert cache.has("a") is False


def test_without_a_cache_everybody_is_the_first():
    assert ForgivingCache(Away()).add("a", b"1") is True


def test_a_cache_that_is_away_is_reported_once_and_not_at_every_call(caplog):
    cache = ForgivingCache(Away())
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            cache.get("a")
    assert len(caplog.records) == 1


def test_what_must_be_forgotten_is_not_forgiven():
    with pytest.raises(ConnectionError):
        ForgivingCache(Away()).delete_many("a")


def test_what_ends_by_itself_need_not_be_forgotten():
    assert ForgivingCache(Away()).discard("a") is None
