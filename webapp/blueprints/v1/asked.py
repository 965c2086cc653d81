"""What OpenAI's clients send, read into models; numbers may be text, as forms have them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from webapp.errors import InvalidError
from webapp.services.openai.handouts import Written
from webapp.services.openai.wishes import PictureWish
from webapp.services.requests import LARGEST_SEED, clean
from webapp.web.api.reading import checked

MOST_PICTURES = 10
MOST_SOURCES = 16

Text = Annotated[str, AfterValidator(clean)]
MODEL_SETTINGS = ("quality", "background", "moderation", "style", "input_fidelity")
"""What some models have a setting for; the others are none the worse without."""


class PicturesAsked(BaseModel):
    """Pictures that are to be made. `seed` and `negative_prompt` are Easel's own."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False, defer_build=True)

    prompt: Text = ""
    model: Text | None = None
    n: int | None = Field(None, ge=1, le=MOST_PICTURES)
    size: Text | None = None
    quality: Literal["auto", "low", "medium", "high", "standard", "hd"] | None = None
    background: Literal["auto", "opaque", "transparent"] | None = None
    moderation: Literal["auto", "low"] | None = None
    style: Literal["vivid", "natural"] | None = None
    input_fidelity: Literal["low", "high"] | None = None
    response_format: Literal["b64_json", "url"] | None = None
    output_format: Literal["png", "jpeg", "webp"] | None = None
    output_compression: int | None = Field(None, ge=0, le=100)
    stream: bool | None = None
    partial_images: int | None = Field(None, ge=0, le=3)
    user: str | None = None
    seed: int | None = Field(None, ge=0, le=LARGEST_SEED)
    negative_prompt: Text = ""

    @property
    def written(self) -> Written:
        """How the pictures shall be written; PNG has no quality."""
        is_exact = self.output_format in (None, "png") or self.output_compression is None
        quality = None if is_exact else max(1, self.output_compression or 0)
        return Written(self.output_format or "", quality)

    def wish(self) -> PictureWish:
        """Return what is asked for, without pictures to work from."""
        values = {name: getattr(self, name) for name in MODEL_SETTINGS}
        return PictureWish(
            prompt=self.prompt,
            model=self.model or "",
            count=self.n or 1,
            size=self.size or "",
            settings={name: value for name, value in values.items() if value not in (None, "auto")},
            seed=self.seed,
            negative_prompt=self.negative_prompt,
        )


def read(values: Mapping[str, Any], *, beside: tuple[str, ...] = ()) -> PicturesAsked:
    """Return what was sent; fields that are read elsewhere stand `beside`.

    Raises InvalidError that names the first mistake.
    """
    known = {*PicturesAsked.model_fields, *beside}
    for name in values:
        if name not in known:
            msg = f"Unknown parameter: {clean(str(name)[:60])!r}."
            raise InvalidError(msg, fields={name[:60]: [msg]}, code="unknown_parameter")
    asked = checked(PicturesAsked, {name: values[name] for name in values if name not in beside})
    if asked.stream:
        msg = "Easel sends pictures when they are finished: leave `stream` out."
        raise InvalidError(msg, fields={"stream": [msg]}, code="unsupported_parameter")
    return asked
