"""Actions on many images at once, in pieces, each with what it takes to undo it."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.errors import InvalidError
from webapp.models import Database, Image, UndoStep
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.jobs import Jobs
from webapp.services.library.actions import ACTIONS, Action, Before, Piece, Tools
from webapp.services.library.album_rows import own_album
from webapp.services.library.chosen import NOT_FOUND, Failure, keys_of, pieces
from webapp.services.library.filters import Filter
from webapp.services.library.finding import Finder

logger = logging.getLogger(__name__)

MOST_IMAGES = 10_000
NOT_REACHED = Failure(
    "not_reached", "Something went wrong before this picture was reached. Do it again for the rest."
)


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How many images an action changed, and why it did nothing with others, by their ids.

    `undo` is the token that takes it back for a day; None where nothing was changed.
    """

    changed: int
    failed: dict[str, Failure] = field(default_factory=dict)
    undo: str | None = None


class Workbench:
    """Opens pieces of work: some of an owner's images, in a transaction of their own.

    `changed` hears the ids of images before and after what others may see of them changes.
    """

    def __init__(
        self, database: Database, jobs: Jobs, tools: Tools, changed: Callable[[str], None]
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._tools = tools
        self._changed = changed

    @contextmanager
    def piece(self, owner: Viewer, choose: Callable[[Session], Sequence[int]]) -> Iterator[Piece]:
        """Give the images whose keys `choose` returns, as far as they are the owner's.

        It is asked within the transaction, when nobody else can change the owner's images.
        """
        with self._database.writing() as session:
            hold_owner(session, owner.id)
            keys = choose(session)
            mine = select(Image).where(Image.id.in_(keys), Image.owner_id == owner.id)
            by_key = {row.id: row for row in session.scalars(mine)}
            rows = [by_key[key] for key in keys if key in by_key]
            piece = Piece(session=session, owner=owner, tools=self._tools, rows=rows)
            yield piece
            session.flush()
            for uid in piece.shown:
                self._changed(uid)
        for uid in piece.shown:
            self._changed(uid)
        self._jobs.send(piece.job_ids)


class Batches:
    """Does actions on many images."""

    def __init__(self, database: Database, finder: Finder, bench: Workbench) -> None:
        self._database = database
        self._finder = finder
        self._bench = bench

    def run(
        self, owner: Viewer, chosen: Sequence[str] | Filter, action: str, target: str = ""
    ) -> BatchOutcome:
        """Do an action to images by their ids, or to all that a filter finds.

        `target` is the tag, album or visibility that it is done with. Each piece of the work is
        done whole or not at all, and can be undone as soon as it is done: where the work breaks off
        after the first change, the rest has failed. Raises InvalidError for
        an action that there is not, a target that can't be, or more than 10,000 images, and
        NotFoundError for an album that is not the owner's own.
        """
        done = _known(action)
        target = done.target(target)
        if done.needs == "album":
            with self._database.reading() as session:
                own_album(session, target, owner)
        images, failed = self._chosen(owner, chosen)
        token, changed, rest = secrets.token_urlsafe(16), 0, dict(images)
        for part in pieces(images):
            try:
                with self._bench.piece(owner, partial(_just, part)) as piece:
                    before = done.do(piece, target)
                    if before:
                        _note(piece, token, action, target, before)
            except Exception:
                if not changed:
                    raise
                logger.exception("The action %s breaks off after %d images", action, changed)
                failed |= dict.fromkeys(rest.values(), NOT_REACHED)
                break
            failed |= piece.failed
            changed += len(before)
            for key in part:
                del rest[key]
        return BatchOutcome(changed, failed, token if changed else None)

    def _chosen(
        self, owner: Viewer, chosen: Sequence[str] | Filter
    ) -> tuple[Mapping[int, str], dict[str, Failure]]:
        """Return the ids of what was chosen by their keys, and those that are not the owner's."""
        if isinstance(chosen, Filter):
            images = self._finder.ids(owner, chosen, MOST_IMAGES + 1)
            _check_few(len(images))
            return images, {}
        uids = list(dict.fromkeys(chosen))
        _check_few(len(uids))
        found: dict[str, int] = {}
        with self._database.reading() as session:
            for part in pieces(uids):
                found |= keys_of(session, owner, part)
        missing = {uid: NOT_FOUND for uid in uids if uid not in found}
        return {key: uid for uid, key in found.items()}, missing


def _known(action: str) -> Action:
    if action not in ACTIONS:
        msg = f"There is no action {action[:40]!r}. There are {', '.join(ACTIONS)}."
        raise InvalidError(msg, fields={"action": [msg]})
    return ACTIONS[action]


def _just(keys: Sequence[int], _session: Session) -> Sequence[int]:
    return keys


def _check_few(count: int) -> None:
    if count > MOST_IMAGES:
        msg = f"An action takes at most {MOST_IMAGES:,} pictures. Choose fewer at a time."
        raise InvalidError(msg, code="too_many_images", fields={"ids": [msg]})


def _note(piece: Piece, token: str, action: str, target: str, before: Before) -> None:
    """Keep what was before, in the transaction that changes it."""
    step = piece.session.get(UndoStep, token)
    if step is None:
        step = UndoStep(token=token, owner_id=piece.owner.id, action=action, before={})
        piece.session.add(step)
    items = [*step.before.get("items", ()), *([key, was] for key, was in before.items())]
    step.before = {"target": target, "items": items}
