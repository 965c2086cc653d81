"""Asking for a picture: the two requests of OpenAI's image API, and the list of models.

The formats are those of OpenAI's reference, `images/generations` as JSON and `images/edits` as a
form with files. Others send errors of their own kind; `refusals` reads them.
"""

import json
import re
from typing import Any

import httpx2

from webapp.providers.base import ImageRequest, ImageResult, ProviderError
from webapp.providers.base.wire import MOST_BYTES, client
from webapp.providers.openai.answers import read_picture
from webapp.providers.openai.breaks import broken, unreadable
from webapp.providers.openai.catalogue import UNNAMED, Card
from webapp.providers.openai.mask import with_alpha
from webapp.providers.openai.refusals import refused
from webapp.providers.openai.server import Server

_HEADER_VALUE = re.compile(r"[\x21-\x7e]{1,255}")
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
NO_SUCH_PAGE = (404, 405, 501)
LARGEST_LIST = 2**22  # bytes


def picture(
    server: Server, card: Card, request: ImageRequest, size: str, seconds: float
) -> ImageResult:
    """Return the picture that a server makes; raises ProviderError.

    `size` is in pixels, such as "1536x1024"; `seconds` holds for all of it.
    """
    wish = _wish(card, request, size)
    if request.references:
        said = _post(server, "images/edits", seconds, request, data=wish, files=_files(request))
    else:
        said = _post(server, "images/generations", seconds, request, json={**wish, "n": 1})
    return read_picture(server, card, said, seconds)


def names_of_models(server: Server, seconds: float) -> list[str] | None:
    """Return the ids of a server's models, None where it has no such list; raises ProviderError."""
    try:
        with client(
            base_url=server.base_url,
            seconds=seconds,
            most_bytes=LARGEST_LIST,
            headers=server.headers,
        ) as asker:
            response = asker.get("models")
    except Exception as error:  # noqa: BLE001  # whatever it is, it becomes a sentence
        raise broken(server, error, costs=False) from None
    if response.status_code in NO_SUCH_PAGE:
        return None
    listed = _read(server, response, costs=False).get("data")
    entries = listed if isinstance(listed, list) else []
    return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry]


def _wish(card: Card, request: ImageRequest, size: str) -> dict[str, str]:
    wish = {"prompt": request.prompt, "size": size}
    if card.caps.id != UNNAMED:
        wish["model"] = card.caps.id
    if card.is_plain:
        wish["response_format"] = "b64_json"
    for option in card.caps.parameters:
        value = request.parameters.get(option.name, "")
        if value and option.mistake(value):
            raise ProviderError(kind="invalid", message=option.mistake(value))
        if value and value != option.default:
            wish[option.name] = value
    return wish


def _files(request: ImageRequest) -> list[tuple[str, tuple[str, bytes, str]]]:
    files = [
        ("image[]", (f"{number}.{_SUFFIXES.get(found.mime, 'png')}", found.data, found.mime))
        for number, found in enumerate(request.references, 1)
    ]
    if request.mask is not None:
        files.append(("mask", ("mask.png", with_alpha(request.mask), "image/png")))
    return files


def _post(
    server: Server, path: str, seconds: float, request: ImageRequest, **content: Any
) -> dict[str, Any]:
    headers = dict(server.headers)
    if _HEADER_VALUE.fullmatch(request.key):
        headers["Idempotency-Key"] = request.key
    try:
        with client(
            base_url=server.base_url, seconds=seconds, most_bytes=MOST_BYTES, headers=headers
        ) as asker:
            response = asker.post(path, **content)
    except Exception as error:  # noqa: BLE001  # whatever it is, it becomes a sentence
        raise broken(server, error, costs=True) from None
    return _read(server, response, costs=True)


def _read(server: Server, response: httpx2.Response, *, costs: bool) -> dict[str, Any]:
    """Return the JSON object of a good answer."""
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        said = None
    if response.status_code != 200 or (isinstance(said, dict) and said.get("error")):
        raise refused(server, response, said, costs=costs)
    if not isinstance(said, dict):
        raise unreadable(server, costs=costs)
    return said
