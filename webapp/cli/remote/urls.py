"""`easel sign` on a server elsewhere."""

from typing import Any

from webapp.cli.remote.server import Server
from webapp.cli.remote.told import Signed, read
from webapp.errors import InvalidError


def sign(server: Server, path: str) -> str:
    """Return the signed URL of a path such as `/w_400/ID.webp`."""
    operations, slash, name = path.removeprefix("/").rpartition("/")
    image, _, extension = name.partition(".")
    if not (slash and operations and image) or "/" in operations:
        msg = "Give a path such as '/w_400,fit_cover/Fyj5NgQL7r7.webp'."
        raise InvalidError(msg)
    body: dict[str, Any] = {"image": image, "ops": operations}
    if extension:
        body["format"] = extension
    return read(Signed, server.post("/api/urls", body)).url
