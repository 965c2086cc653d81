"""Health: whether the process lives, and whether it can do its work."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError
from webapp.web.current import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> ResponseReturnValue:
    """Answer as long as the process does."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Answer 200 when the database answers too, else 503."""
    try:
        counts = services().jobs.counts()
    except EaselError:
        return jsonify(status="unavailable"), 503
    return jsonify(status="ok", jobs=counts)
