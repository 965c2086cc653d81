"""What can be wrong with a picture, in plain sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from webapp.errors import EaselError, InvalidError, TooLargeError

EMPTY = "The file is empty."
DAMAGED = "The picture is damaged or was cut off."


@contextmanager
def refusing(sentence: str) -> Iterator[None]:
    """Turn whatever Pillow raises inside into InvalidError or TooLargeError with a plain sentence.

    Bad files make Pillow raise OSError, SyntaxError, ValueError, IndexError, RecursionError,
    struct.error and more: a list of them would never be complete.
    """
    try:
        yield
    except EaselError:
        raise
    except Image.DecompressionBombError as error:
        message = "The picture has too many pixels."
        raise TooLargeError(message, code="too_many_pixels") from error
    except Exception as error:
        raise unreadable(sentence) from error


def unknown(*, has_heic: bool) -> str:
    """Return the sentence about bytes that are none of the formats which Easel reads."""
    others = "TIFF, BMP and HEIC" if has_heic else "TIFF and BMP"
    return f"This is not a picture that Easel can read: JPEG, PNG, WebP, AVIF, GIF, {others} are."


def unreadable(sentence: str) -> InvalidError:
    """Return the error for bytes that are no usable picture."""
    return InvalidError(sentence, code="invalid_image", fields={"image": ["invalid_image"]})
