"""What webhooks can be told of."""

from collections.abc import Mapping, Sequence

from webapp.errors import InvalidError

GENERATION_SUCCEEDED, GENERATION_FAILED = "generation.succeeded", "generation.failed"
IMAGE_CREATED, IMAGE_DELETED = "image.created", "image.deleted"
PING = "ping"
"""Told to one webhook when somebody wants to see whether it works."""

EVENTS: Mapping[str, str] = {
    GENERATION_SUCCEEDED: "Every picture of a generation is there.",
    GENERATION_FAILED: "A generation has ended, and at least one picture could not be made.",
    IMAGE_CREATED: "A picture is ready: made, edited, uploaded or imported.",
    IMAGE_DELETED: "A picture was moved to the trash, or deleted for good without it.",
}
"""The events that can be chosen, each with a sentence."""


def checked(names: Sequence[str]) -> list[str]:
    """Return chosen events in the order of the list; raises InvalidError."""
    unknown = sorted(set(names) - EVENTS.keys())
    if unknown:
        msg = f"There is no event {unknown[0][:64]}. Events are {', '.join(EVENTS)}."
        raise InvalidError(msg, fields={"events": [msg]})
    if not names:
        msg = "Choose at least one event."
        raise InvalidError(msg, fields={"events": [msg]})
    return [name for name in EVENTS if name in names]
