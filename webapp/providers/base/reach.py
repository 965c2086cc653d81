"""What comes of reaching for an address that somebody else named."""

from dataclasses import dataclass
from typing import Literal

from webapp.errors import EaselError

DownloadCode = Literal["address", "private", "unreachable", "refused", "too_large", "timeout"]
PostCode = Literal["address", "private", "unreachable", "timeout"]


class DownloadError(EaselError):
    """A file could not be fetched.

    The code: `address` is no http(s) address that can be used, `private` leads into a network that
    is not public, `unreachable` nobody answers, `refused` the answer is no file, `too_large`,
    `timeout`. The message names neither address nor answer.
    """

    def __init__(self, code: DownloadCode, message: str) -> None:
        super().__init__(message, code=code)


class PostError(EaselError):
    """Nobody could be told.

    The code: `address` is no http(s) address that can be used, `private` leads into a network that
    is not public, `unreachable` nobody answers, `timeout` nobody did in time.
    """

    def __init__(self, message: str, *, code: PostCode) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said: its status, and the beginning of its body."""

    status: int
    body: bytes
