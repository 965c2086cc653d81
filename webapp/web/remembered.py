"""Remembered answers: what of a public picture's answer is kept, and how it is given again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
Headers = list[tuple[str, str]]

OF_A_BODY = frozenset({"content-length", "content-type", "content-disposition"})
OF_ITS_TIME = frozenset({"x-cache", "date"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that may be given again while `stamp` is the picture's."""

    stamp: int
    etag: str
    headers: Headers
    body: bytes
    is_immutable: bool


def is_public(status: str, headers: Headers) -> bool:
    """Return whether an answer is a whole rendition that is the same for everybody.

    What was opened by a link is not: it may end at any moment, and its hits are counted.
    """
    facts = {name.lower(): value for name, value in headers}
    caching = facts.get("cache-control", "")
    return (
        status.startswith("200 ")
        and caching.startswith("public")
        and "must-revalidate" not in caching
        and "x-cache" in facts
        and "set-cookie" not in facts
        and "vary" not in facts
    )


def remembered(stamp: int, given: Headers, body: bytes) -> Answer:
    """Return what to keep of an answer: all but what is true of this one time."""
    headers = [pair for pair in given if pair[0].lower() not in OF_ITS_TIME]
    facts = {name.lower(): value for name, value in headers}
    return Answer(
        stamp,
        facts.get("etag", ""),
        [*headers, ("X-Cache", "hit")],
        body,
        is_immutable="immutable" in facts["cache-control"],
    )


def give_again(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer once more: in full, by its headers alone, or with 304 to who has it already."""
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked is not None and answer.etag and (answer.etag in asked or asked.strip() == "*"):
        short = [pair for pair in answer.headers if pair[0].lower() not in OF_A_BODY]
        start_response("304 NOT MODIFIED", short)
        return []
    start_response("200 OK", list(answer.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
