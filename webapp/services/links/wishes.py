"""What people ask of a link, and whether that can be."""

from dataclasses import dataclass, field
from datetime import datetime

from webapp.errors import InvalidError
from webapp.models.link import METADATA_POLICIES
from webapp.services.requests import clean

LONGEST_NAME = 120
MOST_VIEWS = 1_000_000_000
LAST_YEAR = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish:
    """A link as somebody wants it. Of `password`, None leaves the one there is, "" wants none.

    `expires` is a moment with its time zone, `max_views` how often its page may be seen.
    """

    name: str = ""
    expires: datetime | None = None
    max_views: int | None = None
    password: str | None = field(default=None, repr=False)
    metadata: str = "none"

    @property
    def expires_ms(self) -> int | None:
        """When it ends, in milliseconds since 1970."""
        return None if self.expires is None else int(self.expires.timestamp() * 1000)


def checked(wish: LinkWish) -> str:
    """Return the name on one line; raises InvalidError that tells every mistake of a wish."""
    name = " ".join(clean(wish.name).split())
    errors: dict[str, list[str]] = {}
    if len(name) > LONGEST_NAME:
        errors["name"] = [f"A name has at most {LONGEST_NAME} characters."]
    if wish.max_views is not None and not 1 <= wish.max_views <= MOST_VIEWS:
        errors["max_views"] = ["Say how often the page may be seen: a number from 1."]
    if wish.metadata not in METADATA_POLICIES:
        errors["metadata"] = [f"Metadata is one of {', '.join(METADATA_POLICIES)}."]
    if wish.expires is not None and (wish.expires.tzinfo is None or wish.expires.year > LAST_YEAR):
        errors["expires"] = ["Give the end as a moment with its time zone: 2027-01-31T12:00:00Z."]
    if errors:
        raise InvalidError(next(iter(errors.values()))[0], fields=errors)
    return name


def check_future(expires_ms: int | None, now: int) -> None:
    """Raise InvalidError for an end that has passed; in milliseconds since 1970."""
    if expires_ms is not None and expires_ms <= now:
        msg = "The end of a link lies in the future."
        raise InvalidError(msg, fields={"expires": [msg]})
