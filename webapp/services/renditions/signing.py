"""Signatures: they limit what work may be asked for. They are never permission to see a picture."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE_LENGTH = 22
"""Characters of base64url: 132 bits, more than the 128 that forging one would have to guess."""


class Signer:
    """Signs paths with the first of its keys, and knows the signatures of all of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            msg = "A signer needs a key."
            raise ValueError(msg)
        self._keys = [key.encode() for key in keys]

    def sign(self, path: str) -> str:
        """Return the signature of a path such as `/w_400,h_300/ID.webp`."""
        return _signature(self._keys[0], path)

    def is_signed(self, signature: str, path: str) -> bool:
        """Return whether a signature is right, in time that does not depend on where it is wrong.

        Every key is tried, so that the time does not tell which one signed either.
        """
        given = signature.encode("utf-8", "replace")
        rights = [hmac.compare_digest(given, _signature(key, path).encode()) for key in self._keys]
        return any(rights)


def _signature(key: bytes, path: str) -> str:
    mac = hmac.new(key, path.encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode()[:SIGNATURE_LENGTH]
