"""OpenAI, and every server that speaks its API for pictures: LocalAI, Ollama, LiteLLM, sd-server.

Settings: `EASEL_OPENAI__API_KEY`, `EASEL_OPENAI__BASE_URL` (OpenAI's own where it is not set),
`EASEL_OPENAI__TIMEOUT` in seconds for a picture, `EASEL_OPENAI__MODELS`, the ids to offer first.
"""

from urllib.parse import urlsplit

from webapp.errors import SettingsError
from webapp.providers.base import Setup
from webapp.providers.openai.catalogue import offered
from webapp.providers.openai.provider import OpenAIProvider
from webapp.providers.openai.server import OPENAI, Server

__all__ = ["OpenAIProvider", "openai_from"]

SECONDS = 180.0


def openai_from(setup: Setup) -> OpenAIProvider | None:
    """Return the provider, None where neither a key nor an address is set; raises SettingsError."""
    key, url = setup.secret("api_key"), setup.url("base_url")
    if not key and not url:
        return None
    server = Server(_with_version(setup, url) if url else OPENAI, key)
    cards = offered(setup, is_openai=server.is_openai)
    return OpenAIProvider(server, cards, setup.seconds("timeout", SECONDS))


def _with_version(setup: Setup, url: str) -> str:
    """Return an address that ends in the API's version, as most people leave it out or not."""
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        msg = (
            f"{setup.variable('base_url')} must be an address alone, without a name, a password or "
            f"a question mark. The key goes into {setup.variable('api_key')}."
        )
        raise SettingsError(msg)
    return url if parts.path else f"{url}/v1"
