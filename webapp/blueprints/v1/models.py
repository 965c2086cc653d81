"""The models, as OpenAI lists its own."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from webapp.services.catalogue import ModelChoice
from webapp.web.current import services

blueprint = Blueprint("models", __name__, url_prefix="/models")

UNKNOWN_TIME = 0
"""When a model was made, in seconds since 1970: nobody tells."""


@blueprint.get("", strict_slashes=False)
def index() -> ResponseReturnValue:
    """List every model on offer, the default one first."""
    models = services().openai.models()
    return jsonify(object="list", data=[_told(model) for model in models])


@blueprint.get("/<path:name>")
def show(name: str) -> ResponseReturnValue:
    """Show a model by `provider:model`, or by its own name."""
    return jsonify(_told(services().openai.model(name)))


def _told(model: ModelChoice) -> dict[str, object]:
    return {
        "id": model.value,
        "object": "model",
        "created": UNKNOWN_TIME,
        "owned_by": model.provider,
    }
