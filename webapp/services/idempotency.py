"""Idempotency keys: what is sent twice with the same key within a day is started once."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.errors import ConflictError, InvalidError
from webapp.models import IdempotencyKey, now_ms

KEPT_MS = 24 * 3600 * 1000
Rows = tuple[tuple[int, tuple[str, ...]], ...]
"""What each row of a table has started, by the row's number."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Once:
    """A key, and a digest of what was sent with it.

    Of a table, `rows` are the numbers of its rows, each with how many generations it starts.
    """

    key: str
    digest: str
    rows: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, key: str, *sent: str) -> "Once":
        """Return what stands for some texts; raises InvalidError for what can't be a key."""
        if not _KEY.fullmatch(key):
            msg = "An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID."
            raise InvalidError(msg, code="invalid_idempotency_key")
        digest = hashlib.sha256()
        for text in sent:
            data = text.encode("utf-8", "replace")
            digest.update(b"%d:" % len(data) + data)
        return cls(key, digest.hexdigest())


class RepeatedError(ConflictError):
    """The same was sent with the same key before; `generations` are the ids of what it started.

    Where that was a table, `rows` tell which of its rows has started which.
    """

    code = "repeated"

    def __init__(self, generations: Sequence[str], rows: Rows = ()) -> None:
        super().__init__("This was sent before, with the same Idempotency-Key.")
        self.generations = tuple(generations)
        self.rows = rows


def paired(counts: Sequence[tuple[int, int]], generations: Sequence[str]) -> Rows:
    """Return which row has started which; raises ValueError where not every id has its row."""
    if sum(count for _, count in counts) != len(generations):
        msg = "The rows have not started as many generations as they make."
        raise ValueError(msg)
    ids = iter(generations)
    return tuple((number, tuple(islice(ids, count))) for number, count in counts)


def check_new(session: Session, owner_id: int, once: Once) -> None:
    """Let through what was not sent before; raises RepeatedError for what was.

    Raises ConflictError where the key came with something else. Of two that ask at once, one has to
    wait: call it in the transaction that starts the work, after its owner's row was locked.
    """
    row = session.get(IdempotencyKey, (owner_id, once.key))
    if row is None or row.created_ms < now_ms() - KEPT_MS:
        return
    if row.digest != once.digest:
        msg = (
            "This Idempotency-Key came with another request within the last 24 hours. "
            "Send a new key with each new request."
        )
        raise ConflictError(msg, code="idempotency_key_reused")
    raise _repeated(row.generations)


def note(session: Session, owner_id: int, once: Once, generations: Sequence[str]) -> None:
    """Remember, in the caller's transaction, what a key has started; forget what is too old."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_ms < now_ms() - KEPT_MS))
    started = paired(once.rows, generations) if once.rows else generations
    session.add(
        IdempotencyKey(
            owner_id=owner_id, key=once.key, digest=once.digest, generations=list(started)
        )
    )


def _repeated(started: Sequence[Any]) -> RepeatedError:
    """Return the error for what was noted: ids, or of a table rows with theirs."""
    if not all(isinstance(item, list) for item in started):
        return RepeatedError(started)
    rows = tuple((number, tuple(ids)) for number, ids in started)
    return RepeatedError([uid for _, ids in rows for uid in ids], rows)
