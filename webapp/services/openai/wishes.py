"""What a program asks for in OpenAI's words, as a request that one of our models takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.errors import InvalidError
from webapp.services.catalogue import ModelCaps, ModelChoice
from webapp.services.openai.sizes import fitting
from webapp.services.requests import GenerationRequest

QUALITIES: Mapping[str, tuple[str, ...]] = {
    "standard": ("standard", "medium"),
    "hd": ("hd", "high"),
    "low": ("low", "standard"),
    "medium": ("medium", "standard"),
    "high": ("high", "hd"),
}
"""What a quality is called by models: some have OpenAI's older words, some the newer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWish:
    """Pictures as a program asks for them. Empty texts leave it to the model.

    `settings` are those that only some models have, such as `quality`. `references` are ids of
    pictures to work from, the first one `source` pixels wide and high; `mask` is white where that
    may change.
    """

    prompt: str = ""
    model: str = ""
    count: int = 1
    size: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    negative_prompt: str = ""
    references: tuple[str, ...] = ()
    source: tuple[int, int] | None = None
    mask: bytes | None = field(default=None, repr=False)


def request_of(wish: PictureWish, model: ModelChoice) -> GenerationRequest:
    """Return the request for a model; raises InvalidError for what it surely can't do."""
    caps = model.caps
    ratio, size = fitting(caps, wish.size, wish.source)
    _check(wish, caps)
    return GenerationRequest(
        prompt=wish.prompt,
        provider=model.provider,
        model=caps.id,
        negative_prompt=wish.negative_prompt,
        aspect_ratio=ratio,
        size=size,
        count=wish.count,
        seed=wish.seed,
        parameters=_parameters(wish, caps),
        references=wish.references,
        mask=wish.mask,
    )


def _check(wish: PictureWish, caps: ModelCaps) -> None:
    """Refuse what would give other pictures than those that are asked for."""
    if wish.mask is not None and not caps.mask:
        msg = f"{caps.title} takes no mask. Leave it out, or choose another model."
        raise InvalidError(msg, fields={"mask": [msg]})
    names = {item.name for item in caps.parameters}
    if wish.settings.get("background") == "transparent" and "background" not in names:
        msg = f"{caps.title} makes no transparent backgrounds."
        raise InvalidError(msg, fields={"background": [msg]})


def _parameters(wish: PictureWish, caps: ModelCaps) -> dict[str, str]:
    """Return the settings that a model has, in its own words; the others change no picture."""
    found = {}
    for item in caps.parameters:
        given = wish.settings.get(item.name, "")
        words = QUALITIES.get(given, (given,)) if item.name == "quality" else (given,)
        known = [word for word in words if word and not item.mistake(word)]
        if known:
            found[item.name] = known[0]
    return found
