"""A wish for a picture, as Gemini is asked for it."""

import json

from google.genai import types

from webapp.providers.base import ImageRequest, ModelCaps, ProviderError
from webapp.providers.gemini.catalogue import THINKING
from webapp.providers.gemini.connection import limited

MOST_BYTES = 20_000_000
"""What a request may have in all. Google's limit was 20 MB for long, and is not lower now."""

_FRAME_BYTES = 2000  # what is around prompt and pictures
_LARGEST_SEED = 2**31 - 1


def content(request: ImageRequest) -> types.Content:
    """Return what the model is given: the references in their order, then the words.

    Pictures that a model has made go back as pictures of the person too: as a model's own turn,
    they would need the signature of the thought that they came from.
    """
    pictures = [
        types.Part.from_bytes(data=reference.data, mime_type=reference.mime)
        for reference in request.references
    ]
    return types.Content(role="user", parts=[*pictures, types.Part.from_text(text=request.prompt)])


def config(request: ImageRequest, caps: ModelCaps, seconds: float) -> types.GenerateContentConfig:
    """Return how the model is asked, with an answer within some seconds and in raw form."""
    return types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(
            aspect_ratio=request.aspect_ratio or None, image_size=request.size or None
        ),
        seed=seed(request),
        thinking_config=_thinking(request, caps),
        http_options=limited(seconds),
        should_return_http_response=True,
        # Both would ask, and charge, a second time.
        automatic_continuation=False,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


def seed(request: ImageRequest) -> int | None:
    """Return the seed as Gemini takes it: a signed number of 32 bits, so that one bit is lost."""
    return None if request.seed is None else request.seed & _LARGEST_SEED


def check(request: ImageRequest, caps: ModelCaps) -> None:
    """Raise ProviderError `invalid` for what would be refused anyhow."""
    if request.aspect_ratio not in caps.aspect_ratios:
        ratios = ", ".join(caps.aspect_ratios)
        _refuse(f"{caps.title} makes pictures of the ratios {ratios}. Choose one of them.")
    if request.size and request.size not in caps.sizes:
        _refuse(f"{caps.title} makes pictures of the sizes {', '.join(caps.sizes)}. Choose one.")
    if len(request.references) > caps.max_references:
        _refuse(f"{caps.title} takes at most {caps.max_references} reference pictures. Use fewer.")
    if (size := weight(request)) >= MOST_BYTES:
        _refuse(
            f"The request has {size / 1e6:.1f} MB, and Gemini takes {MOST_BYTES // 10**6}. Use "
            "fewer or smaller reference pictures."
        )


def weight(request: ImageRequest) -> int:
    """Return how many bytes the request will have, a little more rather than less."""
    pictures = sum(-(-len(reference.data) // 3) * 4 + 100 for reference in request.references)
    return pictures + len(json.dumps(request.prompt)) + _FRAME_BYTES


def _thinking(request: ImageRequest, caps: ModelCaps) -> types.ThinkingConfig | None:
    level = request.parameters.get(THINKING, "")
    known = next((item.choices for item in caps.parameters if item.name == THINKING), ())
    if level not in known:
        return None
    return types.ThinkingConfig(thinking_level=types.ThinkingLevel(level.upper()))


def _refuse(sentence: str) -> None:
    raise ProviderError(kind="invalid", message=sentence)
