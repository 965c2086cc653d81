"""A server on this machine that speaks OpenAI's image API, and providers that ask it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from tests.providers.loopback import Call, Exchange
from webapp.providers.base import Setup
from webapp.providers.base.patience import Patience
from webapp.providers.openai import OpenAIProvider, openai_from
from webapp.providers.openai.server import Server
from webapp.providers.plain import png

KEY = "sk-proj-Secret0123456789abcdefXYZ"
COLOUR = b"\x20\x60\xa0"


@dataclass(frozen=True)
class Part:
    """One field of a form, or one of its files."""

    name: str
    filename: str | None
    mime: str
    data: bytes


def form(call: Call) -> list[Part]:
    """Return the parts of a form in the order in which they came."""
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + call.body)
    parts: Any = message.get_payload()
    return [
        Part(
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in parts
    ]


def wished(call: Call) -> Mapping[str, Any]:
    """Return what was wished for, from JSON or from a form."""
    if call.path.endswith("/edits"):
        return {part.name: part.data.decode() for part in form(call) if not part.filename}
    found = call.json
    assert isinstance(found, dict)
    return found


def drawn(size: str) -> bytes:
    width, height = (int(side) for side in size.split("x"))
    return png(width, height, COLOUR)


def answer(size: str, **more: Any) -> dict[str, Any]:
    """Return what OpenAI answers, as its reference shows it."""
    encoded = base64.b64encode(drawn(size)).decode()
    return {"created": 1_789_000_000, "data": [{"b64_json": encoded}], **more}


def script(exchange: Exchange) -> None:
    """Answer as OpenAI does when all is well."""
    call = exchange.call
    if call.path == "/v1/models":
        models = ["gpt-image-2.5-flare", "gpt-5.6-terra"]
        exchange.json({"object": "list", "data": [{"id": name} for name in models]})
    elif call.path in ("/v1/images/generations", "/v1/images/edits"):
        exchange.json(answer(wished(call)["size"]))
    else:
        exchange.json({"error": {"message": "Invalid URL", "type": "invalid_request_error"}}, 404)


def provider(url: str, *, models: Mapping[str, Any] | None = None, **section: str) -> Any:
    """Return a provider for a server, as the settings make it."""
    made = openai_from(Setup("openai", {"base_url": url, "api_key": KEY, **section}, models or {}))
    assert made is not None
    return made


def impatient(url: str, seconds: float = 60.0) -> OpenAIProvider:
    """Return a provider that waits for so long and asks once."""
    usual = provider(url)
    server = Server(f"{url}/v1", KEY)
    return OpenAIProvider(
        server, list(usual._cards.values()), seconds, Patience(deadline=seconds, attempts=1)
    )
