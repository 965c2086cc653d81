"""Accounts: who there is, and how they prove it with a password, a link or a session."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.models import Database, SignInLink, User, UserSession, now_ms

OWNER = "owner"
ROLES = ("admin", "member")
THEMES = ("system", "light", "dark")
LINK_LIFETIME_MS = 24 * 3600 * 1000
SESSION_LIFETIME_MS = 30 * 24 * 3600 * 1000
PASSWORD_LENGTH = (8, 1024)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is signed in. `change` is their change counter when they were looked up."""

    id: int
    name: str
    role: str
    theme: str = "system"
    has_password: bool = False
    change: int = field(default=0, compare=False)

    @classmethod
    def of(cls, row: User) -> Self:
        """Return the value of a row."""
        has_password = row.password_hash is not None
        return cls(row.id, row.name, row.role, row.theme, has_password, row.change)


class Accounts:
    """Keeps people, their passwords (argon2), their sign-in links and their sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hasher = PasswordHasher()
        self._dummy_hash = ""

    def ensure_owner(self) -> bool:
        """Make the owner's account when nobody has one yet; say whether it was made."""
        with self._database.writing() as session:
            if session.scalar(select(User.id).limit(1)) is not None:
                return False
            session.add(User(name=OWNER, role="admin"))
            return True

    def create(self, name: str, role: str = "member", password: str | None = None) -> Viewer:
        """Make an account. Raises InvalidError for a name that is taken or can't be one."""
        _check_name(name)
        _check_role(role)
        hashed = None if password is None else self._hash(password)
        with self._database.writing() as session:
            if _by_name(session, name) is not None:
                msg = f"There is already a user called {name}."
                raise InvalidError(msg, fields={"username": ["taken"]})
            row = User(name=name, role=role, password_hash=hashed)
            session.add(row)
            session.flush()
            return Viewer.of(row)

    def all(self) -> list[Viewer]:
        """Return everybody, by name."""
        with self._database.reading() as session:
            return [Viewer.of(row) for row in session.scalars(select(User).order_by(User.name))]

    def named(self, name: str) -> Viewer:
        """Return the person of a name, or raise NotFoundError."""
        with self._database.reading() as session:
            return Viewer.of(_require(session, name))

    def set_role(self, name: str, role: str) -> None:
        """Change a person's role; the last admin stays one."""
        _check_role(role)
        with self._database.writing() as session:
            row = _require(session, name)
            others = select(User.id).where(User.role == "admin", User.id != row.id)
            if role != "admin" and session.scalar(others.limit(1)) is None:
                msg = f"{name} is the only admin. Make somebody else one first."
                raise InvalidError(msg)
            row.role = role

    def set_theme(self, viewer: Viewer, theme: str) -> None:
        """Remember how a person wants pages to look."""
        if theme not in THEMES:
            msg = f"A theme is one of {', '.join(THEMES)}."
            raise InvalidError(msg, fields={"theme": ["invalid"]})
        with self._database.writing() as session:
            session.execute(update(User).where(User.id == viewer.id).values(theme=theme))

    def set_password(self, name: str, password: str, *, keep_session: str | None = None) -> None:
        """Give a person a new password and sign out their other browsers."""
        hashed = self._hash(password)
        with self._database.writing() as session:
            row = _require(session, name)
            row.password_hash = hashed
            others = delete(UserSession).where(UserSession.user_id == row.id)
            if keep_session is not None:
                others = others.where(UserSession.key_hash != digest(keep_session))
            session.execute(others)

    def check_password(self, name: str, password: str) -> Viewer | None:
        """Return the person if the password is theirs.

        An unknown name takes as long as a wrong password, so that neither tells on the other.
        """
        with self._database.reading() as session:
            row = _by_name(session, name)
        known = row.password_hash if row is not None else None
        try:
            self._hasher.verify(known or self._dummy(), _encoded(password))
        except (VerificationError, InvalidHashError):
            return None
        return Viewer.of(row) if row is not None and known else None

    def sign_in_link(self, name: str | None = None) -> str:
        """Return the token of a new single-use link, for the first admin unless named."""
        token = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            row = _require(session, name) if name else _first_admin(session)
            session.execute(delete(SignInLink).where(SignInLink.expires_ms < now_ms()))
            session.add(
                SignInLink(
                    user_id=row.id,
                    token_hash=digest(token),
                    expires_ms=now_ms() + LINK_LIFETIME_MS,
                )
            )
        return token

    def redeem(self, token: str) -> Viewer:
        """Use up a sign-in link and return whose it was; raises GoneError if it can't be used."""
        used = (
            update(SignInLink)
            .where(SignInLink.token_hash == digest(token), SignInLink.used_ms.is_(None))
            .where(SignInLink.expires_ms > now_ms())
            .values(used_ms=now_ms())
            .returning(SignInLink.user_id)
        )
        with self._database.writing() as session:
            user_id = session.scalar(used)
            if user_id is None:
                msg = "This sign-in link has been used or has expired."
                raise GoneError(msg, code="link_gone")
            return Viewer.of(session.get_one(User, user_id))

    def open_session(self, viewer: Viewer) -> str:
        """Return the key of a new session, to be kept by the browser."""
        key = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            session.execute(delete(UserSession).where(UserSession.expires_ms < now_ms()))
            session.add(
                UserSession(
                    user_id=viewer.id,
                    key_hash=digest(key),
                    expires_ms=now_ms() + SESSION_LIFETIME_MS,
                )
            )
        return key

    def viewer_of(self, key: str) -> Viewer | None:
        """Return who a session belongs to, or None when it has ended."""
        wanted = (
            select(User)
            .join(UserSession, UserSession.user_id == User.id)
            .where(UserSession.key_hash == digest(key), UserSession.expires_ms > now_ms())
        )
        with self._database.reading() as session:
            row = session.scalar(wanted)
            return None if row is None else Viewer.of(row)

    def close_session(self, key: str) -> None:
        """End a session, wherever its key has got to."""
        with self._database.writing() as session:
            session.execute(delete(UserSession).where(UserSession.key_hash == digest(key)))

    def _hash(self, password: str) -> str:
        shortest, longest = PASSWORD_LENGTH
        if not shortest <= len(password) <= longest:
            msg = f"A password has {shortest} to {longest} characters."
            raise InvalidError(msg, fields={"new_password": ["length"]})
        return self._hasher.hash(_encoded(password))

    def _dummy(self) -> str:
        """Return a hash of nothing anybody knows, made once and only when needed."""
        if not self._dummy_hash:
            self._dummy_hash = self._hasher.hash(secrets.token_urlsafe(16))
        return self._dummy_hash


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret, in hex; what is kept instead of the secret."""
    return hashlib.sha256(_encoded(secret)).hexdigest()


def _encoded(text: str) -> bytes:
    """Return a text as bytes, whatever it holds: JSON can bring halves of characters."""
    return text.encode("utf-8", "surrogatepass")


def _by_name(session: Session, name: str) -> User | None:
    """Return the person of a name; what can't be a name is never shown to the database."""
    if not NAME.fullmatch(name):
        return None
    return session.scalar(select(User).where(User.name == name))


def _require(session: Session, name: str) -> User:
    row = _by_name(session, name)
    if row is None:
        msg = f"There is no user called {name}."
        raise NotFoundError(msg)
    return row


def _first_admin(session: Session) -> User:
    row = session.scalar(select(User).where(User.role == "admin").order_by(User.id).limit(1))
    if row is None:
        msg = "There is no account yet. Start Easel once with `easel serve`."
        raise NotFoundError(msg)
    return row


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        msg = "A user name has 1 to 64 letters, digits, dots, dashes and underscores."
        raise InvalidError(msg, fields={"username": ["invalid"]})


def _check_role(role: str) -> None:
    if role not in ROLES:
        msg = f"A role is one of {', '.join(ROLES)}."
        raise InvalidError(msg, fields={"role": ["invalid"]})
