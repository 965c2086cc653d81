"""oEmbed: tells programs how to show what an address leads to."""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError
from webapp.web import errors
from webapp.web.oembed import as_xml, described

blueprint = Blueprint("oembed", __name__)

FORMATS = ("json", "xml")
UNKNOWN = "The format is one of json, xml."


@blueprint.get("/oembed")
def show() -> ResponseReturnValue:
    """Describe the picture at an address, as JSON or XML."""
    wanted = request.args.get("format", "json")
    if wanted not in FORMATS:
        return errors.problem(UNKNOWN, HTTPStatus.NOT_IMPLEMENTED, "unknown_format")
    try:
        facts = described(current_app.url_map)
    except EaselError as error:
        return errors.problem(str(error), errors.status_of(error), error.code)
    is_xml = wanted == "xml"
    response = Response(as_xml(facts), mimetype="text/xml") if is_xml else jsonify(facts)
    response.headers["Cache-Control"] = "public, max-age=60, must-revalidate"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
