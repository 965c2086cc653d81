"""One image: its page, its embed code, its original, and what can be done with it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from webapp.errors import EaselError, NotFoundError
from webapp.services import embeds
from webapp.services.pictures import Picture
from webapp.web import htmx, originals
from webapp.web.current import services, signed_in
from webapp.web.errors import answer, status_of
from webapp.web.redirects import back
from webapp.web.shell import live, navigation
from webapp.web.thumbs import size_in, thumb

blueprint = Blueprint("images", __name__, url_prefix="/images")


@dataclass(frozen=True, slots=True)
class UploadError:
    """Why one file of several was not kept."""

    filename: str
    message: str
    status: int = 422


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show an image with what made it; to htmx as the inside of a dialog."""
    picture = services().images.own_image(uid, signed_in())
    if picture.deleted is not None:
        flash("This picture is in the trash.", "ok")
        return htmx.go(url_for("trash.index"))
    return htmx.render("images/show.html", "images/_detail.html", **_detail(picture))


@blueprint.post("")
def upload() -> ResponseReturnValue:
    """Keep the files that somebody brought; a bad one does not hold up the others."""
    owner = signed_in()
    kept: list[Picture] = []
    errors: list[UploadError] = []
    for file in request.files.getlist("image"):
        if not file.filename and not file.content_length:
            continue
        try:
            kept.append(
                services().images.add_image(owner, file.stream.read(), filename=file.filename or "")
            )
        except EaselError as error:
            errors.append(_refusal(file.filename or "A file", error))
    if not kept and not errors:
        errors.append(UploadError("", "Choose one or more pictures first."))
    return _uploaded(kept, errors)


@blueprint.get("/<uid>/embed")
def embed(uid: str) -> ResponseReturnValue:
    """Show what to paste into another page, with a preview of it."""
    picture = services().images.own_image(uid, signed_in())
    return _embed_dialog(picture)


@blueprint.post("/<uid>/visibility")
def visibility(uid: str) -> ResponseReturnValue:
    """Say who may see an image."""
    wanted = request.form.get("visibility", "")
    picture = services().images.set_visibility(uid, signed_in(), wanted)
    if htmx.is_fragment():
        return _embed_dialog(picture)
    return htmx.go(url_for("images.embed", uid=uid))


@blueprint.get("/<uid>/original")
def original(uid: str) -> ResponseReturnValue:
    """Send the original, as it was kept; `?download=1` names the file for saving."""
    picture = services().images.own_image(uid, signed_in())
    return originals.original(
        services().images.original(picture),
        mime=f"image/{picture.format}",
        etag=picture.digest,
        name=_download_name(picture),
        is_saved="download" in request.args,
    )


@blueprint.post("/<uid>/delete")
@blueprint.delete("/<uid>")
def delete(uid: str) -> ResponseReturnValue:
    """Move an image to the trash; it can be brought back."""
    owner = signed_in()
    picture = services().images.delete_image(uid, owner)
    if htmx.is_fragment():
        return htmx.partial("images/_deleted.html", **_change(picture))
    flash("Moved to the trash.", "ok")
    return htmx.go(url_for("gallery.index"))


@blueprint.post("/<uid>/restore")
def restore(uid: str) -> ResponseReturnValue:
    """Bring an image back from the trash."""
    picture = services().images.restore(uid, signed_in())
    if htmx.is_fragment():
        return htmx.partial("images/_restored.html", **_change(picture))
    flash("The picture is back in the gallery.", "ok")
    return htmx.go(back())


def _detail(picture: Picture) -> dict[str, Any]:
    gallery = services().gallery
    beside = gallery.neighbours(picture)
    made_by = gallery.generation_of(picture)
    slug = made_by.template if made_by is not None else None
    known = {template.slug: template for template in services().prompts.templates()}
    return {
        "picture": picture,
        "batch": gallery.batch(picture),
        "previous": beside.previous,
        "next": beside.next,
        "template": known.get(slug or ""),
    }


def _change(picture: Picture) -> dict[str, Any]:
    owner = signed_in()
    return {
        "picture": picture,
        "live": live(owner),
        "nav": navigation(owner),
        "total": services().gallery.count(owner),
    }


def _embed_dialog(picture: Picture) -> ResponseReturnValue:
    if not picture.is_ready and picture.state == "failed":
        msg = "This picture could not be made, so that there is nothing to embed."
        raise NotFoundError(msg)
    asked = request.values
    choice = embeds.choice_of(
        asked.get("width", "640"), asked.get("crop", "original"), asked.get("as", "html")
    )
    code = embeds.embed(
        picture,
        choice,
        url_of=lambda preset: thumb(picture, preset, external=True),
        size_of=lambda preset: size_in(picture, preset),
    )
    return htmx.render("images/embed.html", "images/_embed.html", picture=picture, embed=code)


def _uploaded(kept: list[Picture], errors: list[UploadError]) -> ResponseReturnValue:
    status = 200 if kept else errors[0].status
    if htmx.is_fragment():
        owner = signed_in()
        return htmx.partial(
            "images/_uploaded.html",
            status=status,
            pictures=kept,
            errors=errors,
            live=live(owner),
            nav=navigation(owner),
            total=services().gallery.count(owner),
        )
    sentences = [
        f"{error.filename}: {error.message}" if error.filename else error.message
        for error in errors
    ]
    if not kept:
        return answer(" ".join(sentences), HTTPStatus(status), "invalid_image")
    for sentence in sentences:
        flash(sentence, "error")
    flash(f"{len(kept)} added." if len(kept) > 1 else "The picture was added.", "ok")
    return htmx.go(url_for("gallery.index"))


def _refusal(filename: str, error: EaselError) -> UploadError:
    status = status_of(error)
    is_bad_file = status is HTTPStatus.BAD_REQUEST
    return UploadError(filename, str(error), 422 if is_bad_file else int(status))


def _download_name(picture: Picture) -> str:
    words = secure_filename(" ".join(picture.title.split()[:8]))[:60] or "easel"
    extension = {"jpeg": "jpg"}.get(picture.format, picture.format)
    return f"{words.removesuffix('.' + extension)}-{picture.id}.{extension}"
