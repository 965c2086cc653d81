"""OpenAI's images API, in front of every provider: its clients only need another base URL."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from webapp.blueprints.v1 import errors, images, models
from webapp.blueprints.v1.door import admit, number
from webapp.errors import NotFoundError
from webapp.extensions import csrf
from webapp.web import limits

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UPLOADS = frozenset({"v1.images.edit", "v1.images.vary"})

blueprint = Blueprint("v1", __name__, url_prefix="/v1")
csrf.exempt(blueprint)
blueprint.before_request(admit)
blueprint.after_request(number)
errors.connect(blueprint)
limits.limit(blueprint, UPLOADS)
for resource in (images, models):
    csrf.exempt(resource.blueprint)
    blueprint.register_blueprint(resource.blueprint)


@blueprint.route("/", defaults={"rest": ""}, methods=METHODS)
@blueprint.route("/<path:rest>", methods=METHODS)
def nothing(rest: str) -> ResponseReturnValue:
    """Say in OpenAI's words that there is no such address, or not for that method."""
    msg = (
        f"There is nothing at /v1/{rest[:100]} for this method. Easel has POST /v1/images/"
        "generations, /v1/images/edits and /v1/images/variations, and GET /v1/models."
    )
    raise NotFoundError(msg, code="unknown_url")
