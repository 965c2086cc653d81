"""What can go wrong, in sentences fit to show a person; status codes belong to the web."""


class EaselError(Exception):
    """Base of every expected failure; `str(error)` is a sentence a person can act on.

    `code` is a stable, machine-readable name for the kind of failure.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code

    @property
    def message(self) -> str:
        """The sentence itself."""
        return str(self)


class NotFoundError(EaselError):
    """There is no such thing, or the asker may not know of it."""

    code = "not_found"


class GoneError(EaselError):
    """It was here, and was deleted, revoked or has expired."""

    code = "gone"


class InvalidError(EaselError):
    """The input can't be used; `fields` names the fields and their stable error codes."""

    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.fields = fields or {}


class CursorError(InvalidError):
    """A cursor that no page of a list has given; told by the name of its field."""

    def __init__(self) -> None:
        message = "This cursor is none of ours. Begin again without one."
        super().__init__(message, fields={"cursor": [message]})


class CorruptImageError(InvalidError, RuntimeError):
    """The bytes hold no picture that can be shown."""

    code = "invalid_image"


class ForbiddenError(EaselError):
    """The asker is known, and may not do this."""

    code = "forbidden"


class ConflictError(EaselError):
    """Somebody else has changed the same thing meanwhile."""

    code = "conflict"


class ChangedError(EaselError):
    """What was to be changed is not any more what the asker has seen."""

    code = "changed"

    def __init__(self) -> None:
        super().__init__(
            "This has been changed meanwhile. Get it again, and send its new ETag as If-Match."
        )


class TooLargeError(EaselError):
    """More bytes or pixels than the settings allow."""

    code = "too_large"


class StorageFullError(EaselError):
    """The disk has no room left for this."""

    code = "storage_full"


class BusyError(EaselError):
    """Too much is going on right now; `retry_after` is in seconds."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OverloadedError(BusyError):
    """More pictures are being asked for than can be rendered."""

    code = "overloaded"

    def __init__(self, message: str = "Too many pictures are being rendered.") -> None:
        super().__init__(message, retry_after=2)


class UpstreamError(EaselError):
    """Another server, which was asked on somebody's behalf, did not answer as it should."""

    code = "bad_upstream"


class UpstreamTimeoutError(EaselError):
    """Another server, which was asked on somebody's behalf, did not answer in time."""

    code = "upstream_timeout"


class OverBudgetError(EaselError):
    """The work would cost more than may be spent."""

    code = "over_budget"


class SettingsError(EaselError):
    """The settings have mistakes; the message lists all of them."""

    code = "settings"


class AlreadyRunningError(EaselError):
    """Another `easel serve` holds the data directory."""

    code = "already_running"
