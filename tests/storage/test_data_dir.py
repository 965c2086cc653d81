import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.errors import AlreadyRunningError, StorageFullError
from webapp.storage.data_dir import DataDirectory


@pytest.fixture
def data(tmp_path):
    data = DataDirectory(tmp_path / "a" / "data")
    data.prepare()
    return data


def test_the_directory_is_its_owners_alone(data):
    assert stat.S_IMODE(data.root.stat().st_mode) == 0o700
    data.prepare()


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(data):
    secret = data.secret("secret.key")
    assert len(secret) >= 64
    assert stat.S_IMODE((data.root / "secret.key").stat().st_mode) == 0o600
    assert DataDirectory(data.root).secret("secret.key") == secret


def test_every_secret_is_another(data):
    assert data.secret("one") != data.secret("two")


def test_of_many_who_make_a_secret_at_once_all_have_the_same(data):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: DataDirectory(data.root).secret("s"), range(16)))
    assert len(secrets) == 1
    assert [path.name for path in data.root.iterdir()] == ["s"]


def test_a_second_server_is_refused_with_advice(data):
    data.lock()
    with pytest.raises(AlreadyRunningError, match="EASEL_DATA_DIR"):
        DataDirectory(data.root).lock()
    data.unlock()
    other = DataDirectory(data.root)
    other.lock()
    other.unlock()


def test_unlocking_what_was_never_locked_is_fine(data):
    data.unlock()


def test_a_directory_that_can_t_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StorageFullError, match="can't be made"):
            DataDirectory(root).prepare()
