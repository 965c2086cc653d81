import re

import pytest
from PIL import Image as PillowImage

from tests.imaging.pictures import encoded
from webapp.errors import InvalidError, NotFoundError
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services.renditions.renditions import Renditions
from webapp.services.renditions.warming import glob_pattern

UID = "Fyj5NgQL7r7"


@pytest.fixture
def runner():
    return NullRunner()  # so that nothing is made ahead


@pytest.fixture
def pictures(services, owner):
    added = [services.images.add_image(owner, png(300, 200, bytes([n, 9, 9]))) for n in range(3)]
    services.images.delete_image(services.images.add_image(owner, png(9, 9, b"abc")).id, owner)
    return added


def is_there(services, picture, preset, extension="webp"):
    renditions = services.renditions
    return renditions.find(renditions.by_preset(picture, preset, extension)) is not None


def warmed(services, glob="", presets=(), **options):
    selection = services.warmer.selection(glob, presets)
    done = list(services.warmer.warm(selection, **options))
    assert len(done) == services.warmer.count(selection)
    return done


@pytest.mark.parametrize(
    ("glob", "name", "matches"),
    [
        ("gallery:*:small", f"gallery:{UID}:small", True),
        ("gallery:*:small", f"gallery:{UID}:smaller", False),
        ("*", f"gallery:{UID}:small", False),
        ("gallery:*", f"gallery:{UID}:small", False),
        ("**", f"gallery:{UID}:small", True),
        ("**:small", f"gallery:{UID}:small", True),
        ("gallery:**", f"gallery:{UID}:small", True),
        (f"gallery:{UID}:w*", f"gallery:{UID}:w640", True),
        (f"gallery:{UID}:w*", f"gallery:{UID}:small", False),
        ("gallery:*:w???", f"gallery:{UID}:w640", True),
        ("gallery:*:w???", f"gallery:{UID}:w1280", False),
        ("gallery:.*:small", f"gallery:{UID}:small", False),
        ("albums:*:small", f"gallery:{UID}:small", False),
    ],
)
def test_globs_go_over_segments(glob, name, matches):
    assert (re.fullmatch(glob_pattern(glob), name) is not None) == matches


def test_what_a_glob_means_is_made_once_and_not_what_is_in_the_trash(services, pictures):
    first, second = (warmed(services, "gallery:*:small") for _ in range(2))
    assert {item.name for item in first} == {f"gallery:{item.id}:small" for item in pictures}
    assert all(item.is_new for item in first)
    assert not any(item.is_new or item.error for item in second)
    assert all(is_there(services, item, "small") for item in pictures)
    assert not is_there(services, pictures[0], "medium")


def test_without_a_glob_it_is_what_should_be_there(services, pictures):
    assert {item.name.rpartition(":")[2] for item in warmed(services)} == {"w320", "w640"}


def test_presets_narrow_a_glob(services, pictures):
    done = warmed(services, f"gallery:{pictures[0].id}:*", ["small", "og"], extension="jpg")
    assert {item.name for item in done} == {
        f"gallery:{pictures[0].id}:{name}" for name in ("small", "og")
    }
    assert is_there(services, pictures[0], "og", "jpg")


def test_failures_are_told_and_the_rest_goes_on(services, pictures):
    services.renditions._maker._blobs.delete(pictures[1].blob_key)
    failed = [item for item in warmed(services, "**:small") if item.error]
    assert [item.name for item in failed] == [f"gallery:{pictures[1].id}:small"]
    assert "missing" in failed[0].error
    assert is_there(services, pictures[2], "small")


def test_even_an_error_that_nobody_foresaw_does_not_stop_the_rest(services, pictures, monkeypatch):
    def odd(_self, plan):
        if plan.picture.id == pictures[1].id:
            raise OSError(5, "Input/output error")
        return True

    monkeypatch.setattr(Renditions, "ensure", odd)
    done = warmed(services, "**:small")
    assert [item.name for item in done if item.error] == [f"gallery:{pictures[1].id}:small"]
    assert sum(item.is_new for item in done) == 2


