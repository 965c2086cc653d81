"""Revisions: what names the state of something, so that nobody changes another one by mistake."""

from collections.abc import Collection

from webapp.errors import ChangedError

Expected = Collection[str] | None
"""The revisions that a change is meant for, None where it is meant for any."""


def check_revision(current: str, expected: Expected) -> None:
    """Raise ChangedError unless a change is meant for what is there now.

    Call it in the transaction that changes, once its row or owner is held.
    """
    if expected is not None and current not in expected:
        raise ChangedError
