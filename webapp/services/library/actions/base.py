"""What actions on many images share: the piece that they work on, and what they leave behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.models import Image
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.library.chosen import Failure
from webapp.services.ports import PictureEvents

Before = Mapping[int, Any]
"""By the keys of images, what an action has to know to be undone; it is kept as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What actions have done by others, each in the transaction of the session that it gets."""

    events: PictureEvents
    cancel: Callable[[Session, list[int]], object]
    begin_again: Callable[[Session, Viewer, Sequence[Image]], list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some of an owner's images, in a transaction that holds the owner's row.

    Actions note what they could not do in `failed`, the jobs to be sent in `job_ids`, and in
    `shown` the images of which others may see something else from now on.
    """

    session: Session
    owner: Viewer
    tools: Tools
    rows: Sequence[Image]
    failed: dict[str, Failure] = field(default_factory=dict)
    job_ids: list[int] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)

    def count(self, rows: Sequence[Image]) -> int:
        """Count a change of some images and return its number; 0 where there are none."""
        if not rows:
            return 0
        change = touch(self.session, self.owner.id)
        keys = [row.id for row in rows]
        self.session.execute(update(Image).where(Image.id.in_(keys)).values(change=change))
        return change

    def refuse(self, rows: Sequence[Image], why: Failure) -> None:
        """Note that nothing was done with some images."""
        self.failed.update(dict.fromkeys((row.uid for row in rows), why))


class Action(Protocol):
    """Something that is done to many images.

    `needs` is the name of what it is done with, such as `tag`; empty where it needs nothing.
    """

    @property
    def needs(self) -> str:
        """The field that the target is sent in."""
        ...

    def target(self, text: str) -> str:
        """Return what it is done with as it is kept; raises InvalidError."""
        ...

    def do(self, piece: Piece, target: str) -> Before:
        """Do it to those images that are not so already; return what each of these had before."""
        ...

    def undo(self, piece: Piece, target: str, before: Before) -> int:
        """Bring back what the action changed and nobody has changed since; return how many."""
        ...
