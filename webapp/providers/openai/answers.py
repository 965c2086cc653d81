"""Reading a good answer: the picture, the prompt as it was rewritten, and what it cost."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from webapp.providers.base import ImageResult, ProviderError, ProviderErrorKind
from webapp.providers.base.download import fetch
from webapp.providers.base.reach import DownloadError
from webapp.providers.base.wire import MOST_BYTES
from webapp.providers.openai.breaks import unreadable
from webapp.providers.openai.catalogue import Card
from webapp.providers.openai.server import Server

_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
MOST_TOKENS = 10**8


def read_picture(
    server: Server, card: Card, said: Mapping[str, Any], seconds: float
) -> ImageResult:
    """Return the picture of an answer of OpenAI's form; raises ProviderError.

    A picture that is only named by an address is fetched, within `seconds` once more.
    """
    listed = said.get("data")
    first = listed[0] if isinstance(listed, list) and listed else None
    if not isinstance(first, dict) or not (first.get("b64_json") or first.get("url")):
        message = f"{server.name} answered without a picture. Say it in other words, or try again."
        raise ProviderError(kind="no_image", message=message, may_have_cost=True)
    encoded, url = first.get("b64_json"), first.get("url")
    data = _decoded(server, encoded) if encoded else _from_url(server, url, seconds)
    if not data.startswith(_BEGINNINGS):
        raise unreadable(server, costs=True)
    revised = first.get("revised_prompt")
    text = server.text(revised) if isinstance(revised, str) else ""
    return ImageResult(data, text=text, meta=_meta(said), cost=_cost(card, said.get("usage")))


def _decoded(server: Server, encoded: object) -> bytes:
    text = encoded if isinstance(encoded, str) else "?"
    _, _, plain = text.rpartition(",")  # some put "data:image/png;base64," before it
    try:
        return base64.b64decode("".join(plain.split()), validate=True)
    except (ValueError, binascii.Error):
        raise unreadable(server, costs=True) from None


def _from_url(server: Server, url: object, seconds: float) -> bytes:
    """Fetch a picture; the server itself may be a private one, all others must not."""
    if not isinstance(url, str):
        raise unreadable(server, costs=True)
    if url.startswith("data:"):
        return _decoded(server, url)
    parts = urlsplit(server.base_url)
    try:
        return fetch(
            urljoin(f"{server.base_url}/", url),
            seconds=seconds,
            most_bytes=MOST_BYTES,
            allowed_origin=f"{parts.scheme}://{parts.netloc}",
        )
    except (DownloadError, ValueError) as error:
        code = error.code if isinstance(error, DownloadError) else "address"
        message = f"{server.name} made the picture, but it could not be fetched: {_WHY[code]}."
        kind: ProviderErrorKind = "timeout" if code == "timeout" else "bad_response"
        raise ProviderError(kind, message, detail=str(error), may_have_cost=True) from None


_WHY = {
    "address": "its address can't be read",
    "private": "its address leads into a private network, and not to that server",
    "unreachable": "its address can't be reached",
    "refused": "there is no file at its address",
    "too_large": "it is too large",
    "timeout": "it did not come in time",
}


def _meta(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what the server says that it did; only short words are taken over."""
    names = ("quality", "background", "size")
    found = {name: said[name] for name in names if isinstance(said.get(name), str)}
    return {name: value[:40] for name, value in found.items() if value.isascii()}


def _cost(card: Card, usage: object) -> int | None:
    """Return millionths of a US dollar, from the tokens that were counted; None where unknown."""
    if not card.tokens or not isinstance(usage, dict):
        return None
    going_in = usage.get("input_tokens_details")
    details = going_in if isinstance(going_in, dict) else {}
    images = _count(details.get("image_tokens")) or 0
    texts = _count(details.get("text_tokens"))
    coming_out = _count(usage.get("output_tokens"))
    if coming_out is None:
        return None
    if texts is None:
        texts = max(0, (_count(usage.get("input_tokens")) or 0) - images)
    prices = card.tokens
    return round(texts * prices["text"] + images * prices["image"] + coming_out * prices["output"])


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if is_count and isinstance(value, int) else None
