import os
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from tests.imaging.pictures import encoded
from webapp.providers.plain import png


@pytest.fixture
def folder(easel):
    path = easel.data.root / "watermarks"
    path.mkdir()
    return path


@pytest.fixture
def picture(services, owner):
    added = services.images.add_image(owner, png(200, 100, b"\x00\x00\x00"))
    return services.images.set_visibility(added.id, owner, "public")


def a_mark(colour):
    return encoded(PillowImage.new("RGB", (40, 40), colour), "PNG")


def asked(services, anonymous, picture, ops="wm_logo_c_100_50"):
    return anonymous.get(services.addresses.sign(f"/{ops}/{picture.id}.png"))


def middle(answer):
    return PillowImage.open(BytesIO(answer.data)).convert("RGB").getpixel((100, 50))


def test_a_watermark_lies_over_the_picture(services, anonymous, folder, picture):
    (folder / "logo.png").write_bytes(a_mark("red"))
    assert middle(asked(services, anonymous, picture)) == (255, 0, 0)


def test_another_picture_under_the_name_is_another_rendition(services, anonymous, folder, picture):
    (folder / "logo.png").write_bytes(a_mark("red"))
    first = asked(services, anonymous, picture)
    again = asked(services, anonymous, picture)
    (folder / "logo.png").write_bytes(a_mark("blue"))
    os.utime(folder / "logo.png", ns=(1, 1))
    second = asked(services, anonymous, picture)
    assert again.headers["X-Cache"] == "hit"
    assert second.headers["X-Cache"] == "miss"
    assert middle(second) == (0, 0, 255)
    assert first.headers["ETag"] != second.headers["ETag"]


def test_one_that_is_none_is_named(services, anonymous, picture):
    answer = asked(services, anonymous, picture)
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_watermark")
    assert "'logo'" in answer.json["detail"]


def test_one_that_is_no_picture_is_told(services, anonymous, folder, picture):
    (folder / "logo.png").write_bytes(b"no picture")
    answer = asked(services, anonymous, picture)
    assert answer.status_code == 400
    assert "watermark" in answer.json["detail"]
