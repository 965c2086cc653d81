"""Having one picture made, and what the server has to make them with."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from webapp.providers.a1111.catalogue import short_name
from webapp.providers.a1111.refusals import unreadable
from webapp.providers.a1111.server import Server
from webapp.providers.a1111.talking import Ask, line
from webapp.providers.a1111.watching import BEGINNINGS
from webapp.providers.base import ImageResult, ProviderError

LONGEST_FACT = 120  # characters
_FACTS = {"sd_model_name": "checkpoint", "sampler_name": "sampler", "steps": "steps"}


def made(server: Server, page: str, fields: dict[str, Any], seconds: float) -> ImageResult:
    """Return the picture that `txt2img` or `img2img` makes; raises ProviderError."""
    with line(server, seconds) as ask:
        said = ask(f"sdapi/v1/{page}", fields)
    if not isinstance(said, dict):
        raise unreadable(server)
    images = said.get("images")
    first = images[0] if isinstance(images, list) and images else ""
    if not first:
        message = f"{server.name} answered without a picture. Try again, and look at its window."
        raise ProviderError(kind="no_image", message=message)
    try:
        data = base64.b64decode(str(first).rpartition(",")[2], validate=True)
    except (ValueError, binascii.Error):
        raise unreadable(server) from None
    if not data.startswith(BEGINNINGS):
        raise unreadable(server)
    facts = _facts(said.get("info"))
    seed = facts.get("seed")
    return ImageResult(
        data,
        seed=seed if isinstance(seed, int) else None,
        text=_instead(fields, facts),
        meta={name: str(facts[key])[:LONGEST_FACT] for key, name in _FACTS.items() if key in facts},
    )


def _instead(fields: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return a sentence where another checkpoint was used: a wrong name is silently dropped."""
    wanted = fields.get("override_settings", {}).get("sd_model_checkpoint", "")
    used = facts.get("sd_model_name")
    if not wanted or not isinstance(used, str) or short_name(used) == short_name(wanted):
        return ""
    return f"The server used the checkpoint “{used[:LONGEST_FACT]}” instead."


def checkpoints(ask: Ask) -> list[str]:
    """Return the checkpoints by the names that the server takes; raises ProviderError."""
    return [
        # Titles end in a hash that comes and goes: "realistic.safetensors [abc123]".
        title.rpartition(" [")[0] if title.endswith("]") and " [" in title else title
        for title in _texts(ask("sdapi/v1/sd-models"), "title")
    ]


def samplers(ask: Ask) -> list[str]:
    """Return the names of the samplers; raises ProviderError."""
    return list(_texts(ask("sdapi/v1/samplers"), "name"))


def _texts(said: Any, key: str) -> Iterator[str]:
    for entry in said if isinstance(said, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            yield entry[key]


def _facts(info: object) -> dict[str, Any]:
    """Return what the server says that it did; it is JSON within JSON."""
    try:
        facts = json.loads(info) if isinstance(info, str) else info
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
