"""Actions on many images at once, and taking them back."""

from typing import Literal

from pydantic import Field

from webapp.errors import InvalidError
from webapp.services.library import Filter
from webapp.services.library.actions import ACTIONS
from webapp.services.library.batches import MOST_IMAGES
from webapp.web.api import (
    GENERATE,
    WRITE_ALBUMS,
    WRITE_IMAGES,
    Asked,
    Reply,
    Text,
    Told,
    operation,
    resource,
)
from webapp.web.api.door import check_scope
from webapp.web.current import services, signed_in

blueprint = resource("batches", "")

SCOPES = {
    "add_to_album": WRITE_ALBUMS,
    "remove_from_album": WRITE_ALBUMS,
    "retry": GENERATE,
}
"""What some actions need beside `images:write`."""

TARGETS = ("tag", "album", "visibility")


class BatchAsked(Asked):
    """What is to be done, and to which images: `ids`, or all that a `query` finds."""

    action: Literal[
        "delete",
        "restore",
        "tag",
        "untag",
        "add_to_album",
        "remove_from_album",
        "set_visibility",
        "retry",
    ]
    ids: list[str] | None = Field(default=None, max_length=MOST_IMAGES)
    query: str | None = Field(
        default=None,
        description="As in the address of the list, such as `q=lake&tag=sea`, or `all=1` for "
        f"everything outside the trash; at most {MOST_IMAGES:,} images.",
    )
    tag: Text | None = Field(default=None, description="For `tag` and `untag`.")
    album: str | None = Field(default=None, description="For `add_to_album` and its reverse.")
    visibility: str | None = Field(default=None, description="For `set_visibility`.")


class BatchFailure(Told):
    """Why nothing was done with an image."""

    code: str
    message: str


class BatchTold(Told):
    """What was done. What was so already is neither changed nor failed."""

    changed: int
    failed: dict[str, BatchFailure] = Field(description="By the ids of images.")
    undo: str | None = Field(
        description="`POST /api/undo/<undo>` takes it back, for a day; null if nothing changed."
    )


class Undone(Told):
    """What was taken back."""

    changed: int = Field(description="How many images are as they were before.")


@blueprint.post("/images/batch")
@operation(WRITE_IMAGES, {200: BatchTold})
def create(json: BatchAsked) -> Reply:
    """Do something to many images at once; the token that is answered takes it back."""
    _check_scope(json.action)
    outcome = services().library.batches.run(signed_in(), _chosen(json), json.action, _target(json))
    failed = {
        uid: BatchFailure(code=why.code, message=why.message) for uid, why in outcome.failed.items()
    }
    return BatchTold(changed=outcome.changed, failed=failed, undo=outcome.undo)


@blueprint.post("/undo/<token>")
@operation(WRITE_IMAGES, {200: Undone}, refuses=(410,))
def undo(token: str) -> Reply:
    """Take back what an action changed, but not what was changed since.

    It needs the scopes that the action needed.
    """
    undoer = services().library.undoer
    _check_scope(undoer.action(token, signed_in()))
    return Undone(changed=undoer.undo(token, signed_in()))


def _check_scope(action: str) -> None:
    if action in SCOPES:
        check_scope(SCOPES[action])


def _chosen(json: BatchAsked) -> list[str] | Filter:
    if json.ids is not None and json.query is None:
        return json.ids
    if json.query is not None and json.ids is None:
        try:
            return Filter.parse(json.query)
        except InvalidError as error:  # its filters are no fields of this body
            raise InvalidError(str(error), fields={"query": [str(error)]}) from None
    msg = "Choose the images by ids or by a query: one of the two."
    raise InvalidError(msg, fields={"ids": [msg]})


def _target(json: BatchAsked) -> str:
    """Return what the action is done with; what it has no use for is refused."""
    needed = ACTIONS[json.action].needs
    sent = {name: getattr(json, name) for name in TARGETS if getattr(json, name) is not None}
    useless = [name for name in sent if name != needed]
    if useless:
        msg = f"The action {json.action} is done without {useless[0]}."
        raise InvalidError(msg, fields={useless[0]: [msg]})
    if needed and not sent:
        msg = f"The action {json.action} needs {needed}."
        raise InvalidError(msg, fields={needed: [msg]})
    return str(sent.get(needed, ""))
