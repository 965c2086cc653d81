"""AUTOMATIC1111's web UI, Forge, SD.Next and sd-server: Stable Diffusion on a machine of one's own.

Settings: `EASEL_A1111__BASE_URL` such as `http://127.0.0.1:7860`, `EASEL_A1111__USERNAME` and
`EASEL_A1111__PASSWORD` where the server was started with `--api-auth`, `EASEL_A1111__TIMEOUT` in
seconds for a picture, `EASEL_A1111__MODELS` with the checkpoints to offer, by comma.
"""

from urllib.parse import urlsplit

from webapp.errors import SettingsError
from webapp.providers.a1111.catalogue import Catalogue
from webapp.providers.a1111.provider import A1111Provider
from webapp.providers.a1111.server import Server
from webapp.providers.base import Setup

__all__ = ["A1111Provider", "a1111_from"]

SECONDS = 600.0


def a1111_from(setup: Setup) -> A1111Provider | None:
    """Return the provider, None where no address is set; raises SettingsError."""
    url = setup.url("base_url").removesuffix("/sdapi/v1").removesuffix("/sdapi")
    if not url:
        return None
    parts = urlsplit(url)
    name, password = setup.text("username"), setup.text("password")
    if "@" in parts.netloc or parts.query or parts.fragment:
        msg = (
            f"{setup.variable('base_url')} must be an address alone. Name and password go into "
            f"{setup.variable('username')} and {setup.variable('password')}."
        )
        raise SettingsError(msg)
    if bool(name) != bool(password) or ":" in name or not (name + password).isprintable():
        msg = (
            f"{setup.variable('username')} and {setup.variable('password')} must be set together, "
            "each on one line, and the name without a colon."
        )
        raise SettingsError(msg)
    server = Server(url, name, password)
    return A1111Provider(server, Catalogue.of(setup), setup.seconds("timeout", SECONDS))
