"""Templates as files: out as JSON, and in again."""

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from webapp.errors import InvalidError
from webapp.services.templates import files as template_files
from webapp.services.templates.tables import decoded
from webapp.web import htmx
from webapp.web.current import services, signed_in

blueprint = Blueprint("template_files", __name__, url_prefix="/templates")


@blueprint.get("/export")
def export_all() -> ResponseReturnValue:
    """Send all of a person's templates as one file."""
    mine = services().templates.all_of(signed_in())
    return _file(template_files.all_to_json(mine), "easel-templates.json")


@blueprint.get("/<ref>/export")
def export(ref: str) -> ResponseReturnValue:
    """Send a template as a file."""
    template = services().prompts.template(ref, signed_in())
    name = secure_filename(template.title.lower()) or template.slug
    return _file(template_files.to_json(template), f"{name}.json")


@blueprint.get("/import")
def choose() -> ResponseReturnValue:
    """Ask for a file of templates."""
    return htmx.full("templates/import.html", mistakes=(), text="")


@blueprint.post("/import")
def take_in() -> ResponseReturnValue:
    """Keep the templates of a file as new ones, or say everything that is wrong with it."""
    file = request.files.get("file")
    text = decoded(file.stream.read())[0] if file else ""
    text = text or request.form.get("text", "")
    try:
        kept = services().templates.create_all(signed_in(), template_files.from_json(text))
    except InvalidError as error:
        told = [text for texts in error.fields.values() for text in texts] or [str(error)]
        return htmx.full("templates/import.html", status=422, mistakes=told, text=text[:200_000])
    flash(
        "One template was added." if len(kept) == 1 else f"{len(kept)} templates were added.", "ok"
    )
    target = (
        url_for("templates.show", ref=kept[0].slug)
        if len(kept) == 1
        else url_for("templates.index")
    )
    return htmx.go(target)


def _file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype="application/json", headers=headers)
