"""Metrics for Prometheus: for tokens with the scope admin, and for admins' browsers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webapp.errors import ForbiddenError
from webapp.web.api.door import admit, check_scope
from webapp.web.current import signed_in
from webapp.web.limits import limit
from webapp.web.metrics import exposition

blueprint = Blueprint("metrics", __name__)
blueprint.before_request(admit)
limit(blueprint)


@blueprint.get("/metrics")
def index() -> ResponseReturnValue:
    """Return requests, jobs, pictures and what the process takes, as text."""
    check_scope("admin")
    if signed_in().role != "admin":
        msg = "Metrics are for administrators."
        raise ForbiddenError(msg)
    return exposition()
