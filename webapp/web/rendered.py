"""Renditions as answers: what an address asks for, or what stands in for it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from webapp.errors import BusyError, EaselError, InvalidError, NotFoundError
from webapp.services.pictures import Picture
from webapp.services.renditions.addresses import Asked
from webapp.services.renditions.maker import Rendition
from webapp.web import errors, media
from webapp.web.current import services
from webapp.web.media import Caching

MINUTE = 60
RETRY_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that may be sent to the asker, and how far it may go from there.

    `seconds` is how long it may be kept at most, where it was opened by a link.
    """

    picture: Picture
    is_public: bool
    seconds: int | None = None


def answer(asked: Asked, find: Callable[[Asked], Shown], *, version: str | None) -> Response:
    """Return the rendition that is asked for, a placeholder for it, or the error.

    `find` returns the picture, or raises what keeps it from the asker.
    """
    shown: Shown | None = None
    try:
        shown = find(asked)
        rendition = planned(shown.picture, asked)
        if shown.picture.is_pending:
            return _pending(rendition, shown)
        return _rendition(rendition, shown, is_versioned=version == shown.picture.version)
    except EaselError as raised:
        return error(raised, asked, shown)


def planned(picture: Picture, asked: Asked) -> Rendition:
    """Return what would be served; raises NotFoundError for a picture that could not be made."""
    if picture.state == "failed":
        msg = "This picture could not be made."
        raise NotFoundError(msg, code=picture.error_kind or "failed")
    accept = request.headers.get("Accept", "")
    return services().renditions.plan(
        picture, asked.recipe, asked.extension, accept, preset=asked.preset
    )


def error(raised: EaselError, asked: Asked | None = None, shown: Shown | None = None) -> Response:
    """Return an error with its true status; as a picture where one is expected."""
    accepted = request.accept_mimetypes
    if not accepted["image/png"] > accepted["text/html"]:
        return problem(raised)
    picture = None if shown is None else shown.picture
    size = services().renditions.size_or_guess(picture, None if asked is None else asked.recipe)
    extension = "" if asked is None else asked.extension
    stand = services().placeholders.error(
        size, extension, request.headers.get("Accept", ""), str(raised)
    )
    response = Response(stand.data, status=errors.status_of(raised), mimetype=stand.mime)
    return _as_error(response, raised)


def problem(raised: EaselError) -> Response:
    """Return an error as JSON, whatever is expected."""
    more = {"errors": raised.fields} if isinstance(raised, InvalidError) and raised.fields else {}
    status = errors.status_of(raised)
    return _as_error(errors.problem(str(raised), status, raised.code, **more), raised)


def _rendition(rendition: Rendition, shown: Shown, *, is_versioned: bool) -> Response:
    caching = Caching(shown.is_public, is_versioned, shown.seconds)
    known = media.not_modified(rendition.etag, caching, varies=rendition.is_negotiated)
    if known is not None:
        return known
    served = services().renditions.serve(rendition)
    if served is None:
        return _pending(rendition, shown)
    response = media.picture(
        served.data, rendition.mime, rendition.etag, caching, varies=rendition.is_negotiated
    )
    response.headers["X-Cache"] = served.source
    download = rendition.recipe.download
    if download is not None:
        response.headers.set("Content-Disposition", "attachment", filename=download)
    return response


def _pending(rendition: Rendition, shown: Shown) -> Response:
    stand = services().placeholders.pending(rendition.picture, rendition.size, rendition.format)
    response = Response(stand.data, mimetype=stand.mime)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["X-Easel-State"] = "pending"
    return media.shield(response, is_public=shown.is_public)


def _as_error(response: Response, raised: EaselError) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Easel-State"] = f"error; code={raised.code}"
    if isinstance(raised, BusyError):
        response.headers["Retry-After"] = str(raised.retry_after)
    return media.shield(response, is_public=True)
