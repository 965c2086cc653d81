"""Failures that people understand: for each kind a title, a next step, and what can be done."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """What a kind of failure means to a person.

    `can_retry` when the same request may work later, `can_edit` when another prompt or other
    settings may; `is_refusal` when the provider does not want to make the picture.
    """

    kind: str
    title: str
    next_step: str
    can_retry: bool = True
    can_edit: bool = True
    is_refusal: bool = False

    @property
    def is_retried_with_others(self) -> bool:
        """Whether "try all again" means it too.

        What was cancelled or interrupted is decided one by one.
        """
        return self.can_retry and self.kind not in ("cancelled", "interrupted")


_FAILURES = (
    Failure(
        "auth",
        "The key was not accepted",
        "Check the provider's key in the settings, then try again.",
        can_edit=False,
    ),
    Failure(
        "permission",
        "Not allowed with this key",
        "The key may not use this model, or not from here. Check the provider's account, or "
        "choose another model.",
    ),
    Failure(
        "quota",
        "Nothing left at the provider",
        "Check billing at the provider, wait until its quota is renewed, or choose another model.",
    ),
    Failure("rate_limit", "Too many requests", "The provider asks to wait. Try again in a while."),
    Failure(
        "blocked",
        "Refused by the provider",
        "Its rules forbid this prompt or this picture. Say it in other words, then try again.",
        can_retry=False,
        is_refusal=True,
    ),
    Failure(
        "no_image",
        "Text instead of a picture",
        "The model answered in words. Say what the picture shall show, or try again.",
    ),
    Failure(
        "invalid",
        "The request was not understood",
        "Change what the message names, then send it again.",
        can_retry=False,
    ),
    Failure(
        "no_model",
        "There is no such model",
        "It may have been shut down. Choose another model.",
        can_retry=False,
    ),
    Failure(
        "unavailable", "The provider is busy", "It has trouble or too much to do. Try again later."
    ),
    Failure(
        "network",
        "The provider can't be reached",
        "Check the connection, and the provider's address in the settings. Then try again.",
    ),
    Failure(
        "timeout",
        "It took too long",
        "The picture may have been made, and charged, all the same. Try again, or raise the "
        "provider's time-out in the settings.",
    ),
    Failure(
        "bad_response",
        "No usable picture came",
        "The provider sent something that is no picture. Try again; if that happens every time, "
        "check its address in the settings.",
    ),
    Failure("cancelled", "Cancelled", "Try again whenever you want it after all."),
    Failure(
        "interrupted",
        "Easel stopped meanwhile",
        "The picture may have been made, and charged, without arriving here. Easel does not "
        "ask for it twice on its own: try again if you want it, it costs anew.",
    ),
    Failure(
        "reference_gone",
        "A reference picture is gone",
        "It was deleted before its turn came. Choose another one.",
        can_retry=False,
    ),
    Failure("storage_full", "The disk is full", "Make room, then try again.", can_edit=False),
    Failure(
        "exhausted",
        "Given up",
        "It was interrupted too often. Try again.",
        can_edit=False,
    ),
)

UNEXPECTED = Failure(
    "unexpected", "Something went wrong", "Try again; the log has the details.", can_edit=True
)

FAILURES = {failure.kind: failure for failure in _FAILURES}


def failure(kind: str) -> Failure:
    """Return what a kind of failure means; unknown ones are unexpected."""
    return FAILURES.get(kind, UNEXPECTED)
