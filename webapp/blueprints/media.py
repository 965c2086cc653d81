"""Renditions by URL: the pictures in our pages and in other people's."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.errors import BusyError, EaselError, InvalidError, NotFoundError
from webapp.services.addresses import META, Asked
from webapp.services.pictures import Picture
from webapp.services.rendition_maker import Rendition
from webapp.web import errors, media
from webapp.web.current import services, viewer
from webapp.web.media import Caching

blueprint = Blueprint("media", __name__)

RETRY_SECONDS = 2


@blueprint.get("/t/<preset>/<name>")
def thumb(preset: str, name: str) -> ResponseReturnValue:
    """Send a rendition by the name of a preset, or what stands in for it."""
    try:
        asked = services().addresses.preset(preset, name)
    except EaselError as error:
        return _error(error, None, None)
    return _answer(asked, version=request.args.get("v"))


@blueprint.get("/i/<signature>/<ops>/<name>")
def image(signature: str, ops: str, name: str) -> ResponseReturnValue:
    """Send a rendition by its operations, which somebody with a key has signed."""
    try:
        asked = services().addresses.signed(signature, f"/{ops}/{name}")
    except EaselError as error:
        return _error(error, None, None)
    return _answer(asked, version=asked.recipe.version)


@blueprint.get("/i/<signature>/meta/<ops>/<name>")
def meta(signature: str, ops: str, name: str) -> ResponseReturnValue:
    """Say what a rendition would be and what can stand for it, without rendering it."""
    try:
        asked = services().addresses.signed(signature, f"/{META}/{ops}/{name}")
        picture = _visible(asked.uid)
        rendition = _planned(picture, asked)
    except EaselError as error:
        return _as_error(_problem(error), error)
    width, height = rendition.size
    answer = jsonify(
        id=picture.id,
        state=picture.state,
        width=width,
        height=height,
        format=rendition.format,
        is_exact=asked.recipe.has_exact_size,
        operations=asked.recipe.canonical,
        preview=picture.preview,
        colour=picture.colour,
        palette=picture.palette,
    )
    answer.headers["Cache-Control"] = "no-cache" if picture.is_shared else "private, no-cache"
    return answer


def _answer(asked: Asked, *, version: str | None) -> Response:
    picture: Picture | None = None
    try:
        picture = _visible(asked.uid)
        rendition = _planned(picture, asked)
        if picture.is_pending:
            return _pending(rendition)
        return _rendition(rendition, is_versioned=version == picture.version)
    except EaselError as error:
        return _error(error, asked, picture)


def _visible(uid: str) -> Picture:
    """Return a picture that the asker may see; who that is matters for private ones alone.

    A public answer must not depend on cookies, or shared caches could not keep it.
    """
    try:
        return services().known_pictures.get(uid, None)
    except EaselError:
        person = viewer()
        if person is None:
            raise
        return services().known_pictures.get(uid, person)


def _planned(picture: Picture, asked: Asked) -> Rendition:
    if picture.state == "failed":
        msg = "This picture could not be made."
        raise NotFoundError(msg, code=picture.error_kind or "failed")
    accept = request.headers.get("Accept", "")
    return services().renditions.plan(
        picture, asked.recipe, asked.extension, accept, preset=asked.preset
    )


def _rendition(rendition: Rendition, *, is_versioned: bool) -> Response:
    picture, download = rendition.picture, rendition.recipe.download
    is_public = picture.is_shared and picture.deleted is None
    caching = Caching(is_public=is_public, is_versioned=is_versioned)
    known = media.not_modified(rendition.etag, caching, varies=rendition.is_negotiated)
    if known is not None:
        return known
    served = services().renditions.serve(rendition)
    if served is None:
        return _pending(rendition)
    response = media.picture(
        served.data, rendition.mime, rendition.etag, caching, varies=rendition.is_negotiated
    )
    response.headers["X-Cache"] = served.source
    if download is not None:
        response.headers.set("Content-Disposition", "attachment", filename=download)
    return response


def _pending(rendition: Rendition) -> Response:
    picture = rendition.picture
    stand = services().placeholders.pending(picture, rendition.size, rendition.format)
    response = Response(stand.data, mimetype=stand.mime)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["X-Easel-State"] = "pending"
    return media.shield(response, is_public=picture.is_shared)


def _error(error: EaselError, asked: Asked | None, picture: Picture | None) -> Response:
    """Return an error with its true status; as a picture where one is expected."""
    accepted = request.accept_mimetypes
    if accepted["image/png"] > accepted["text/html"]:
        recipe = None if asked is None else asked.recipe
        size = services().renditions.size_or_guess(picture, recipe)
        accept = request.headers.get("Accept", "")
        extension = "" if asked is None else asked.extension
        stand = services().placeholders.error(size, extension, accept, str(error))
        response = Response(stand.data, status=errors.status_of(error), mimetype=stand.mime)
    else:
        response = _problem(error)
    return _as_error(response, error)


def _problem(error: EaselError) -> Response:
    more = {"errors": error.fields} if isinstance(error, InvalidError) and error.fields else {}
    return errors.problem(str(error), errors.status_of(error), error.code, **more)


def _as_error(response: Response, error: EaselError) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Easel-State"] = f"error; code={error.code}"
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.retry_after)
    return media.shield(response, is_public=True)
