from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from webapp.errors import InvalidError
from webapp.services.pictures import Picture
from webapp.services.renderer import Renderer
from webapp.services.renditions.placeholders import PlaceholderRequest, Placeholders

WISH = PlaceholderRequest(width=60, height=40)
PENDING = Picture(id="x" * 11, created=datetime.now(UTC), width=300, height=200, state="pending")


@pytest.fixture
def placeholders(services):
    return services.placeholders


def shown(stand):
    image = PillowImage.open(BytesIO(stand.data))
    image.load()
    return image


def test_a_placeholder_has_the_size_and_format_asked_for(placeholders):
    stand = placeholders.show(replace(WISH, extension="webp"))
    assert (shown(stand).size, shown(stand).format, stand.mime) == ((60, 40), "WEBP", "image/webp")


def test_one_is_drawn_once_an_hour(services, placeholders):
    first = placeholders.show(WISH)
    placeholders._cache.set(WISH.key, b"kept", 60)
    assert placeholders.show(WISH).data == b"kept" != first.data


@pytest.mark.parametrize(
    "change",
    [
        {"width": 61},
        {"height": 41},
        {"extension": "jpg"},
        {"background": "112233"},
        {"foreground": "112233"},
        {"text": "other"},
        {"text": ""},
    ],
)
def test_everything_that_changes_the_picture_changes_its_key(change):
    assert replace(WISH, **change).key != WISH.key


def test_two_names_of_a_format_are_one_key():
    assert replace(WISH, extension="jpg").key == replace(WISH, extension="jpeg").key


@pytest.mark.parametrize(
    "change",
    [
        {"width": 0},
        {"height": 2001},
        {"background": "nope"},
        {"foreground": "12345"},
        {"extension": "svg"},
    ],
)
def test_what_can_t_be_drawn_is_refused_and_not_kept(placeholders, change):
    with pytest.raises(InvalidError):
        placeholders.show(replace(WISH, **change))
    with pytest.raises(InvalidError):
        placeholders.show(replace(WISH, **change))


def test_a_novel_as_text_is_cut_short(placeholders):
    assert shown(placeholders.show(replace(WISH, text="word " * 50_000))).size == (60, 40)


@pytest.mark.parametrize("kind", ["jpeg", "webp", "png"])
def test_what_stands_for_a_pending_picture_has_its_size(placeholders, kind):
    stand = placeholders.pending(PENDING, (120, 80), kind)
    assert (shown(stand).size, shown(stand).format) == ((120, 80), kind.upper())


@pytest.mark.parametrize(("extension", "kind"), [("jpg", "JPEG"), ("", "WEBP"), ("exe", "PNG")])
def test_an_error_comes_in_the_format_that_was_asked_for(placeholders, extension, kind):
    stand = placeholders.error((120, 80), extension, "image/webp", "no")
    assert (shown(stand).size, shown(stand).format) == ((120, 80), kind)


def test_an_error_can_be_shown_as_a_picture(placeholders):
    stand = placeholders.error((200, 100), "png", "", "There is no such picture.")
    plain = placeholders.error((200, 100), "png", "", "")
    assert shown(stand).size == (200, 100)
    assert stand.data != plain.data


def test_a_cache_that_forgets_everything_is_only_slower():
    class Forgetful:
        def get(self, key):
            return None

        def set(self, key, value, timeout=None):
            return False

        def delete_many(self, *keys):
            return None

    assert shown(Placeholders(Forgetful(), Renderer()).show(WISH)).size == (60, 40)


def test_a_large_error_is_a_png_and_never_very_large(placeholders):
    small = placeholders.error((640, 480), "avif", "", "Gone.")
    large = placeholders.error((1920, 1280), "avif", "", "Gone.")
    huge = placeholders.error((4096, 2048), "gif", "", "Gone.")
    assert (small.mime, shown(small).size) == ("image/avif", (640, 480))
    assert (large.mime, shown(large).size) == ("image/png", (1920, 1280))
    assert (huge.mime, shown(huge).size) == ("image/png", (2000, 1000))
