"""Pictures by OpenAI's API: made from words, from pictures and words, or from pictures alone."""

import base64
from dataclasses import replace

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from webapp.blueprints.v1.asked import PicturesAsked, read
from webapp.blueprints.v1.door import check_addresses, check_scopes
from webapp.blueprints.v1.errors import failed, note_order
from webapp.blueprints.v1.presence import is_there
from webapp.blueprints.v1.sources import Sent, sent
from webapp.errors import GoneError, InvalidError
from webapp.services.catalogue import ModelChoice
from webapp.services.idempotency import Once
from webapp.services.openai.wishes import PictureWish
from webapp.services.pictures import Picture
from webapp.web.addresses import absolute
from webapp.web.api import once, reading
from webapp.web.current import services, signed_in

blueprint = Blueprint("images", __name__, url_prefix="/images")
blueprint.before_request(check_scopes)

NO_PROMPT = "Send a `prompt` that describes the picture."


@blueprint.post("/generations", strict_slashes=False)
def generate() -> ResponseReturnValue:
    """Make pictures from words."""
    asked = read(reading.parsed(reading.raw()))
    _check(asked, by_words=True)
    openai = services().openai
    with openai.place():
        return _made(asked, asked.wish(), openai.model(asked.model or ""), once(asked))


@blueprint.post("/edits", strict_slashes=False)
def edit() -> ResponseReturnValue:
    """Change a picture by words, or make one from several."""
    with services().openai.place(), sent() as brought:
        return _worked_on(brought, by_words=True)


@blueprint.post("/variations", strict_slashes=False)
def vary() -> ResponseReturnValue:
    """Make a picture again, as another one."""
    with services().openai.place(), sent() as brought:
        return _worked_on(brought, by_words=False)


def _worked_on(brought: Sent, *, by_words: bool) -> Response:
    openai, owner, asked = services().openai, signed_in(), brought.asked
    _check(asked, by_words=by_words)
    count = len(brought.pictures)
    model = openai.editor(
        asked.model or "", count, with_mask=brought.mask is not None, by_words=by_words
    )
    mask = None if brought.mask is None else openai.mask(brought.mask)
    kept = [openai.kept(owner, item) for item in brought.pictures]
    wish = replace(
        asked.wish(),
        references=tuple(picture.id for picture in kept),
        source=(kept[0].width, kept[0].height),
        mask=mask,
    )
    return _made(asked, wish, model, once(brought.digest))


def _check(asked: PicturesAsked, *, by_words: bool) -> None:
    if asked.response_format == "url":
        check_addresses()
    if by_words and not asked.prompt:
        raise InvalidError(NO_PROMPT, fields={"prompt": [NO_PROMPT]})


def _made(
    asked: PicturesAsked, wish: PictureWish, model: ModelChoice, key: Once | None
) -> Response:
    """Order pictures, wait for them, and return those that there are, or why there are none."""
    openai, owner = services().openai, signed_in()
    uid = openai.order(owner, wish, model, key)
    note_order()
    view = openai.ended(uid, owner, is_there())
    ready = [picture for picture in view.pictures if picture.is_ready]
    if not ready and view.failed is not None:
        return failed(view.failed, {picture.error_kind for picture in view.pictures})
    if not ready:
        msg = "The pictures have been deleted."
        raise GoneError(msg)
    answer = {
        "created": int(view.created.timestamp()),
        "data": [_picture(picture, asked) for picture in ready],
        "size": f"{ready[0].width}x{ready[0].height}",
        "output_format": asked.output_format or ready[0].format,
    }
    return jsonify(answer)


def _picture(picture: Picture, asked: PicturesAsked) -> dict[str, str]:
    handouts, owner = services().handouts, signed_in()
    told = {"revised_prompt": picture.prompt}
    if asked.response_format == "url":
        path = handouts.path(picture, owner, asked.written)
        return told | {"url": absolute("gallery.index").rstrip("/") + path}
    data = handouts.data(picture, owner, asked.written)
    return told | {"b64_json": base64.b64encode(data).decode()}
