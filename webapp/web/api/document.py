"""The OpenAPI 3.1 document: what spectree makes of the operations, and what it can't know."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from flask import current_app, url_for
from werkzeug.routing import Rule

from webapp.web.api.completing import HEADERS, complete, tag_of
from webapp.web.api.operations import Facts, facts_of, operations

_DOCUMENT = "easel_openapi"
_PLACE = re.compile(r"<(?:[^<>:]+:)?(\w+)>")


def document() -> dict[str, Any]:
    """Return the document, for the address by which it is asked."""
    kept = current_app.extensions.get(_DOCUMENT)
    if kept is None:
        kept = current_app.extensions[_DOCUMENT] = _made()
    return kept | {"servers": [{"url": url_for("gallery.index", _external=True).rstrip("/")}]}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema itself where it only names another one of the document."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found


def path_of(rule: Rule) -> str:
    """Return the path of an address as the document writes it."""
    return _PLACE.sub(r"{\1}", rule.rule)


def _made() -> dict[str, Any]:
    from webapp.web.api.generated import generated  # noqa: PLC0415  # an idle Easel needs it not

    made = generated()
    made["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    made["tags"] = _tags()
    made["components"]["headers"] = HEADERS
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that `easel token create` has made. What each operation "
            "names is the scope that its token needs.",
        }
    }
    made["security"] = [{"token": []}]
    for rule, facts in _described():
        path = made["paths"][path_of(rule)]
        for method, told in path.items():
            if method.upper() in (rule.methods or ()):
                complete(told, rule.endpoint, facts)
    for path in made["paths"].values():
        for told in path.values():
            _tell_whether_needed(told, made["components"]["schemas"])
        if any(_has_revision(told) for told in path.values()):
            _tell_revision(path)
    return made


def _described() -> Iterator[tuple[Rule, Facts]]:
    for endpoint in operations():
        for rule in current_app.url_map.iter_rules(endpoint):
            yield rule, facts_of(endpoint)


def _tags() -> list[dict[str, str]]:
    """Return the resources in their order, each with what its module says of itself."""
    modules: dict[str, str] = {}
    for endpoint in operations():
        modules.setdefault(tag_of(endpoint), current_app.view_functions[endpoint].__module__)
    return [{"name": tag, "description": _about(module)} for tag, module in modules.items()]


def _about(module: str) -> str:
    """Return what a docstring such as `Albums: made, filled and shared.` says after the colon."""
    first = " ".join((sys.modules[module].__doc__ or "").partition("\n\n")[0].split())
    said = first.partition(": ")[2] or first
    return said[:1].upper() + said[1:]


def _tell_whether_needed(told: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say of a body of which nothing is needed that it may be left out."""
    sent = told.get("requestBody", {"content": {}})
    names = [kind["schema"].get("$ref", "") for kind in sent["content"].values()]
    if any(name and not schemas[name.rpartition("/")[2]].get("required") for name in names):
        sent["required"] = False


def _has_revision(told: dict[str, Any]) -> bool:
    return any(item.get("name") == "If-Match" for item in told["parameters"])


def _tell_revision(path: dict[str, Any]) -> None:
    """Say that what can be changed under a condition has an ETag, and is not sent in vain."""
    for method, told in path.items():
        for status in {"200", "201"} & told["responses"].keys():
            headers = told["responses"][status].setdefault("headers", {})
            headers["ETag"] = {"$ref": "#/components/headers/ETag"}
        if method == "get":
            told["responses"]["304"] = {"description": "You have it already (`If-None-Match`)."}
