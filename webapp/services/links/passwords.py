"""Passwords of links: hashed as those of accounts are, and compared in constant work."""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.errors import InvalidError

LENGTH = (4, 1024)


class LinkPasswords:
    """Hashes passwords (argon2) and tells the right one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """Return what is kept of a password; raises InvalidError for one of another length."""
        shortest, longest = LENGTH
        if not shortest <= len(password) <= longest:
            msg = f"The password of a link has {shortest} to {longest} characters."
            raise InvalidError(msg, fields={"password": [msg]})
        return self._hasher.hash(_encoded(password))

    def is_right(self, hashed: str, password: str) -> bool:
        """Return whether a password is the one that was hashed."""
        try:
            return self._hasher.verify(hashed, _encoded(password[: LENGTH[1] + 1]))
        except (VerificationError, InvalidHashError):
            return False


def fingerprint(hashed: str) -> str:
    """Return what tells one password's hash from another's and gives nothing of either away."""
    return hashlib.sha256(hashed.encode()).hexdigest()[:16]


def _encoded(text: str) -> bytes:
    """Return a text as bytes, whatever it holds: JSON can bring halves of characters."""
    return text.encode("utf-8", "surrogatepass")
