"""What went wrong, as ProviderError with a sentence of our own. Nothing here costs anything.

Errors of the API are `{"error", "detail", "body", "errors"}` (AUTOMATIC1111, Forge), `{"detail"}`
(FastAPI before that) or `{"error": "text"}` (stable-diffusion.cpp). They go to the log alone.
"""

import json
import re
from typing import Any

import httpx2

from webapp.providers.a1111.server import Server
from webapp.providers.base import ProviderError, ProviderErrorKind
from webapp.providers.base.wire import AnswerPackedError, AnswerTooLargeError

NO_SUCH_PAGE = (404, 405, 501)
_NO_MEMORY = ("out of memory", "outofmemory", "not enough memory", "allocation on device")
_NO_CHECKPOINT = ("unknown checkpoint", "model not found", "checkpoint not found")
_SENTENCES: dict[str, str] = {
    "auth": (
        "{0} wants a name and a password. Check EASEL_A1111__USERNAME and EASEL_A1111__PASSWORD."
    ),
    "permission": "{0} does not let Easel in. Look at what stands before it.",
    "rate_limit": "{0} takes no more requests for now. Try again a little later.",
    "no_model": "{0} does not have this checkpoint. Choose another one.",
    "invalid": "{0} can't take this request. Change the size, the picture or the settings.",
    "unavailable": "{0} has trouble of its own. Try again, and look at its window.",
    "bad_response": (
        "{0} has no API. Start it with --api, and check that EASEL_A1111__BASE_URL leads to it."
    ),
}
_STATUSES: dict[int, ProviderErrorKind] = {
    400: "invalid",
    401: "auth",
    403: "permission",
    413: "invalid",
    422: "invalid",
    429: "rate_limit",
}
_Broken = tuple[ProviderErrorKind, str]
_BROKEN: tuple[tuple[tuple[type[Exception], ...], _Broken], ...] = (
    (
        (AnswerPackedError,),
        ("bad_response", "{0} sent a compressed answer, which was not asked for."),
    ),
    ((AnswerTooLargeError,), ("bad_response", "{0} sent more than a picture can have.")),
    (
        (httpx2.ConnectTimeout, httpx2.ConnectError),
        ("network", "{0} can't be reached. Check that it runs, and the network."),
    ),
    ((httpx2.ReadTimeout,), ("timeout", "{0} did not answer in time.")),
    (
        (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL),
        ("invalid", "{0} can't be asked like this. Check the settings of EASEL_A1111."),
    ),
    ((httpx2.TransportError,), ("network", "{0} broke the connection. It may have crashed.")),
)
_UNKNOWN: _Broken = ("bad_response", "{0} sent an answer that can't be read.")


class MissingPageError(ProviderError):
    """The server does not have this page; not all of them have all."""


def unreadable(server: Server) -> ProviderError:
    """Return the error for an answer that makes no sense."""
    kind, sentence = _UNKNOWN
    return ProviderError(kind, sentence.format(server.name))


def broken(server: Server, error: Exception) -> ProviderError:
    """Return the error for an exchange that did not come to its end."""
    kind, sentence = next((found for types, found in _BROKEN if isinstance(error, types)), _UNKNOWN)
    detail = server.detail(f"{type(error).__name__}: {error}")
    return ProviderError(kind, sentence.format(server.name), detail=detail)


def refused(server: Server, response: httpx2.Response, said: Any) -> ProviderError:
    """Return the error for an answer that is none; `said` is its JSON, None for anything else."""
    status = response.status_code
    heard = json.dumps(said)[:4000] if isinstance(said, dict) else response.text[:2000]
    detail = server.detail(f"{status}: {heard}")
    lower = heard.lower()
    if any(words in lower for words in _NO_CHECKPOINT):
        return ProviderError("no_model", _SENTENCES["no_model"].format(server.name), detail=detail)
    if any(words in lower for words in _NO_MEMORY):
        message = f"{server.name} has too little memory for this. Choose a smaller size."
        return ProviderError("invalid", message, detail=detail)
    if "sampler not found" in lower:
        message = f"{server.name} does not have this sampler. Choose another one."
        return ProviderError("invalid", message, detail=detail)
    if status in NO_SUCH_PAGE:
        message = _SENTENCES["bad_response"].format(server.name)
        return MissingPageError("bad_response", message, detail=detail)
    kind = _STATUSES.get(status, "unavailable" if status >= 500 else "bad_response")
    message = _SENTENCES[kind].format(server.name)
    field = _field(said) if status == 422 else ""
    if field:
        message = f"{server.name} can't take this value of “{field}”. Change it."
    return ProviderError(kind, message, detail=detail)


def _field(said: Any) -> str:
    """Return the field that FastAPI names in `{"detail": [{"loc": ["body", "steps"], …}]}`."""
    try:
        field = str(said["detail"][0]["loc"][-1])
    except (TypeError, KeyError, IndexError):
        return ""
    return field if re.fullmatch(r"[a-z_]{1,30}", field) else ""
