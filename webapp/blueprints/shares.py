"""Share pages: what others see by a link, and the pictures on it."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError, InvalidError, NotFoundError
from webapp.extensions import limiter
from webapp.services.exports.names import file_name
from webapp.services.links.grants import Grant, used_up
from webapp.services.renditions.addresses import Asked
from webapp.web import htmx, originals, passes, rendered
from webapp.web.current import services
from webapp.web.rendered import Shown
from webapp.web.share_views import ShareView, can_be_saved

blueprint = Blueprint("shares", __name__, url_prefix="/s")

WRONG = "This password is wrong."
NOT_SAVED = "This picture can't be saved by this link."


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show the picture or the album that a link leads to, and count that."""
    grant = services().sharing.grants.get(key)
    after = request.args.get("after", "") if grant.album else ""
    if not _lets_in(grant):
        return _ask(grant)
    is_counted = _count(grant, is_front=not after)
    shared = services().sharing.shared
    if grant.album:
        view = ShareView.of_album(grant, shared.album(grant), shared.page(grant, after))
        return _page("shares/album.html", grant, view, is_counted=is_counted)
    view = ShareView.of_picture(grant, shared.face(grant))
    return _page("shares/picture.html", grant, view, is_counted=is_counted)


@blueprint.get("/<key>/<uid>")
def picture(key: str, uid: str) -> ResponseReturnValue:
    """Show one picture of an album that a link leads to."""
    grant = services().sharing.grants.get(key)
    if not _lets_in(grant):
        return _ask(grant)
    shared = services().sharing.shared
    found = shared.picture(grant, uid)
    if not grant.album:
        return htmx.go(url_for(".show", key=key))
    is_counted = _count(grant, is_front=False)
    view = ShareView.of_picture(grant, found, shared.album(grant), shared.beside(grant, found))
    return _page("shares/picture.html", grant, view, is_counted=is_counted)


@blueprint.post("/<key>")
@limiter.limit("10 per minute; 60 per hour", methods=["POST"])
@limiter.limit("300 per hour", methods=["POST"], key_func=lambda: request.path)
def unlock(key: str) -> ResponseReturnValue:
    """Take a link's password, and let the browser in for a day."""
    grant = services().sharing.grants.get(key)
    if grant.is_used_up and not passes.has_seen(grant):
        raise used_up()
    given = request.form.get("password", "")
    response = make_response(htmx.go(url_for(".show", key=key)))
    if not grant.password_hash:
        return response
    if not services().sharing.passwords.is_right(grant.password_hash, given):
        return _ask(grant, WRONG)
    passes.note_password(response, grant)
    return response


@blueprint.get("/<key>/t/<preset>/<name>")
def thumb(key: str, preset: str, name: str) -> ResponseReturnValue:
    """Send a rendition of a picture that a link leads to, by the name of a preset."""
    try:
        grant = services().sharing.grants.get(key)
        asked = services().addresses.preset(preset, name)
    except EaselError as error:
        return rendered.error(error)

    def find(asked: Asked) -> Shown:
        passes.check(grant)
        found = services().sharing.shared.picture(grant, asked.uid)
        return Shown(
            found, is_public=not grant.is_limited, seconds=grant.seconds_left(rendered.MINUTE)
        )

    return rendered.answer(asked, find, version=None)


@blueprint.get("/<key>/original/<uid>")
def original(key: str, uid: str) -> ResponseReturnValue:
    """Send a file to be saved, with how it was made or without, as the link says."""
    grant = services().sharing.grants.get(key)
    passes.check(grant)
    found = services().sharing.shared.picture(grant, uid)
    if not can_be_saved(grant, found):
        raise NotFoundError(NOT_SAVED)
    try:
        file = services().downloads.saved(found, grant.owner, grant.metadata)
    except InvalidError as error:  # its advice is for the owner
        raise NotFoundError(NOT_SAVED) from error
    return originals.original(
        file.source,
        mime=f"image/{found.format}",
        etag=file.etag,
        name=file_name(found, is_bare=file.is_bare),
        is_saved=True,
    )


def _lets_in(grant: Grant) -> bool:
    """Return whether the asker need not give a password first; raises GoneError if used up."""
    if passes.is_owner(grant):
        return True
    if grant.is_used_up and not passes.has_seen(grant):
        raise used_up()
    return passes.is_unlocked(grant)


def _count(grant: Grant, *, is_front: bool) -> bool:
    """Count a view of a link's page by somebody else; return whether it was one.

    Whoever has seen the page may look at what lies behind it without another view.
    """
    if request.method != "GET" or passes.is_owner(grant):
        return False
    is_view = is_front or (grant.max_views is not None and not passes.has_seen(grant))
    if is_view:
        services().sharing.grants.count_view(grant)
    if is_front:
        services().sharing.hits.note(grant.row, request.headers.get("Referer", ""))
    return is_view


def _ask(grant: Grant, error: str = "") -> Response:
    page = render_template("shares/locked.html", key=grant.key, error=error)
    return _private(make_response(page, 422 if error else 200))


def _page(template: str, grant: Grant, view: ShareView, *, is_counted: bool) -> Response:
    response = _private(make_response(render_template(template, view=view)))
    if is_counted and grant.max_views is not None:
        passes.note_view(response, grant)
    return response


def _private(response: Response) -> Response:
    """Keep a page out of caches and search engines."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
