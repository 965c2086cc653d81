"""What the API says of itself: its root, the OpenAPI document, and the reference for people."""

from flask import Response, current_app, jsonify
from flask.typing import ResponseReturnValue

from webapp.web import htmx
from webapp.web.addresses import absolute
from webapp.web.api import Reply, Told, operation, resource
from webapp.web.api.document import document
from webapp.web.api.operations import operations
from webapp.web.browsing import reference
from webapp.web.browsing.linked import ticked

blueprint = resource("docs", "")


class Root(Told):
    """Where things are."""

    openapi: str
    docs: str
    resources: dict[str, str]


@blueprint.get("/")
@operation(answers={200: Root})
def root() -> Reply:
    """Say where things are."""
    return Root(
        openapi=absolute("api.docs.openapi"),
        docs=absolute("api.docs.index"),
        resources={name: absolute(f"api.{name}.index") for name in _lists()},
    )


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI 3.1 document; it is no secret."""
    response = jsonify(document())
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/docs")
def index() -> ResponseReturnValue:
    """Show what there is and how it is used."""
    return htmx.full(
        "api/docs.html",
        about=ticked(document()["info"]["description"]),
        groups=reference.groups(),
        models=reference.models(),
    )


def _lists() -> list[str]:
    """Return the names of the resources that can be read without knowing any id."""
    known = set(operations())
    names = (endpoint.split(".")[1] for endpoint in known if endpoint.endswith(".index"))
    rules = {rule.endpoint: rule for rule in current_app.url_map.iter_rules()}
    return sorted(name for name in names if not rules[f"api.{name}.index"].arguments)
