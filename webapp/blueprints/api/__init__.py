"""The JSON API: a module or a few a resource. A new one is a module and a name in the list."""

from flask import Blueprint
from werkzeug.exceptions import TooManyRequests

from webapp.blueprints.api import (
    album_images,
    albums,
    batches,
    docs,
    exports,
    generations,
    image_kin,
    image_uploads,
    images,
    links,
    models,
    prompts,
    tags,
    template_runs,
    template_versions,
    templates,
    tokens,
    urls,
    usage,
    webhooks,
)
from webapp.errors import InvalidError
from webapp.web import limits
from webapp.web.api import admit, told, too_often

RESOURCES = (
    images,
    image_kin,
    image_uploads,
    batches,
    generations,
    albums,
    album_images,
    tags,
    urls,
    links,
    templates,
    template_runs,
    template_versions,
    prompts,
    models,
    usage,
    tokens,
    webhooks,
    exports,
    docs,
)
UPLOADS = frozenset({"api.images.create", "api.images.create_too"})
"""The endpoints that take pictures, which keeps Easel busy for longer."""

blueprint = Blueprint("api", __name__, url_prefix="/api")
blueprint.before_request(admit)
blueprint.register_error_handler(InvalidError, told)
blueprint.register_error_handler(TooManyRequests, too_often)
limits.limit(blueprint, UPLOADS)
for resource in dict.fromkeys(module.blueprint for module in RESOURCES):
    blueprint.register_blueprint(resource)
