"""What is asked for when pictures are to be made: read from a form, checked against a model."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from webapp.errors import InvalidError
from webapp.providers.base import ModelCaps

LONGEST_PROMPT = 10_000
EMPTY = "Describe the picture first."
MOST_PICTURES = 16
LARGEST_SEED = 2**32 - 1
STEP = 16
SIDE_LIMIT = 2048
NAMED_SIZES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
KEPT_CONTROLS = {"\n", "\t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """A wish for pictures. A `seed` of None leaves it to chance."""

    prompt: str
    provider: str
    model: str
    negative_prompt: str = ""
    aspect_ratio: str = "1:1"
    size: str = ""
    count: int = 1
    seed: int | None = None
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


def checked(request: GenerationRequest, caps: ModelCaps) -> GenerationRequest:
    """Return the request in clean form.

    Raises InvalidError with a sentence for every field that the model can't take.
    """
    wish = replace(
        request,
        prompt=clean(request.prompt),
        negative_prompt=clean(request.negative_prompt) if caps.negative_prompt else "",
        model=caps.id,
        size=request.size or caps.default_size,
        seed=request.seed if caps.seed != "none" else None,
    )
    mistakes = {name: text for name, text in _mistakes(wish, caps) if text}
    if mistakes:
        raise InvalidError(
            " ".join(mistakes.values()), fields={name: [text] for name, text in mistakes.items()}
        )
    return wish


def _mistakes(wish: GenerationRequest, caps: ModelCaps) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each field, empty where the field is fine."""
    yield "prompt", _length_mistake(wish.prompt) or ("" if wish.prompt else EMPTY)
    yield "negative_prompt", _length_mistake(wish.negative_prompt)
    if wish.aspect_ratio not in caps.aspect_ratios:
        known = ", ".join(caps.aspect_ratios)
        yield "aspect_ratio", f"{wish.aspect_ratio[:20]!r} is not among the ratios {known}."
    if wish.size not in caps.sizes:
        yield "size", f"{caps.title} makes pictures of size {', '.join(caps.sizes)}."
    if not 1 <= wish.count <= MOST_PICTURES:
        yield "count", f"Ask for 1 to {MOST_PICTURES} pictures at a time."
    if wish.seed is not None and not 0 <= wish.seed <= LARGEST_SEED:
        yield "seed", f"A seed is a whole number from 0 to {LARGEST_SEED}."


def _length_mistake(text: str) -> str:
    if len(text) <= LONGEST_PROMPT:
        return ""
    return f"Use at most {LONGEST_PROMPT:,} characters; these are {len(text):,}."


def clean(text: str) -> str:
    """Return a text without control characters and surrounding space, in composed form.

    Line ends become newlines. Marks that shape scripts (joiners, direction) are kept.
    """
    unified = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        letter
        for letter in unified
        if letter in KEPT_CONTROLS or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    return "".join(kept).strip()


def expected_size(aspect_ratio: str, size: str) -> tuple[int, int]:
    """Return the width and height that a picture of a ratio and a size will have, about.

    The area is that of a square of `size` pixels a side; sides are multiples of 16.
    """
    match = re.fullmatch(r"([1-9]\d{0,2}):([1-9]\d{0,2})", aspect_ratio)
    across, down = (int(match[1]), int(match[2])) if match else (1, 1)
    side = NAMED_SIZES.get(size) or (int(size) if size.isdecimal() else 1024)
    width, height = side * (across / down) ** 0.5, side * (down / across) ** 0.5
    shrink = min(1.0, max(side, SIDE_LIMIT) / max(width, height))
    return _stepped(width * shrink), _stepped(height * shrink)


def _stepped(length: float) -> int:
    return max(STEP, round(length / STEP) * STEP)
