"""Pictures that are brought: as a file, as base64, or by their address."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, get_args

from webapp.blueprints.api.image_models import UploadedImage, Visibility, image
from webapp.blueprints.api.images import blueprint
from webapp.errors import CorruptImageError
from webapp.services.images.changes import checked_visibility
from webapp.services.images.kept import Kept
from webapp.web.addresses import absolute
from webapp.web.api import WRITE_IMAGES, Reply, operation, with_etag
from webapp.web.api.door import check_form
from webapp.web.current import services, signed_in
from webapp.web.uploads import received

INVALID = {"image": ["invalid_image"]}
TEXTS: Mapping[str, Any] = {
    "filename": {"type": "string", "description": "What the file is called."},
    "prompt": {"type": "string", "description": "What the picture shows."},
    "visibility": {
        "enum": list(get_args(Visibility)),
        "description": "Who may see it; `private` where nothing is said. What is there already "
        "stays as it is.",
    },
    "url": {"type": "string", "description": "Where to fetch the picture, instead of `image`."},
}
FORM: Mapping[str, Any] = {
    "type": "object",
    "properties": {"image": {"type": "string", "contentMediaType": "image/*"}, **TEXTS},
}
TEXT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "image": {"type": "string", "description": "Base64, or a data URI."},
        **TEXTS,
    },
}
BODIES = {
    "multipart/form-data": FORM,
    "application/x-www-form-urlencoded": TEXT,
    "application/json": TEXT,
}


@blueprint.post("")
@operation(WRITE_IMAGES, {201: UploadedImage}, refuses=(413, 422, 502, 504, 507), bodies=BODIES)
def create() -> Reply:
    """Keep a picture; the very same one is kept once, and told as `duplicate`."""
    return _created()


@blueprint.post("/create")
@operation(WRITE_IMAGES, {201: UploadedImage}, refuses=(413, 422, 502, 504, 507), bodies=BODIES)
def create_too() -> Reply:
    """Keep a picture, as `POST /api/images` does."""
    return _created()


def _created() -> Reply:
    kept = _kept()
    told = UploadedImage(**image(kept.picture).model_dump(), duplicate=not kept.is_new)
    response = with_etag(told, kept.picture.revision, 201)
    response.headers["Location"] = absolute("api.images.show", uid=kept.picture.id)
    return response


def _kept() -> Kept:
    """Keep the one picture that was sent; raises InvalidError for none, or for more than one."""
    with received() as sent, ExitStack() as stack:
        check_form(sent.text("csrf_token"))
        files = list(sent.files)
        if sent.url:
            files.append(stack.enter_context(services().uploads.fetched(sent.url)))
        if len(files) != 1:
            msg = "Send one picture: a file or base64 in the field image, or its address in url."
            raise CorruptImageError(msg, fields=INVALID)
        visibility = sent.text("visibility")
        if visibility:
            checked_visibility(visibility)  # before anything is kept
        kept = services().images.keep(
            signed_in(),
            files[0].path,
            prompt=sent.text("prompt"),
            filename=sent.text("filename") or files[0].name,
        )
    return _shown(kept, visibility) if visibility and kept.is_new else kept


def _shown(kept: Kept, visibility: str) -> Kept:
    """Let those see a picture whom its upload names."""
    picture = services().images.set_visibility(kept.picture.id, signed_in(), visibility)
    return replace(kept, picture=picture)
