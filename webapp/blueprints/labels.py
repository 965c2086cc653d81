"""What a picture is called and where it is put: its tags, and the albums that it is in."""

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import InvalidError
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.labels import labels

blueprint = Blueprint("labels", __name__, url_prefix="/images")


@blueprint.post("/<uid>/tags")
def tag(uid: str) -> ResponseReturnValue:
    """Give a picture tags: one, or several with commas between them."""
    texts = [text for text in request.form.get("tags", "").split(",") if text.strip()]
    try:
        services().library.tags.add(uid, signed_in(), texts)
    except InvalidError as error:
        return _shown(uid, str(error))
    return _shown(uid)


@blueprint.post("/<uid>/tags/remove")
def untag(uid: str) -> ResponseReturnValue:
    """Take a tag from a picture."""
    services().library.tags.remove(uid, signed_in(), [request.form.get("tag", "")])
    return _shown(uid)


@blueprint.post("/<uid>/albums")
def add(uid: str) -> ResponseReturnValue:
    """Put a picture into an album, or into a new one of a `title`."""
    owner, title = signed_in(), request.form.get("title", "").strip()
    services().images.own_image(uid, owner)
    try:
        album = (
            services().library.albums.create(owner, title).id
            if title
            else request.form.get("album", "")
        )
    except InvalidError as error:
        return _shown(uid, str(error))
    if not album:
        return _shown(uid, "Choose an album, or write the title of a new one.")
    failed = services().library.contents.add(album, owner, [uid]).failed
    return _shown(uid, failed[uid].message if failed else "")


@blueprint.post("/<uid>/albums/remove")
def remove(uid: str) -> ResponseReturnValue:
    """Take a picture out of an album."""
    services().library.contents.remove(request.form.get("album", ""), signed_in(), [uid])
    return _shown(uid)


def _shown(uid: str, mistake: str = "") -> ResponseReturnValue:
    """Show the tags and albums of a picture after a change; a mistake stands beside them."""
    picture = services().images.own_image(uid, signed_in())
    if htmx.is_fragment():
        return htmx.partial(
            "images/_labels.html",
            status=422 if mistake else 200,
            picture=picture,
            labels=labels(picture, mistake, request.form.get("tags", "") if mistake else ""),
        )
    if mistake:
        flash(mistake, "error")
    return htmx.go(url_for("images.show", uid=uid) + "#labels")
