"""Tokens: makes, lists, renames, revokes and checks them."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, select, update

from webapp.errors import ForbiddenError, InvalidError, NotFoundError
from webapp.models import ApiToken, Database, User, now_ms
from webapp.services.accounts import Viewer, digest
from webapp.services.requests import clean
from webapp.services.revisions import Expected, check_revision
from webapp.services.tokens.scopes import ADMIN, checked_scopes
from webapp.services.tokens.values import PREFIX, Bearer, NewToken, TokenInfo, TokenWish

LONGEST_NAME = 64
LARGEST_ID = 2**31 - 1
LAST_YEAR = 9000
NOTED_EVERY_MS = 60_000
MISSING = "There is no such token."


class Tokens:
    """Keeps the tokens of everybody; only their hashes are there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        owner: Viewer,
        name: str,
        scopes: Iterable[str] = ("images:read",),
        days: int | None = None,
    ) -> str:
        """Return a new token of `owner` that ends after some days; the only time that it is seen.

        Raises InvalidError for a name or scopes that can't be.
        """
        expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
        return self._add(owner, TokenWish(name, tuple(scopes), expires)).secret

    def issue(self, owner: Viewer, wish: TokenWish, by: Bearer | None = None) -> NewToken:
        """Return a new token as it is wished for.

        With `by`, it is asked for by a program with that token, and gets no more rights than it: it
        ends with it at the latest. Raises InvalidError for a wish that can't be, ForbiddenError
        for more rights.
        """
        if wish.expires is not None:
            _check_end(wish.expires)
        checked_scopes(owner, wish.scopes)
        if by is not None:
            wish = _within(wish, by)
        return self._add(owner, wish)

    def all(self) -> list[TokenInfo]:
        """Return every token, newest first."""
        return self._listed(_with_owner())

    def own(
        self, owner: Viewer, before: int | None = None, limit: int | None = None
    ) -> list[TokenInfo]:
        """Return a person's tokens, newest first; `before` is the id of the last one seen."""
        mine = _with_owner().where(ApiToken.user_id == owner.id)
        if before is not None:
            mine = mine.where(ApiToken.id < before)
        return self._listed(mine.limit(limit))

    def get(self, token_id: int, owner: Viewer) -> TokenInfo:
        """Return one of a person's tokens; raises NotFoundError for any other."""
        found = self._listed(_own(token_id, owner))
        if not found:
            raise NotFoundError(MISSING)
        return found[0]

    def rename(
        self, token_id: int, owner: Viewer, name: str, expected: Expected = None
    ) -> TokenInfo:
        """Give one of a person's tokens another name, and return it.

        Raises NotFoundError for any other, ChangedError where it is not what was `expected`.
        """
        plain = _checked_name(name)
        with self._database.writing() as session:
            found = session.execute(_own(token_id, owner).with_for_update(of=ApiToken)).first()
            if found is None:
                raise NotFoundError(MISSING)
            row = found[0]
            check_revision(TokenInfo.of(row, owner.name).revision, expected)
            row.name = plain
            return TokenInfo.of(row, owner.name)

    def revoke(self, token_id: int, owner: Viewer | None = None) -> None:
        """End a token, at once and for good; with `owner`, only one of theirs.

        Raises NotFoundError where there is none of that id.
        """
        ended = update(ApiToken).where(ApiToken.id == min(token_id, LARGEST_ID))
        if owner is not None:
            ended = ended.where(ApiToken.user_id == owner.id)
        first = ended.values(revoked_ms=func.coalesce(ApiToken.revoked_ms, now_ms())).returning(
            ApiToken.id
        )
        with self._database.writing() as session:
            if session.scalar(first) is None:
                hint = f"There is no token {token_id}. `easel token list` shows them."
                raise NotFoundError(hint if owner is None else MISSING)

    def check(self, token: str) -> Bearer | None:
        """Return whose token this is, or None when it is unknown, revoked or expired.

        What its owner may no longer do, it does not let anybody do either.
        """
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
        lost = frozenset() if user.role == ADMIN else {ADMIN}
        info = TokenInfo.of(row, user.name)
        return Bearer(Viewer.of(user), frozenset(info.scopes) - lost, info.expires)

    def _add(self, owner: Viewer, wish: TokenWish) -> NewToken:
        scopes, name = checked_scopes(owner, wish.scopes), _checked_name(wish.name)
        secret = PREFIX + secrets.token_urlsafe(32)
        row = ApiToken(
            user_id=owner.id,
            name=name,
            token_hash=digest(secret),
            prefix=secret[: len(PREFIX) + 4],
            scopes=" ".join(scopes),
            expires_ms=None if wish.expires is None else int(wish.expires.timestamp() * 1000),
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            return NewToken(secret, TokenInfo.of(row, owner.name))

    def _listed(self, wanted: Select[ApiToken, str]) -> list[TokenInfo]:
        with self._database.reading() as session:
            found = session.execute(wanted.order_by(ApiToken.id.desc())).all()
        return [TokenInfo.of(row, name) for row, name in found]

    def _note_use(self, row: ApiToken) -> None:
        """Remember the use, at most once a minute, so that reading stays reading."""
        if row.last_used_ms is not None and now_ms() - row.last_used_ms < NOTED_EVERY_MS:
            return
        used = update(ApiToken).where(ApiToken.id == row.id).values(last_used_ms=now_ms())
        with self._database.writing() as session:
            session.execute(used)


def _with_owner() -> Select[ApiToken, str]:
    return select(ApiToken, User.name).join(User, User.id == ApiToken.user_id)


def _own(token_id: int, owner: Viewer) -> Select[ApiToken, str]:
    known = min(token_id, LARGEST_ID)
    return _with_owner().where(ApiToken.id == known, ApiToken.user_id == owner.id)


def _checked_name(name: str) -> str:
    """Return a name on one line; raises InvalidError for none, and for a long one."""
    plain = " ".join(clean(name[: 4 * LONGEST_NAME]).split())
    if 1 <= len(plain) <= LONGEST_NAME:
        return plain
    msg = f"Give the token a name of 1 to {LONGEST_NAME} characters."
    raise InvalidError(msg, fields={"name": [msg]})


def _check_end(expires: datetime) -> None:
    is_known = expires.tzinfo is not None and expires.year < LAST_YEAR
    if not is_known or expires <= datetime.now(UTC):
        msg = "A token ends in the future, at a time with its zone: 2027-01-31T12:00:00Z."
        raise InvalidError(msg, fields={"expires": [msg]})


def _within(wish: TokenWish, by: Bearer) -> TokenWish:
    """Return the wish, which ends when `by` does if it says nothing; raises ForbiddenError."""
    more = [scope for scope in dict.fromkeys(wish.scopes) if scope not in by.scopes]
    if more:
        msg = f"This token can't give rights that it lacks: {', '.join(more)[:200]}."
        raise ForbiddenError(msg, code="more_rights")
    expires = by.expires if wish.expires is None else wish.expires
    if by.expires is not None and expires is not None and expires > by.expires:
        msg = f"This token ends at {by.expires:%Y-%m-%dT%H:%M:%SZ}: it can't make one that lasts."
        raise ForbiddenError(msg, code="more_rights")
    return TokenWish(wish.name, wish.scopes, expires)
