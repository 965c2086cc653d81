import threading
from dataclasses import replace

import pytest

from tests.servers import postgres_url
from tests.services.paid import an_easel
from webapp.errors import ConflictError, InvalidError
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider
from webapp.services.idempotency import Once, RepeatedError

ONCE = Once.of("key", "a lake")


def test_the_same_is_started_once(services, owner, wish):
    [first] = services.generator.start_all(owner, [wish], ONCE)
    with pytest.raises(RepeatedError) as caught:
        services.generator.start_all(owner, [wish], ONCE)
    assert caught.value.generations == (first.id,)
    assert services.gallery.count(owner) == 1


def test_something_else_with_the_same_key_is_refused(services, owner, wish):
    services.generator.start_all(owner, [wish], ONCE)
    with pytest.raises(ConflictError, match="another request") as caught:
        services.generator.start_all(owner, [wish], Once.of("key", "a river"))
    assert caught.value.code == "idempotency_key_reused"


def test_a_key_is_its_owners_alone(services, owner, stranger, wish):
    services.generator.start_all(owner, [wish], ONCE)
    services.generator.start_all(stranger, [wish], Once.of("key", "a river"))
    assert services.gallery.count(stranger) == 1


def test_what_was_refused_uses_no_key_up(services, owner, wish):
    with pytest.raises(InvalidError):
        services.generator.start_all(owner, [replace(wish, references=("11111111111",))], ONCE)
    services.generator.start_all(owner, [wish], ONCE)
    assert services.gallery.count(owner) == 1


def test_texts_can_t_be_shifted_into_each_other():
    assert Once.of("k", "ab", "c") != Once.of("k", "a", "bc")
    assert Once.of("k", "abc") != Once.of("k", "abc", "")
    assert Once.of("k", "\ud800") == Once.of("k", "\ud800")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\xe4", "a\n"])
def test_what_can_t_be_a_key_is_refused(key):
    with pytest.raises(InvalidError, match="visible ASCII"):
        Once.of(key)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_at_once_one_starts_it(tmp_path, empty_database, wish, kind):
    if kind == "sqlite":
        _race(tmp_path, empty_database, wish)
    else:
        with postgres_url() as url:
            _race(tmp_path, url, wish)


def _race(folder, database, wish):
    with an_easel(folder / "data", NullRunner(), PlainProvider(), database=database) as easel:
        services, owner = easel.services, easel.services.accounts.named("owner")
        barrier = threading.Barrier(6)
        found: list[str] = []
        faults: list[Exception] = []

        def start():
            barrier.wait()
            try:
                found.extend(item.id for item in services.generator.start_all(owner, [wish], ONCE))
            except RepeatedError as error:
                found.extend(error.generations)
            except Exception as error:  # noqa: BLE001  # it is looked at below
                faults.append(error)

        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(found) == 6
        assert len(set(found)) == 1
        assert services.gallery.count(owner) == 1
