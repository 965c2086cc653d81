"""Refusals: what a server says instead of a picture, as ProviderError with a sentence of our own.

OpenAI's errors are `{"error": {"message", "type", "param", "code"}}`. LocalAI and Ollama put a
number or nothing into `code`; stable-diffusion.cpp's `error` is a text; gateways send HTML. What
they say goes to the log alone, and without the key.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time

import httpx2

from webapp.providers.base import ProviderError, ProviderErrorKind
from webapp.providers.openai.breaks import CHARGED
from webapp.providers.openai.server import Server

LONGEST_DELAY = 86_400.0
_SENTENCES: dict[str, str] = {
    "auth": "{0} does not accept the key. Check EASEL_OPENAI__API_KEY.",
    "permission": "{0} does not let this key use this model. Look at the account's settings there.",
    "quota": "{0} says that the account has no credit left. Look at its billing.",
    "rate_limit": "{0} takes no more requests for now. Try again a little later.",
    "blocked": "{0} refused this for safety. Say it in other words, or use other pictures.",
    "no_model": "{0} does not have this model. Choose another one.",
    "invalid": "{0} can't take this request. Change the size, the pictures or the settings.",
    "unavailable": "{0} has trouble of its own right now. Try again later.",
    "bad_response": "{0} does not make pictures at this address. Check EASEL_OPENAI__BASE_URL.",
}
_CODES: dict[str, ProviderErrorKind] = {
    "invalid_api_key": "auth",
    "invalid_authentication": "auth",
    "account_deactivated": "auth",
    "unsupported_country_region_territory": "permission",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "billing_not_active": "quota",
    "rate_limit_exceeded": "rate_limit",
    "content_policy_violation": "blocked",
    "moderation_blocked": "blocked",
    "content_filter": "blocked",
    "model_not_found": "no_model",
    "deployment_not_found": "no_model",
}
_STATUSES: dict[int, ProviderErrorKind] = {
    400: "invalid",
    401: "auth",
    402: "quota",
    403: "permission",
    404: "bad_response",
    405: "bad_response",
    408: "unavailable",
    409: "unavailable",
    413: "invalid",
    415: "invalid",
    422: "invalid",
    429: "rate_limit",
    501: "bad_response",
}
_BEHIND_A_GATEWAY = (502, 504, 524)
"""What a gateway says when it lost patience with a server that may well have gone on."""

_FOR_NOW = ("rate_limit", "unavailable")
_SAFETY = ("safety system", "content policy", "content_policy", "moderation")


def refused(
    server: Server, response: httpx2.Response, said: object, *, costs: bool
) -> ProviderError:
    """Return the error for an answer that is none; `said` is its JSON, None for anything else.

    `costs` says whether the request was for something that is charged.
    """
    status = response.status_code
    message, code, param = _told(said)
    kind = _kind(status, code, message)
    is_charged = costs and (status == 200 or status in _BEHIND_A_GATEWAY)
    raw = message or response.text[:2000]
    return ProviderError(
        kind,
        _sentence(server, status, kind, param) + CHARGED * is_charged,
        retry_after=_delay(response.headers, message) if kind in _FOR_NOW else None,
        detail=server.detail(f"{status} {code}: {raw}"),
        may_have_cost=is_charged,
    )


def _sentence(server: Server, status: int, kind: ProviderErrorKind, param: str) -> str:
    if kind == "invalid" and re.fullmatch(r"[a-z_]{1,30}", param):
        return f"{server.name} can't take this value of “{param}”. Change it."
    if kind == "bad_response" and status == 200:
        return f"{server.name} reports an error that Easel does not know."
    if status in _BEHIND_A_GATEWAY:
        return f"{server.name} did not answer the gateway before it."
    return _SENTENCES[kind].format(server.name)


def _told(said: object) -> tuple[str, str, str]:
    """Return the message, the code and the field of an error in JSON, empty where it has none."""
    error = said.get("error") if isinstance(said, dict) else None
    found = error if isinstance(error, dict) else said if isinstance(said, dict) else {}
    message = found.get("message") or (error if isinstance(error, str) else "") or ""
    code = found.get("code") if isinstance(found.get("code"), str) else found.get("type")
    param = found.get("param")
    return str(message)[:4000], str(code or "")[:60], param if isinstance(param, str) else ""


def _kind(status: int, code: str, message: str) -> ProviderErrorKind:
    if code in _CODES:
        return _CODES[code]
    lower = message.lower()
    if status in (400, 403, 422) and any(word in lower for word in _SAFETY):
        return "blocked"
    if status == 404 and "model" in lower:
        return "no_model"
    return _STATUSES.get(status, "unavailable" if status >= 500 else "bad_response")


def _delay(headers: Mapping[str, str], message: str) -> float | None:
    """Return the seconds that a server names, in its header or its message."""
    named = str(headers.get("retry-after", "")).strip()
    in_words = re.search(r"try again in (\d{1,6}(?:\.\d{1,3})?)(ms|s)\b", message)
    if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", named):
        seconds = float(named)
    elif in_words:
        seconds = float(in_words[1]) / (1000 if in_words[2] == "ms" else 1)
    else:
        try:
            seconds = parsedate_to_datetime(named).timestamp() - time()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_DELAY)
