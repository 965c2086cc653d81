"""Why a provider gave no picture."""

from typing import Literal

from webapp.errors import EaselError

ProviderErrorKind = Literal[
    "auth",
    "permission",
    "quota",
    "rate_limit",
    "blocked",
    "no_image",
    "invalid",
    "no_model",
    "unavailable",
    "network",
    "timeout",
    "bad_response",
    "cancelled",
]
"""Each kind has its own sentence and next step."""


class ProviderError(EaselError):
    """A provider could not make the picture.

    `retry_after` is in seconds where the provider named a delay; `detail` is for the log only, and
    holds no secret. `may_have_cost` is true where the provider may have made, and charged for, a
    picture that did not arrive: such a request is never repeated without asking. `text` is what a
    model wrote instead of a picture.
    """

    def __init__(
        self,
        kind: ProviderErrorKind,
        message: str,
        *,
        retry_after: float | None = None,
        detail: str = "",
        may_have_cost: bool = False,
        text: str = "",
    ) -> None:
        super().__init__(_whole(message), code=kind)
        self.kind = kind
        self.retry_after = retry_after
        self.detail = _whole(detail)
        self.may_have_cost = may_have_cost
        self.text = _whole(text)


def _whole(text: str) -> str:
    """Return a text without half letters: a server's JSON may hold them, no log or page can."""
    return text.encode("utf-8", "replace").decode()
