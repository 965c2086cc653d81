"""Renditions by URL: the pictures in our pages and in other people's."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError, NotFoundError
from webapp.services.links.names import Named
from webapp.services.renditions.addresses import META, Asked
from webapp.web import rendered
from webapp.web.current import services, viewer
from webapp.web.rendered import Shown

blueprint = Blueprint("media", __name__)


@blueprint.get("/t/<preset>/<name>")
def thumb(preset: str, name: str) -> ResponseReturnValue:
    """Send a rendition by the name of a preset, or what stands in for it."""
    try:
        asked = services().addresses.preset(preset, name)
    except EaselError as error:
        return rendered.error(error)
    return rendered.answer(asked, _found, version=request.args.get("v"))


@blueprint.get("/i/<signature>/<ops>/<name>")
def image(signature: str, ops: str, name: str) -> ResponseReturnValue:
    """Send a rendition by its operations, which somebody with a key has signed."""
    try:
        asked = services().addresses.signed(signature, f"/{ops}/{name}")
    except EaselError as error:
        return rendered.error(error)
    return rendered.answer(asked, _found, version=asked.recipe.version)


@blueprint.get("/i/<signature>/meta/<ops>/<name>")
def meta(signature: str, ops: str, name: str) -> ResponseReturnValue:
    """Say what a rendition would be and what can stand for it, without rendering it."""
    try:
        asked = services().addresses.signed(signature, f"/{META}/{ops}/{name}")
        named = _named(asked.uid)
        rendition = rendered.planned(named.picture, asked)
    except EaselError as error:
        return rendered.problem(error)
    picture = named.picture
    width, height = rendition.size
    answer = jsonify(
        id=asked.uid,
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
    answer.headers["Cache-Control"] = "no-cache" if named.is_public else "private, no-cache"
    return answer


def _found(asked: Asked) -> Shown:
    """Return what an address shows to whoever asks; what a link opened is counted."""
    named = _named(asked.uid)
    grant = named.grant
    if grant is None:
        return Shown(named.picture, is_public=named.is_public)
    if request.method == "GET":
        services().sharing.hits.note(grant.row, request.headers.get("Referer", ""))
    return Shown(named.picture, is_public=True, seconds=grant.seconds_left(rendered.MINUTE))


def _named(uid: str) -> Named:
    """Return a picture that the asker may see; who that is matters for private ones alone.

    A public answer must not depend on cookies, or shared caches could not keep it.
    """
    try:
        return services().sharing.names.find(uid)
    except EaselError as error:
        person = viewer()
        if person is None:
            raise
        try:
            return Named(services().known_pictures.get(uid, person))
        except NotFoundError:
            raise error from None
