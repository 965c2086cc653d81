"""Addresses of renditions: presets are open to all, any other recipe needs a signature."""

import re
from dataclasses import dataclass

from webapp.errors import ForbiddenError, InvalidError
from webapp.imaging.formats import by_extension
from webapp.imaging.grammar import parse
from webapp.imaging.recipe import Recipe
from webapp.models.base import BASE58, PUBLIC_ID_LENGTH
from webapp.services.renditions.renditions import Renditions
from webapp.services.renditions.signing import Signer

META = "meta"
NAME = re.compile(rf"([{BASE58}]{{{PUBLIC_ID_LENGTH}}})(?:\.([A-Za-z]{{2,5}}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: an image by its id, and a rendition of it.

    `preset` is the name of the preset, empty where the address holds operations.
    """

    uid: str
    extension: str
    recipe: Recipe
    preset: str = ""


class PictureAddresses:
    """Reads and signs the addresses of renditions."""

    def __init__(self, signer: Signer, renditions: Renditions) -> None:
        self._signer = signer
        self._renditions = renditions

    def preset(self, preset: str, name: str) -> Asked:
        """Return what `/t/<preset>/<name>` asks for; raises InvalidError for what is no preset."""
        recipe = self._renditions.preset(preset).recipe()
        uid, _, extension = name.partition(".")
        return Asked(uid, extension, recipe, preset)

    def signed(self, signature: str, path: str) -> Asked:
        """Return what `/i/<signature><path>` asks for.

        Raises ForbiddenError for a signature that is not this path's, InvalidError for operations
        that are none.
        """
        if not self._signer.is_signed(signature, path):
            msg = "The signature of this address is wrong."
            raise ForbiddenError(msg, code="bad_signature")
        return _read(path)

    def sign(self, path: str) -> str:
        """Return `/i/<signature><path>` for a path such as `/w_400,h_300/ID.webp`.

        Raises InvalidError for a path that would be refused.
        """
        path = "/" + path.strip("/")
        _read(path)
        return f"/i/{self.signature(path)}{path}"

    def signature(self, path: str) -> str:
        """Return the signature of whatever stands behind it in an address."""
        return self._signer.sign(path)


def _read(path: str) -> Asked:
    """Return what `/<ops>/<name>` or `/meta/<ops>/<id>` asks for."""
    parts = path.removeprefix("/").removeprefix(f"{META}/").split("/")
    match = NAME.fullmatch(parts[-1])
    if len(parts) != 2 or match is None:
        msg = "An address is operations and an image, such as /w_400,h_300/Fyj5NgQL7r7.webp."
        raise InvalidError(msg, code="invalid_address")
    if match[2]:
        by_extension(match[2])
    return Asked(match[1], match[2] or "", parse(parts[0]))
