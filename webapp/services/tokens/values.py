"""Tokens as pages, the API and commands are given them."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Self

from webapp.models import ApiToken
from webapp.services.accounts import Viewer
from webapp.services.pictures import moment, moment_or_none

PREFIX = "easel_"
State = Literal["active", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What may be known of a token after it was made. Times are in UTC."""

    id: int
    name: str
    owner: str
    prefix: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    is_revoked: bool

    @property
    def state(self) -> State:
        """Whether it can be used, or why it can't."""
        if self.is_revoked:
            return "revoked"
        is_over = self.expires is not None and self.expires <= datetime.now(UTC)
        return "expired" if is_over else "active"

    @property
    def revision(self) -> str:
        """What names this state of it among those that changes make."""
        return hashlib.sha256(f"{self.is_revoked} {self.name}".encode()).hexdigest()[:16]

    @classmethod
    def of(cls, row: ApiToken, owner: str) -> Self:
        """Return the value of a row."""
        return cls(
            id=row.id,
            name=row.name,
            owner=owner,
            prefix=row.prefix,
            scopes=tuple(row.scopes.split()),
            created=moment(row.created_ms),
            expires=moment_or_none(row.expires_ms),
            last_used=moment_or_none(row.last_used_ms),
            is_revoked=row.revoked_ms is not None,
        )


@dataclass(frozen=True, slots=True)
class TokenWish:
    """A token as somebody wants it; one that never `expires` has None."""

    name: str
    scopes: tuple[str, ...]
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made just now: the only time that its `secret` is there."""

    secret: str = field(repr=False)
    info: TokenInfo


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever shows a good token, and what it lets them do until it `expires`."""

    viewer: Viewer
    scopes: frozenset[str]
    expires: datetime | None = None
