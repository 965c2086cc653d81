"""Thumbnail URLs: the pictures in our pages and in other people's."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webapp.errors import BusyError, EaselError, InvalidError, NotFoundError
from webapp.services.pictures import Picture
from webapp.web import errors, media
from webapp.web.current import services, viewer
from webapp.web.media import Caching

blueprint = Blueprint("media", __name__)

RETRY_SECONDS = 2


@blueprint.get("/t/<preset>/<name>")
def thumb(preset: str, name: str) -> ResponseReturnValue:
    """Send a rendition of a picture, or what stands in for it."""
    uid, _, extension = name.partition(".")
    picture: Picture | None = None
    try:
        services().renditions.preset(preset)
        picture = _visible(uid)
        return _rendition(picture, preset, extension)
    except EaselError as error:
        return _error(error, preset, extension, picture)


def _visible(uid: str) -> Picture:
    """Return a picture that the asker may see; who that is matters for private ones alone.

    A public answer must not depend on cookies, or shared caches could not keep it.
    """
    try:
        return services().images.get_image(uid, None)
    except EaselError:
        person = viewer()
        if person is None:
            raise
        return services().images.get_image(uid, person)


def _rendition(picture: Picture, preset: str, extension: str) -> Response:
    if picture.state == "failed":
        msg = "This picture could not be made."
        raise NotFoundError(msg, code=picture.error_kind or "failed")
    accept = request.headers.get("Accept", "")
    rendition = services().renditions.plan(picture, preset, extension, accept)
    if picture.is_pending:
        return _pending(picture, rendition.size, extension, accept)
    caching = Caching(
        is_public=picture.is_shared and picture.deleted is None,
        is_versioned=request.args.get("v") == picture.version,
    )
    known = media.not_modified(rendition.etag, caching, varies=rendition.is_negotiated)
    if known is not None:
        return known
    served = services().renditions.serve(rendition)
    response = media.picture(
        served.data, rendition.mime, rendition.etag, caching, varies=rendition.is_negotiated
    )
    response.headers["X-Cache"] = served.source
    return response


def _pending(picture: Picture, size: tuple[int, int], extension: str, accept: str) -> Response:
    stand = services().placeholders.pending(picture, size, extension, accept)
    response = Response(stand.data, mimetype=stand.mime)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["X-Easel-State"] = "pending"
    return media.shield(response, is_public=picture.is_shared)


def _error(error: EaselError, preset: str, extension: str, picture: Picture | None) -> Response:
    """Return an error with its true status; as a picture where one is expected."""
    status = errors.status_of(error)
    accepted = request.accept_mimetypes
    if accepted["image/png"] > accepted["text/html"]:
        accept = request.headers.get("Accept", "")
        size = services().renditions.size_or_guess(picture, preset)
        stand = services().placeholders.error(size, extension, accept, str(error))
        response = Response(stand.data, status=status, mimetype=stand.mime)
    else:
        more = {"errors": error.fields} if isinstance(error, InvalidError) and error.fields else {}
        response = errors.problem(str(error), status, error.code, **more)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Easel-State"] = f"error; code={error.code}"
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return media.shield(response, is_public=True)
