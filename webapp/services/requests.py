"""What is asked for when pictures are to be made: read from a form, checked against a model."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from webapp.errors import InvalidError
from webapp.providers.base import ModelCaps

LONGEST_PROMPT = 10_000
MOST_READ = 2 * LONGEST_PROMPT
"""A longer text is refused by its length, and nothing else is done with it."""

EMPTY = "Describe the picture first."
MOST_PICTURES = 16
LARGEST_SEED = 2**32 - 1
STEP = 16
SIDE_LIMIT = 2048
ORIGINAL = "original"
NAMED_SIZES = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
MOST_MARKS = 30
"""The most combining marks one after the other, as Unicode's Stream-Safe Text Format says
(UAX #15, 13): the time to put them in order grows with the square of their number."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MAYBE_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{MOST_MARKS // 2},}}")  # one may unfold to two
_JOINER = "\u034f"
"""It is not seen, and no mark is moved across it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """A wish for pictures. A `seed` of None leaves it to chance.

    `references` are the ids of pictures to work from, the one that is edited first; `based_on` is
    the id of one whose recipe this is, though it is not shown to the provider. `mask` is a picture
    that is white where the first reference may change; `strength` is 0..1.
    """

    prompt: str
    provider: str
    model: str
    negative_prompt: str = ""
    aspect_ratio: str = "1:1"
    size: str = ""
    count: int = 1
    seed: int | None = None
    strength: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    based_on: str = ""
    mask: bytes | None = field(default=None, repr=False)
    template: str | None = None
    template_version: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


def checked(request: GenerationRequest, caps: ModelCaps) -> GenerationRequest:
    """Return the request in clean form.

    Raises InvalidError with a sentence for every field that the model can't take.
    """
    wish = replace(
        request,
        prompt=_words(request.prompt),
        negative_prompt=_words(request.negative_prompt) if caps.negative_prompt else "",
        model=caps.id,
        size=request.size or caps.default_size,
        seed=request.seed if caps.seed != "none" else None,
        strength=request.strength if caps.strength and request.references else None,
        parameters=_parameters(request, caps),
        references=tuple(dict.fromkeys(filter(None, request.references))),
        mask=request.mask if caps.mask and request.references else None,
    )
    mistakes = {name: text for name, text in _mistakes(wish, caps) if text}
    if mistakes:
        raise InvalidError(
            " ".join(mistakes.values()), fields={name: [text] for name, text in mistakes.items()}
        )
    return wish


def _parameters(request: GenerationRequest, caps: ModelCaps) -> dict[str, str]:
    """Return the model's own settings, those of other models left out and defaults filled in."""
    given = request.parameters
    return {item.name: given.get(item.name, "").strip() or item.default for item in caps.parameters}


def _mistakes(wish: GenerationRequest, caps: ModelCaps) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each field, empty where the field is fine."""
    missing = "" if wish.prompt or caps.prompt_is_optional else EMPTY
    yield "prompt", _length_mistake(wish.prompt) or missing
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
    if wish.strength is not None and not 0 <= wish.strength <= 1:
        yield "strength", "The strength is a number from 0 to 1."
    yield "references", _reference_mistake(len(wish.references), caps)
    for item in caps.parameters:
        yield f"param_{item.name}", item.mistake(wish.parameters[item.name])


def _reference_mistake(count: int, caps: ModelCaps) -> str:
    if caps.needs_reference and not count:
        return f"{caps.title} works on a picture: choose one first."
    if count <= caps.max_references:
        return ""
    if not caps.max_references:
        return f"{caps.title} takes no reference pictures. Remove them, or choose another model."
    most = f"{caps.max_references} reference picture{'s' if caps.max_references > 1 else ''}"
    return f"{caps.title} takes at most {most}; these are {count}."


def _length_mistake(text: str) -> str:
    if len(text) <= LONGEST_PROMPT:
        return ""
    return f"Use at most {LONGEST_PROMPT:,} characters; these are {len(text):,}."


def _words(text: str) -> str:
    """Return a text in clean form, or as it is where its length will be refused."""
    return clean(text) if len(text) <= MOST_READ else text


def clean(text: str) -> str:
    """Return a text without control characters and surrounding space, in composed form.

    Line ends become newlines. Marks that shape scripts (joiners, direction) are kept. However
    many marks stand on a letter, it takes no longer than the text is long.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _MAYBE_MARKS.sub(_in_parts, _CONTROLS.sub("", unified))
    return unicodedata.normalize("NFC", kept).strip()


def _in_parts(run: re.Match[str]) -> str:
    """Return a run of signs with a joiner wherever more marks than are safe would meet."""
    parts, marks = [], 0
    for sign in run[0]:
        unfolded = unicodedata.normalize("NFD", sign)
        marks = marks + len(unfolded) if unicodedata.combining(unfolded[0]) else 0
        if marks > MOST_MARKS:
            parts.append(_JOINER)
            marks = len(unfolded)
        parts.append(sign)
    return "".join(parts)


def expected_size(
    aspect_ratio: str, size: str, reference: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Return the width and height that a picture of a ratio and a size will have, about.

    The area is that of a square of `size` pixels a side; sides are multiples of 16. The ratio
    `original` is that of the `reference`, whose longest side becomes `size` pixels; the size
    `original` leaves it as it is.
    """
    match = re.fullmatch(r"([1-9]\d{0,2}):([1-9]\d{0,2})", aspect_ratio)
    side = NAMED_SIZES.get(size) or (int(size) if size.isdecimal() else 1024)
    if reference is not None and match is None:
        side = max(reference) if size == ORIGINAL else side
        scale = min(side, SIDE_LIMIT) / max(reference)
        return max(1, round(reference[0] * scale)), max(1, round(reference[1] * scale))
    across, down = (int(match[1]), int(match[2])) if match else (1, 1)
    width, height = side * (across / down) ** 0.5, side * (down / across) ** 0.5
    shrink = min(1.0, max(side, SIDE_LIMIT) / max(width, height))
    return _stepped(width * shrink), _stepped(height * shrink)


def _stepped(length: float) -> int:
    return max(STEP, round(length / STEP) * STEP)
