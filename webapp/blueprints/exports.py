"""Exports: all that a person has, some pictures, or an album as pages, each as a ZIP."""

from datetime import UTC, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.services.exports.galleries import GalleryWish
from webapp.services.exports.names import safe
from webapp.web import htmx
from webapp.web.archives import archive
from webapp.web.current import services, signed_in
from webapp.web.static_galleries import design

blueprint = Blueprint("exports", __name__, url_prefix="/export")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show what there is to take out, and how it is read back."""
    person = signed_in()
    return htmx.full(
        "exports/index.html",
        sizes=services().takeouts.writer.sizes(person),
        albums=services().library.albums.titles(person),
        chosen=request.args.get("album", ""),
        strips_downloads=services().downloads.strips(person),
    )


@blueprint.get("/takeout.zip")
def takeout() -> ResponseReturnValue:
    """Send all that a person has."""
    person = signed_in()
    name = f"easel-{safe(person.name)}-{datetime.now(UTC):%Y-%m-%d}.zip"
    return archive(services().takeouts.writer.zip(person), name)


@blueprint.get("/pictures.zip")
def pictures() -> ResponseReturnValue:
    """Send the pictures of an `album`, or all of them."""
    person, asked = signed_in(), request.args
    uid, metadata = asked.get("album", ""), asked.get("metadata", "")
    bundles = services().exports.bundles
    if not uid:
        return archive(bundles.everything(person, metadata), "easel-pictures.zip")
    title = services().library.albums.get(uid, person).title
    return archive(bundles.of_album(person, uid, metadata), f"{safe(title) or 'album'}.zip")


@blueprint.get("/gallery.zip")
def gallery() -> ResponseReturnValue:
    """Send an `album` as pages for any web server."""
    person, asked = signed_in(), request.args
    album = services().library.albums.get(asked.get("album", ""), person)
    wish = GalleryWish(album.id, asked.get("metadata", ""), has_originals="originals" in asked)
    pieces = services().exports.galleries.zip(person, wish, design())
    return archive(pieces, f"{safe(album.title) or 'album'}-gallery.zip")


@blueprint.post("/images.zip")
def images() -> ResponseReturnValue:
    """Send the pictures of the form's `ids`."""
    uids, metadata = request.form.getlist("ids"), request.form.get("metadata", "")
    return archive(
        services().exports.bundles.of_ids(signed_in(), uids, metadata), "easel-pictures.zip"
    )
