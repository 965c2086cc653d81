"""One image: its page, its embed code, its original, and what can be done with it."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import NotFoundError
from webapp.services.exports.names import file_name
from webapp.services.images import embeds
from webapp.services.pictures import Picture
from webapp.services.prompts import PromptTemplate
from webapp.web import htmx, originals
from webapp.web.current import services, signed_in
from webapp.web.labels import labels
from webapp.web.lineages import drawn
from webapp.web.redirects import back
from webapp.web.shell import live, navigation
from webapp.web.thumbs import size_in, thumb

blueprint = Blueprint("images", __name__, url_prefix="/images")


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show an image with what made it; to htmx as the inside of a dialog."""
    picture = services().images.own_image(uid, signed_in())
    if picture.deleted is not None:
        flash("This picture is in the trash.", "ok")
        return htmx.go(url_for("trash.index"))
    return htmx.render("images/show.html", "images/_detail.html", **_detail(picture))


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
    """Send the original as it was kept, or with `?download=1` as it is to be saved.

    `metadata` is what shall be in it, `full` or `none`; whoever asks for that gets nothing else.
    """
    picture = services().images.own_image(uid, signed_in())
    asked = request.args
    if "download" in asked or "metadata" in asked:
        file = services().downloads.saved(picture, signed_in(), asked.get("metadata", ""))
    else:
        file = services().downloads.kept(picture)
    return originals.original(
        file.source,
        mime=f"image/{picture.format}",
        etag=file.etag,
        name=file_name(picture, is_bare=file.is_bare),
        is_saved="download" in asked,
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
    gallery, owner = services().gallery, signed_in()
    beside = gallery.neighbours(picture)
    made_by = gallery.generation_of(picture)
    return {
        "picture": picture,
        "batch": gallery.batch(picture),
        "previous": beside.previous,
        "next": beside.next,
        "generation": made_by,
        "template": _template(made_by.template if made_by is not None else None),
        "references": services().images.own_images(gallery.references_of(picture), owner),
        "family": drawn(services().lineage.of(picture), picture),
        "labels": labels(picture),
    }


def _template(ref: str | None) -> PromptTemplate | None:
    try:
        return services().prompts.template(ref, signed_in()) if ref else None
    except NotFoundError:
        return None


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