@pytest.mark.parametrize(("glob", "presets"), [("gallery:*:smal", []), ("", ["smal"])])
def test_a_preset_that_is_none_is_told(services, glob, presets):
    with pytest.raises(InvalidError, match="There are small, medium"):
        services.warmer.selection(glob, presets)


def test_what_is_made_at_leisure_is_smaller(services, owner):
    photo = encoded(PillowImage.effect_mandelbrot((600, 400), (-2, -1, 1, 1), 80), "JPEG")
    picture = services.images.add_image(owner, photo)
    plan = services.renditions.by_preset(picture, "large", "webp")
    quick = services.renditions.make(plan).data
    services.purger.image(picture.id)
    warmed(services, "**:large")
    assert len(services.renditions.find(plan).data) < len(quick)


class TestPurge:
    @pytest.fixture
    def warm(self, services, pictures):
        for extension in ("webp", "jpg"):
            for preset in ("small", "square", "w160", "w1280"):
                warmed(services, f"**:{preset}", extension=extension)

    def test_of_an_image_takes_its_renditions_alone(self, services, pictures, warm):
        assert services.purger.image(pictures[0].id) == 8
        assert not is_there(services, pictures[0], "small")
        assert is_there(services, pictures[1], "small")

    def test_of_an_image_without_an_original_concerns_no_other(self, services, owner, wish):
        pending = [services.generator.start(owner, wish).pictures[0].id for _ in range(2)]
        told: list[str] = []
        services.purger._changed = told.append
        assert services.purger.image(pending[0]) == 0
        assert told == [pending[0]]

    def test_of_an_image_that_is_none_is_told(self, services):
        with pytest.raises(NotFoundError):
            services.purger.image(UID)

    def test_of_a_preset_takes_it_in_every_format_and_nothing_else(self, services, pictures, warm):
        presets = services.renditions.presets
        assert services.purger.preset(presets["w160"]) == 6
        assert not is_there(services, pictures[0], "w160", "jpg")
        assert is_there(services, pictures[0], "w1280")
        assert is_there(services, pictures[0], "small")

    def test_of_a_preset_knows_every_focal_point(self, services, owner, pictures):
        moved = services.images.set_focal_point(pictures[0].id, owner, (0.2, 0.3))
        warmed(services, "**:square")
        assert services.purger.preset(services.renditions.presets["square"]) == 3
        assert not is_there(services, moved, "square")

    def test_of_an_image_reaches_all_that_share_its_original(
        self, services, owner, anonymous, pictures
    ):
        twin = services.images.add_image(owner, png(300, 200, bytes([0, 9, 9])))
        services.images.set_visibility(twin.id, owner, "public")
        url = f"/t/small/{twin.id}.webp"
        assert [anonymous.get(url).headers["X-Cache"] for _ in range(2)][1] == "hit"
        services.purger.image(pictures[0].id)
        assert anonymous.get(url).headers["X-Cache"] == "miss"

    def test_of_everything_takes_everything(self, services, pictures, warm, monkeypatch):
        monkeypatch.setattr("webapp.services.renditions.purging.BATCH", 5)
        assert services.purger.everything() == 24
        assert not any(is_there(services, item, "small") for item in pictures)

    def test_nothing_is_served_from_memory_afterwards(self, services, owner, anonymous, pictures):
        services.images.set_visibility(pictures[0].id, owner, "public")
        url = f"/t/small/{pictures[0].id}.webp"
        for purge in (
            lambda: services.purger.image(pictures[0].id),
            lambda: services.purger.preset(services.renditions.presets["small"]),
            services.purger.everything,
        ):
            assert [anonymous.get(url).headers["X-Cache"] for _ in range(2)][1] == "hit"
            purge()
            assert anonymous.get(url).headers["X-Cache"] == "miss"
