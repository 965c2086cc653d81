import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.imaging.pictures import encoded, noise
from webapp.errors import InvalidError, StorageFullError, TooLargeError
from webapp.providers.base.reach import DownloadError
from webapp.providers.plain import png
from webapp.services.uploads import addresses
from webapp.services.uploads.addresses import name_in
from webapp.services.uploads.staging import Arrival, Staging
from webapp.storage import durable

PHOTO = encoded(noise(90, 60), "JPEG")


class TestOnce:
    def test_a_picture_that_is_there_is_not_kept_twice(self, services, owner):
        first, second = (services.images.keep(owner, PHOTO) for _ in range(2))
        assert (first.is_new, second.is_new, second.was_in_trash) == (True, False, False)
        assert second.picture.id == first.picture.id
        assert services.gallery.count(owner) == 1

    def test_one_of_a_generation_counts_too(self, services, owner, wish):
        started = services.generator.start(owner, wish).pictures[0]
        made = services.images.own_image(started.id, owner)
        again = services.images.keep(owner, services.images.original_bytes(made))
        assert (again.picture.id, again.is_new) == (made.id, False)

    def test_one_in_the_trash_is_brought_back(self, services, owner):
        uid = services.images.add_image(owner, PHOTO).id
        services.images.delete_image(uid, owner)
        again = services.images.keep(owner, PHOTO)
        assert (again.picture.id, again.is_new, again.was_in_trash) == (uid, False, True)
        assert services.gallery.count(owner) == 1
        assert services.images.own_image(uid, owner).deleted is None

    def test_one_that_was_purged_is_new(self, services, owner):
        uid = services.images.add_image(owner, PHOTO).id
        services.images.purge(uid, owner)
        assert services.images.keep(owner, PHOTO).is_new

    def test_everybody_has_their_own(self, services, owner, stranger):
        one, two = services.images.keep(owner, PHOTO), services.images.keep(stranger, PHOTO)
        assert two.is_new
        assert one.picture.id != two.picture.id

    def test_a_file_that_was_lost_is_there_again(self, services, owner):
        picture = services.images.add_image(owner, PHOTO)
        services.images._blobs.delete(picture.blob_key)
        assert not services.images.keep(owner, PHOTO).is_new
        assert services.images.original_bytes(picture) == PHOTO

    def test_of_many_at_once_one_is_kept(self, services, owner):
        with ThreadPoolExecutor(8) as pool:
            kept = list(pool.map(lambda _: services.images.keep(owner, PHOTO), range(8)))
        assert [item.is_new for item in kept].count(True) == 1
        assert len({item.picture.id for item in kept}) == 1
        assert services.gallery.count(owner) == 1

    def test_a_file_too_large_is_not_even_read(self, services, owner, tmp_path):
        with (tmp_path / "a").open("wb") as file:
            file.truncate(10**12)
        with pytest.raises(TooLargeError):
            services.images.keep(owner, tmp_path / "a")


class TestStaging:
    def test_files_are_gone_whatever_happens(self, tmp_path):
        def fail():
            with Staging(tmp_path).files() as files:
                files.new().write_bytes(b"x")
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert list((tmp_path / ".incoming").iterdir()) == []

    def test_what_a_crash_left_is_swept(self, tmp_path):
        staging = Staging(tmp_path)
        old, young = (staging.prepared() / name for name in ("old", "young"))
        for path in (old, young):
            path.write_bytes(b"x")
        os.utime(old, (time.time() - 7200,) * 2)
        assert staging.sweep() == 1
        assert young.exists()

    def test_a_body_for_which_there_is_no_room_is_refused(self, tmp_path):
        with Staging(tmp_path).files() as files, pytest.raises(StorageFullError):
            files.make_room(10**18)

    def test_a_disk_that_turns_out_to_be_full_is_told(self, tmp_path):
        def fill():
            raise OSError(next(iter(durable._FULL)), "full")

        with Staging(tmp_path).files() as files, pytest.raises(StorageFullError), files.filling():
            fill()


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("https://a.example/b/c.png?d=e.jpg#f", "c.png"),
            ("https://a.example/b%20c.png", "b c.png"),
            ("https://a.example/b/", "b"),
            ("https://a.example", ""),
            ("https://[", ""),
        ],
    )
    def test_the_name_is_what_the_path_ends_in(self, url, name):
        assert name_in(url) == name

    def test_a_name_with_a_path_in_it_is_only_a_name(self, services, owner, tmp_path):
        (tmp_path / "a").write_bytes(png(9, 9, b"abc"))
        name = name_in("https://a.example/..%2F..%2Fx.png")
        (kept,) = services.uploads.take(owner, Arrival(tmp_path / "a", name))
        assert kept.kept.picture.filename == "x.png"

    @pytest.mark.parametrize("code", ["address", "private", "refused", "too_large", "timeout"])
    def test_nothing_is_left_of_what_fails(self, services, settings, monkeypatch, code):
        def fetch_to(url, file, **_):
            file.write(b"the first part")
            raise DownloadError(code, "It failed.")

        monkeypatch.setattr(addresses, "fetch_to", fetch_to)
        with pytest.raises(Exception, match=r"\.$"), services.uploads.fetched("https://a.example"):
            pass
        assert list((settings.data_dir / ".incoming").iterdir()) == []

    def test_nothing_is_fetched_that_the_disk_has_no_room_for(self, services, monkeypatch):
        monkeypatch.setattr(addresses, "fetch_to", lambda *_, **__: pytest.fail("it was"))
        monkeypatch.setattr(services.uploads, "max_bytes", 10**18)
        with (
            pytest.raises(StorageFullError),
            services.uploads.fetched("https://a.example/a.png"),
        ):
            pass

    def test_an_address_without_end_is_refused(self, services):
        with (
            pytest.raises(InvalidError),
            services.uploads.fetched("https://a.example/" + "x" * 5000),
        ):
            pass
