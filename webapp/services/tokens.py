"""API tokens: made once, shown once, kept as hashes, limited to scopes."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from webapp.errors import InvalidError, NotFoundError
from webapp.models import ApiToken, Database, User, now_ms
from webapp.services.accounts import Viewer, digest
from webapp.services.pictures import moment

PREFIX = "easel_"
SCOPES = (
    "images:read",
    "images:write",
    "generate",
    "albums:write",
    "templates:write",
    "links:write",
    "admin",
)
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What may be known of a token after it was made."""

    id: int
    name: str
    owner: str
    prefix: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever shows a good token, and what it lets them do."""

    viewer: Viewer
    scopes: frozenset[str]


class Tokens:
    """Makes, lists, revokes and checks API tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        owner: Viewer,
        name: str,
        scopes: Iterable[str] = ("images:read",),
        days: int | None = None,
    ) -> str:
        """Return a new token of `owner`; the only time that it is seen."""
        wanted = tuple(dict.fromkeys(scopes))
        unknown = [scope for scope in wanted if scope not in SCOPES]
        if unknown or not wanted:
            msg = f"Unknown scope: {', '.join(unknown)}. Scopes are {', '.join(SCOPES)}."
            raise InvalidError(msg, fields={"scopes": ["unknown"]})
        if "admin" in wanted and owner.role != "admin":
            msg = "Only an admin's token can have the scope admin."
            raise InvalidError(msg, fields={"scopes": ["forbidden"]})
        token = PREFIX + secrets.token_urlsafe(32)
        row = ApiToken(
            user_id=owner.id,
            name=name[:64],
            token_hash=digest(token),
            prefix=token[: len(PREFIX) + 4],
            scopes=" ".join(wanted),
            expires_ms=None if days is None else now_ms() + days * DAY_MS,
        )
        with self._database.writing() as session:
            session.add(row)
        return token

    def all(self) -> list[TokenInfo]:
        """Return every token, newest first."""
        rows = select(ApiToken, User.name).join(User, User.id == ApiToken.user_id)
        with self._database.reading() as session:
            found = session.execute(rows.order_by(ApiToken.id.desc())).all()
        return [_info(row, owner) for row, owner in found]

    def revoke(self, token_id: int) -> None:
        """End a token; raises NotFoundError when there is none of that id."""
        ended = (
            update(ApiToken)
            .where(ApiToken.id == token_id)
            .values(revoked_ms=now_ms())
            .returning(ApiToken.id)
        )
        with self._database.writing() as session:
            if session.scalar(ended) is None:
                msg = f"There is no token {token_id}. `easel token list` shows them."
                raise NotFoundError(msg)

    def check(self, token: str) -> Bearer | None:
        """Return whose token this is, or None when it is unknown, revoked or expired."""
        good = (
            select(ApiToken, User)
            .join(User, User.id == ApiToken.user_id)
            .where(ApiToken.token_hash == digest(token), ApiToken.revoked_ms.is_(None))
            .where((ApiToken.expires_ms.is_(None)) | (ApiToken.expires_ms > now_ms()))
        )
        with self._database.reading() as session:
            found = session.execute(good).first()
        if found is None:
            return None
        row, user = found
        self._note_use(row)
        return Bearer(Viewer.of(user), frozenset(row.scopes.split()))

    def _note_use(self, row: ApiToken) -> None:
        """Remember the use, at most once a minute, so that reading stays reading."""
        if row.last_used_ms is not None and now_ms() - row.last_used_ms < 60_000:
            return
        with self._database.writing() as session:
            session.execute(
                update(ApiToken).where(ApiToken.id == row.id).values(last_used_ms=now_ms())
            )


def _info(row: ApiToken, owner: str) -> TokenInfo:
    return TokenInfo(
        id=row.id,
        name=row.name,
        owner=owner,
        prefix=row.prefix,
        scopes=tuple(row.scopes.split()),
        created=moment(row.created_ms),
        expires=None if row.expires_ms is None else moment(row.expires_ms),
        last_used=None if row.last_used_ms is None else moment(row.last_used_ms),
        is_revoked=row.revoked_ms is not None,
    )
