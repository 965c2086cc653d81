"""What spectree can't know of an operation: its scope, headers, media types and ids."""

from collections.abc import Iterator
from typing import Any

from webapp.web.api.operations import Facts

PROBLEM = "application/problem+json"
JSON = "application/json"
REFUSED, TOO_LARGE = 400, "413"

SENT = {
    "Idempotency-Key": (
        "A text of your own, such as a UUID. What is sent twice with it within a day is done once.",
        {"type": "string", "pattern": "^[!-~]{1,255}$"},
    ),
    "If-Match": (
        "The ETag of what you have seen; 412 where it has been changed meanwhile.",
        {"type": "string"},
    ),
}


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


HEADERS = {
    "ETag": _header("Names this state of it, for `If-Match` and `If-None-Match`."),
    "Location": _header("The address of what was made."),
    "Idempotency-Replayed": _header("`true` where the same was sent before."),
    "Retry-After": _header("How many seconds to wait.", "integer"),
    "WWW-Authenticate": _header("How to sign in."),
    "RateLimit-Limit": _header("How many requests there may be in a time.", "integer"),
    "RateLimit-Remaining": _header("How many of them are left.", "integer"),
    "RateLimit-Reset": _header("In how many seconds there are all of them again.", "integer"),
}
"""Headers of answers, as components of the document."""

RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
BY_STATUS = {
    201: ("Location",),
    202: ("Location",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}

ID = "^[1-9A-HJ-NP-Za-km-z]{11}$"
IDS = {
    "templates": (
        "The id of a template, or the name of one that comes with Easel.",
        "^([1-9A-HJ-NP-Za-km-z]{11}|[a-z][a-z0-9]*(-[a-z0-9]+)*)$",
    ),
}
"""What ids look like where they are not 11 letters and digits alone."""


def complete(told: dict[str, Any], endpoint: str, facts: Facts) -> None:
    """Add to the description of an operation what its facts and its endpoint say."""
    tag = tag_of(endpoint)
    told["tags"] = [tag]
    told["operationId"] = endpoint.removeprefix("api.").replace(".", "_")
    needed = facts.scope.split()
    scopes = f"scope{'s' if needed[1:] else ''} {' and '.join(f'`{name}`' for name in needed)}"
    told["description"] = f"{told['description']}\n\nNeeds the {scopes}.".strip()
    told["security"] = [{"token": needed}]
    for item in told["parameters"]:
        if item["in"] == "path":
            _complete_place(item, tag)
    for name in facts.headers:
        description, schema = SENT[name]
        told["parameters"].append(
            {"name": name, "in": "header", "description": description, "schema": schema}
        )
    _complete_bodies(told, facts)
    for status, answer in told["responses"].items():
        _complete_answer(int(status), answer, facts)


def tag_of(endpoint: str) -> str:
    """Return the name of the resource that an endpoint belongs to."""
    return endpoint.split(".")[1]


def _complete_place(item: dict[str, Any], tag: str) -> None:
    schema = item["schema"]
    if schema.get("type") == "string" and "enum" not in schema and "format" not in schema:
        description, pattern = IDS.get(tag, (f"An id from the list of {tag}.", ID))
        item["description"] = item["description"] or description
        schema.setdefault("pattern", pattern)
    item["description"] = item["description"] or f"The {item['name']}."


def _complete_bodies(told: dict[str, Any], facts: Facts) -> None:
    if facts.bodies:
        body = told.setdefault("requestBody", {"content": {}, "required": True})
        body["content"] |= {kind: {"schema": schema} for kind, schema in facts.bodies.items()}
    if "requestBody" in told:
        refused = {"schema": {"$ref": "#/components/schemas/Problem"}}
        told["responses"].setdefault(
            TOO_LARGE, {"description": "Content Too Large", "content": {JSON: refused}}
        )


def _complete_answer(status: int, answer: dict[str, Any], facts: Facts) -> None:
    if status >= REFUSED and JSON in answer.get("content", {}):
        answer["content"] = {PROBLEM: answer["content"][JSON]}
    for kind in facts.files.get(status, ()):
        schema = {"type": "string", "contentMediaType": kind}
        answer.setdefault("content", {})[kind] = {"schema": schema}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _told(status, facts)}
    if headers:
        answer["headers"] = headers


def _told(status: int, facts: Facts) -> Iterator[str]:
    yield from BY_STATUS.get(status, ())
    if status < REFUSED and "Idempotency-Key" in facts.headers:
        yield "Idempotency-Replayed"
    if status < REFUSED or "Retry-After" in BY_STATUS.get(status, ()):
        yield from RATE
