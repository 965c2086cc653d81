"""The pictures that edits work on: files of a form, or data URIs and addresses in JSON."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import request

from webapp.blueprints.v1.asked import MOST_SOURCES, PicturesAsked, read
from webapp.blueprints.v1.presence import is_there
from webapp.errors import InvalidError
from webapp.services.openai.waiting import NobodyWaitsError
from webapp.services.uploads.addresses import SECONDS
from webapp.services.uploads.staging import Arrival
from webapp.web.api import reading
from webapp.web.current import services
from webapp.web.uploads import received
from webapp.web.uploads.base64_file import Base64File

FIELDS, MASK = ("image", "image[]", "images"), "mask"
LARGEST_JSON = 70_000_000
"""In bytes: all of a JSON body is in memory. Forms may be larger."""

PIECE = 1 << 20
NO_PICTURE = "Send the picture as `image`: a file of a form, or a data URI in JSON."
UNREADABLE = "This is no picture: give a data URI, an http(s) address, or {'image_url': …}."


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the wish, the pictures to work on, perhaps a mask; and a digest of it all."""

    asked: PicturesAsked
    pictures: tuple[Arrival, ...]
    mask: Path | None
    digest: str


@contextmanager
def sent() -> Iterator[Sent]:
    """Give what the current request brought; its files are gone when the block is left.

    All addresses together have as long as one has elsewhere. Raises InvalidError that names the
    first mistake, TooLargeError, StorageFullError, NobodyWaitsError, and what fetching does.
    """
    with ExitStack() as stack:
        if request.mimetype == "application/json":
            values = reading.parsed(reading.raw(LARGEST_JSON))
            asked = read(values, beside=(*FIELDS, MASK))
            pictures, masks = _named(values, stack)
        else:
            brought = stack.enter_context(received())
            asked = read(brought.fields.to_dict())
            pictures, masks = brought.of(*FIELDS), brought.of(MASK)
        if not 1 <= len(pictures) <= MOST_SOURCES:
            msg = f"At most {MOST_SOURCES} pictures can be sent." if pictures else NO_PICTURE
            raise InvalidError(msg, fields={"image": [msg]})
        mask = masks[0].path if masks else None
        paths = [item.path for item in pictures]
        yield Sent(asked, tuple(pictures), mask, _digest(asked, paths, mask))


def _named(values: Mapping[str, Any], stack: ExitStack) -> tuple[list[Arrival], list[Arrival]]:
    """Return the pictures and the masks that a JSON object names, as files."""
    pictures = [item for name in FIELDS for item in _listed(values.get(name))]
    masks = _listed(values.get(MASK))
    if len(pictures) > MOST_SOURCES:
        msg = f"At most {MOST_SOURCES} pictures can be sent."
        raise InvalidError(msg, fields={"image": [msg]})
    end = time.monotonic() + SECONDS
    return (
        [_arrived(item, "image", stack, end) for item in pictures],
        [_arrived(item, MASK, stack, end) for item in masks[:1]],
    )


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _arrived(item: object, field: str, stack: ExitStack, end: float) -> Arrival:
    if not is_there()():
        raise NobodyWaitsError
    url = item.get("image_url") if isinstance(item, dict) else item
    if not isinstance(url, str) or not url:
        raise InvalidError(UNREADABLE, fields={field: [UNREADABLE]})
    if url.lower().startswith(("http:", "https:")):
        return stack.enter_context(services().uploads.fetched(url, end - time.monotonic()))
    path = stack.enter_context(services().uploads.files()).new()
    with path.open("xb") as file:
        decoder = Base64File(file)
        text = url.encode("utf-8", "replace")
        for start in range(0, len(text), PIECE):
            decoder.write(text[start : start + PIECE])
        decoder.close()
    return Arrival(path, "", field)


def _digest(asked: PicturesAsked, pictures: list[Path], mask: Path | None) -> str:
    digest = hashlib.sha256(reading.canonical(asked).encode("utf-8", "replace"))
    for path in (*pictures, *([mask] if mask else [])):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    digest.update(b"mask" if mask else b"")
    return digest.hexdigest()
