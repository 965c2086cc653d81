"""What has happened since an action: what it must leave alone when it is undone.

Each change of a visibility or a tag has the owner's change number in it, as its mark. One with a
higher mark is newer, whoever made it: another action, whose own step says so, or somebody by hand,
of which a note is kept as long as there is an action that could be undone.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Image, UndoStep, now_ms

VALID_MS = 24 * 3600 * 1000
"""So long an action can be undone."""

HAND_VISIBILITY, HAND_TAG = "hand_visibility", "hand_tag"
RIVALS: Mapping[str, Sequence[str]] = {
    "set_visibility": ("set_visibility", HAND_VISIBILITY),
    "tag": ("tag", "untag", HAND_TAG),
    "untag": ("tag", "untag", HAND_TAG),
}
"""By actions, what changes the same thing; the items of all of these end in a mark."""

Item = tuple[int, Any]
"""The key of an image, and what it had before."""


def still_fresh(session: Session, step: UndoStep, items: Iterable[Item]) -> dict[int, Any]:
    """Return those items of an action that nothing has changed since, by the keys of images."""
    mine: dict[int, Any] = dict(items)
    rivals = select(UndoStep.before).where(
        UndoStep.owner_id == step.owner_id,
        UndoStep.action.in_(RIVALS.get(step.action, ())),
        UndoStep.created_ms >= step.created_ms,
        UndoStep.token != step.token,
    )
    for before in session.scalars(rivals) if step.action in RIVALS else ():
        if step.action != "set_visibility" and before["target"] != step.before["target"]:
            continue
        for key, (*_, mark) in before["items"]:
            if key in mine and mark > mine[key][-1]:
                del mine[key]
    return mine


def note_visibility(session: Session, image: Image) -> None:
    """Note that somebody has chosen who may see an image, once its change is counted."""
    _note(session, image, "set_visibility", HAND_VISIBILITY, [""])


def note_tags(session: Session, image: Image, tags: Collection[str]) -> None:
    """Note that somebody has given an image some tags, or taken them, once that is counted."""
    _note(session, image, "tag", HAND_TAG, tags)


def _note(
    session: Session, image: Image, action: str, by_hand: str, targets: Collection[str]
) -> None:
    actions = [name for name in RIVALS[action] if name in RIVALS]
    can_be_undone = select(UndoStep.token).where(
        UndoStep.created_ms >= now_ms() - VALID_MS,
        UndoStep.owner_id == image.owner_id,
        UndoStep.action.in_(actions),
    )
    if targets and session.scalar(can_be_undone.limit(1)) is not None:
        session.add_all(
            UndoStep(
                token=secrets.token_urlsafe(16),
                owner_id=image.owner_id,
                action=by_hand,
                before={"target": target, "items": [[image.id, [image.change]]]},
            )
            for target in targets
        )
