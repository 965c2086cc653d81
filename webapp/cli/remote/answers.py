"""Answers of a server: what they mean, and how long to wait before asking again."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx2

from webapp.errors import EaselError, InvalidError

LONGEST_WAIT = 60.0


class ServerError(EaselError):
    """What a server has refused, in its own words."""

    code = "server"


def facts(response: httpx2.Response) -> Any:
    """Return the JSON of an answer; raises ServerError for what is none."""
    try:
        return json.loads(response.content)
    except ValueError as error:
        raise _no_easel(response) from error


def refusal(response: httpx2.Response) -> EaselError:
    """Return the error that an answer tells of: the server's sentence, where it has one."""
    try:
        told = json.loads(response.content)
        sentence, code = str(told["detail"]), str(told.get("code", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _no_easel(response)
    return ServerError(sentence, code=code or None)


def sent_elsewhere(response: httpx2.Response) -> EaselError:
    """Return the error for a redirect: the token is for one server alone."""
    target = response.url.join(response.headers.get("location", "/"))
    origin = f"{target.scheme}://{target.netloc.decode()}"
    return InvalidError(
        f"{response.url} sends on to {origin}, and the token is not for it. "
        "If that is your Easel, name it with --server."
    )


def wait_of(response: httpx2.Response, attempt: int) -> float:
    """Return how many seconds a busy server asks to wait, or twice as long each time."""
    text = response.headers.get("retry-after", "").strip()
    seconds = 2.0**attempt
    if text.isascii() and text.isdigit() and len(text) < 9:
        seconds = float(text)
    elif text:
        seconds = _until(text, seconds)
    return min(max(seconds, 0.1), LONGEST_WAIT)


def _until(text: str, otherwise: float) -> float:
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return otherwise
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return (then - datetime.now(UTC)).total_seconds()


def _no_easel(response: httpx2.Response) -> ServerError:
    try:
        phrase = f" {HTTPStatus(response.status_code).phrase}"
    except ValueError:
        phrase = ""
    return ServerError(
        f"{response.url} answered with {response.status_code}{phrase}, and not as an Easel does. "
        "Is the address of --server right?"
    )
