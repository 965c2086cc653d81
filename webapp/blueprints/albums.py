"""Albums: what there are, one of them, and what can be done with its pictures."""

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.services.library import AlbumView
from webapp.web import htmx
from webapp.web.album_places import place, written
from webapp.web.current import services, signed_in
from webapp.web.forms import cursor

blueprint = Blueprint("albums", __name__, url_prefix="/albums")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Show a person's albums, newest first, or to htmx the ones that come after some."""
    page = services().library.albums.page(signed_in(), cursor())
    return htmx.render(
        "albums/index.html",
        "albums/_more.html",
        albums=page.albums,
        next_cursor=page.next_cursor,
        form=None,
    )


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Make an album and go there; a form with a mistake comes back with it."""
    form = {name: request.form.get(name, "") for name in ("title", "description")}
    try:
        album = services().library.albums.create(signed_in(), **form)
    except InvalidError as error:
        page = services().library.albums.page(signed_in())
        return htmx.full(
            "albums/index.html",
            status=422,
            albums=page.albums,
            next_cursor=page.next_cursor,
            form=form | {"errors": error.fields},
        )
    return htmx.go(url_for("albums.show", uid=album.id))


@blueprint.get("/<uid>")
def show(uid: str) -> ResponseReturnValue:
    """Show a page of an album; `?arrange` puts what changes it on each of its pictures."""
    album = services().library.albums.get(uid, signed_in())
    return htmx.render("albums/show.html", "albums/_more_tiles.html", **_contents(album))


@blueprint.post("/<uid>")
def update(uid: str) -> ResponseReturnValue:
    """Change an album's title and description."""
    form = {name: request.form.get(name, "") for name in ("title", "description")}
    try:
        services().library.albums.update(uid, signed_in(), **form)
    except InvalidError as error:
        album = services().library.albums.get(uid, signed_in())
        form_with_errors = form | {"errors": error.fields}
        return htmx.full(
            "albums/show.html", status=422, **_contents(album) | {"form": form_with_errors}
        )
    flash("Saved.", "ok")
    return htmx.go(url_for("albums.show", uid=uid))


@blueprint.get("/<uid>/delete")
def confirm(uid: str) -> ResponseReturnValue:
    """Ask before an album is deleted, where no script can."""
    return htmx.full("albums/confirm.html", album=services().library.albums.get(uid, signed_in()))


@blueprint.post("/<uid>/delete")
def delete(uid: str) -> ResponseReturnValue:
    """Delete an album; its pictures stay."""
    album = services().library.albums.delete(uid, signed_in())
    flash(f"The album “{album.title}” is deleted. Its pictures are still here.", "ok")
    return htmx.go(url_for("albums.index"))


@blueprint.post("/<uid>/images/<image>/cover")
def cover(uid: str, image: str) -> ResponseReturnValue:
    """Make one of its pictures an album's cover."""
    services().library.albums.update(uid, signed_in(), cover=image)
    return _arranged(uid)


@blueprint.post("/<uid>/images/<image>/remove")
def remove(uid: str, image: str) -> ResponseReturnValue:
    """Take a picture out of an album; the picture itself stays."""
    services().library.contents.remove(uid, signed_in(), [image])
    return _arranged(uid)


@blueprint.post("/<uid>/images/<image>/move")
def move(uid: str, image: str) -> ResponseReturnValue:
    """Move a picture within an album: `first`, `up`, `down` or `last`."""
    to = request.form.get("to", "")
    contents, owner = services().library.contents, signed_in()
    if to in ("first", "last"):
        contents.move(uid, owner, image, "first" if to == "first" else "last")
    elif to in ("up", "down"):
        contents.step(uid, owner, image, "up" if to == "up" else "down")
    else:
        msg = f"A picture moves first, up, down or last; not {to[:20]!r}."
        raise InvalidError(msg)
    return _arranged(uid)


def _arranged(uid: str) -> ResponseReturnValue:
    """Show the pictures of an album after one of them has moved, or go back to where that was."""
    album = services().library.albums.get(uid, signed_in())
    if htmx.is_fragment():
        return htmx.partial("albums/_arrange.html", **_contents(album))
    return htmx.go(url_for("albums.show", uid=uid, arrange=1, after=request.args.get("after")))


def _contents(album: AlbumView) -> dict[str, Any]:
    page = services().library.contents.page(
        album.id, signed_in(), place(request.args.get("after", ""))
    )
    return {
        "album": album,
        "pictures": page.pictures,
        "next_cursor": None if page.next_cursor is None else written(page.next_cursor),
        "is_arranging": "arrange" in request.args,
        "is_first_page": "after" not in request.args,
        "after": request.args.get("after", ""),
        "form": None,
    }
