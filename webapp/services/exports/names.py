"""Names of files that people save: the first words of a prompt, as every system takes them."""

import re
import unicodedata

from webapp.services.pictures import Picture

MOST_WORDS, LONGEST = 8, 60
NEUTRAL = "easel"
EXTENSIONS = {"jpeg": "jpg", "tiff": "tif"}

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def extension_of(format: str) -> str:  # noqa: A002  # as the column is called
    """Return the extension of a format's files, without the dot."""
    return EXTENSIONS.get(format, format)


def file_name(picture: Picture, *, is_bare: bool = False) -> str:
    """Return a name of the prompt's first words and the id, unless it shall not tell of it."""
    title = "" if is_bare else picture.title
    extension = extension_of(picture.format)
    words = safe(" ".join(title.split()[:MOST_WORDS]))[:LONGEST]
    return f"{words.removesuffix('.' + extension) or NEUTRAL}-{picture.id}.{extension}"


def safe(text: str) -> str:
    """Return a text as a part of a file's name: plain letters, digits, and `_ . -` within it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("", "_".join(plain.replace("/", " ").replace("\\", " ").split())).strip("._")
