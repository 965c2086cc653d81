from io import BytesIO

import pytest
from PIL import Image as PillowImage

from tests.imaging.pictures import encoded
from webapp.errors import InvalidError, NotFoundError


@pytest.fixture
def images(services):
    return services.images


def test_it_is_kept_and_gives_a_new_version(images, owner, a_picture):
    picture = images.add_image(owner, a_picture)
    moved = images.set_focal_point(picture.id, owner, (0.25, 0.123456))
    assert images.get_image(picture.id, owner).focal == moved.focal == (0.25, 0.1235)
    assert moved.version != picture.version


def test_the_same_again_changes_nothing(images, owner, a_picture):
    picture = images.add_image(owner, a_picture)
    versions = {images.set_focal_point(picture.id, owner, (0.25, 0.5)).version for _ in range(2)}
    assert len(versions) == 1


def test_it_can_be_taken_back(images, owner, a_picture):
    picture = images.add_image(owner, a_picture)
    images.set_focal_point(picture.id, owner, (0, 1))
    assert images.set_focal_point(picture.id, owner, None).focal is None


def test_old_renditions_are_gone_and_crops_follow_it(services, images, owner):
    halves = PillowImage.new("RGB", (400, 100), "red")
    halves.paste("blue", (200, 0, 400, 100))
    picture = images.add_image(owner, encoded(halves, "PNG"))
    before = services.renditions.by_preset(picture, "square", "png")
    services.renditions.make(before)
    moved = images.set_focal_point(picture.id, owner, (0.9, 0.5))
    assert services.renditions.find(before) is None
    crop = services.renditions.make(services.renditions.by_preset(moved, "square", "png"))
    shown = PillowImage.open(BytesIO(crop.data)).convert("RGB")
    assert shown.getcolors() == [(100 * 100, (0, 0, 255))]


@pytest.mark.parametrize("point", [(-0.1, 0), (0, 1.01), (float("nan"), 0), (0, float("inf"))])
def test_one_outside_is_refused(images, owner, a_picture, point):
    picture = images.add_image(owner, a_picture)
    with pytest.raises(InvalidError, match="from 0 to 1"):
        images.set_focal_point(picture.id, owner, point)
    assert images.get_image(picture.id, owner) == picture


def test_nobody_else_can_choose_it(images, owner, stranger, a_picture):
    picture = images.add_image(owner, a_picture)
    with pytest.raises(NotFoundError):
        images.set_focal_point(picture.id, stranger, (0.1, 0.1))
