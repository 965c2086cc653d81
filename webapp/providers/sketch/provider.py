"""Sketch as a provider: the same promises as any other maker of pictures."""

import io
from typing import TYPE_CHECKING

from webapp.providers.base import (
    Cancelled,
    ImageRequest,
    ImageResult,
    ModelCaps,
    Progress,
    ProviderError,
)
from webapp.providers.sketch.sizes import ASPECT_RATIOS, SIZES, dimensions
from webapp.providers.sketch.vocabulary import vocabulary
from webapp.providers.sketch.words import Reading, read, stable_number

if TYPE_CHECKING:
    from PIL.Image import Image

_MODEL = ModelCaps(
    id="sketch-1",
    title="Sketch",
    aspect_ratios=ASPECT_RATIOS,
    sizes=SIZES,
    default_size="1024",
    seed="exact",
    negative_prompt=True,
    note="The built-in picture maker: procedural, not AI. It knows some 300 words for scenes, "
    "light, weather, colours and finishes, needs no key and sends nothing anywhere.",
)
_PNG_EFFORT = 3  # of 9: more costs much time and saves little on pictures with grain
_WHO = "Drawn by Sketch, Easel's built-in picture maker (procedural, not AI)."


class SketchProvider:
    """The picture maker that is always there: no key, no network, no waiting."""

    id = "sketch"
    title = "Sketch"

    def models(self) -> tuple[ModelCaps, ...]:
        """Return the one model."""
        return (_MODEL,)

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Return the words that shape a picture, by group."""
        return vocabulary()

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Draw one picture, or raise ProviderError."""
        _check(request)
        seed = stable_number(request.prompt) % 2**32 if request.seed is None else request.seed
        reading = read(request.prompt, request.negative_prompt, seed)

        def checkpoint(share: float, stage: str) -> None:
            if cancelled():
                raise ProviderError(kind="cancelled", message="Cancelled.")
            progress(share, stage)

        # Here and not above: numpy and Pillow cost memory that an idle Easel should not need.
        from webapp.providers.sketch.painter import paint  # noqa: PLC0415

        size = dimensions(request.aspect_ratio, request.size or _MODEL.default_size)
        image = paint(reading, size, seed, checkpoint)
        checkpoint(0.95, "Saving")
        return ImageResult(
            data=_png(image),
            seed=seed,
            recognised=reading.recognised,
            text=_sentence(reading),
            meta={"scene": reading.scene, "light": reading.light, "finish": reading.finish},
        )


def _check(request: ImageRequest) -> None:
    """Refuse what cannot be drawn, with a sentence that names what can."""
    if request.model != _MODEL.id:
        message = f"Sketch has no model “{request.model}”, only “{_MODEL.id}”."
        raise ProviderError(kind="no_model", message=message)
    if not request.prompt.strip():
        message = "Write a prompt first: a few words are enough."
    elif request.aspect_ratio not in ASPECT_RATIOS:
        message = f"Sketch draws in the aspect ratios {', '.join(ASPECT_RATIOS)}."
    elif request.size and request.size not in SIZES:
        message = f"Sketch draws in the sizes {', '.join(SIZES)}."
    else:
        return
    raise ProviderError(kind="invalid", message=message)


def _png(image: "Image") -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_PNG_EFFORT)
    return file.getvalue()


def _sentence(reading: Reading) -> str:
    if not reading.recognised:
        return f"{_WHO} It recognised no word of the prompt and drew a scene of its own choosing."
    return f"{_WHO} It recognised: {', '.join(reading.recognised)}."
