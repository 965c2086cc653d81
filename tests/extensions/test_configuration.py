import pytest

from webapp.app import create_app
from webapp.errors import SettingsError
from webapp.jobs import NullRunner
from webapp.settings import Settings


@pytest.fixture
def shown(tmp_path):
    folder = tmp_path / "shown"
    folder.mkdir()
    return folder


def started(tmp_path, **settings):
    return create_app(Settings(data_dir=tmp_path / "data", **settings), runner=NullRunner())


def test_nginx_and_a_database_of_many_servers_exclude_each_other(tmp_path, shown):
    with pytest.raises(SettingsError, match="EASEL_NGINX_DIR and EASEL_DATABASE_URL"):
        started(tmp_path, nginx_dir=shown, database_url=f"sqlite:///{tmp_path / 'other.db'}")


@pytest.mark.parametrize("place", ["data", "data/shown", "data/x/../shown"])
def test_nginx_is_not_let_into_the_data_directory(tmp_path, place):
    with pytest.raises(SettingsError, match="must not lie in the data directory"):
        started(tmp_path, nginx_dir=tmp_path / place)


def test_a_folder_that_is_missing_is_named_with_the_way_to_make_it(tmp_path):
    with pytest.raises(SettingsError, match="install -d -o easel -g www-data -m 0750 /"):
        started(tmp_path, nginx_dir=tmp_path / "nowhere")


def test_the_files_lie_in_the_folder_that_nginx_reads(tmp_path, shown):
    started(tmp_path, nginx_dir=shown)
    assert (tmp_path / "data" / "public").resolve() == shown / "public"
