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
from webapp.providers.sketch.checks import model_of
from webapp.providers.sketch.models import FINISH, FINISHED, MODELS, SCENES
from webapp.providers.sketch.sizes import dimensions
from webapp.providers.sketch.vocabulary import vocabulary
from webapp.providers.sketch.wishes import read_wish
from webapp.providers.sketch.words import read, stable_number

if TYPE_CHECKING:
    from PIL.Image import Image

    from webapp.providers.sketch.painter import Checkpoint
    from webapp.providers.sketch.transport import Scheme

_PNG_EFFORT = 3  # of 9: more costs much time and saves little on pictures with grain
_PALETTE_STRENGTH = 0.8
_PALETTE_SIDE = 256  # pixels: a palette needs no more
_WHO = "Sketch, Easel's built-in picture maker (procedural, not AI)."


class SketchProvider:
    """The picture maker that is always there: no key, no network, no waiting."""

    id = "sketch"
    title = "Sketch"

    def models(self) -> tuple[ModelCaps, ...]:
        """Return the model that draws scenes, then the one that works on pictures."""
        return MODELS

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """Return the words that shape a picture, by group."""
        return vocabulary()

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Make one picture, or raise ProviderError."""
        caps = model_of(request)

        def checkpoint(share: float, stage: str) -> None:
            if cancelled():
                raise ProviderError(kind="cancelled", message="Cancelled.")
            progress(share, stage)

        seed = stable_number(request.prompt) % 2**32 if request.seed is None else request.seed
        make = _finished if caps is FINISHED else _drawn
        return make(request, seed, checkpoint)


# Below, what loads numpy and Pillow is imported late: an idle Easel should not need their memory.


def _drawn(request: ImageRequest, seed: int, checkpoint: "Checkpoint") -> ImageResult:
    """Draw a scene."""
    from webapp.providers.sketch.painter import paint  # noqa: PLC0415  # see above

    reading = read(request.prompt, request.negative_prompt, seed)
    size = dimensions(request.aspect_ratio, request.size or SCENES.default_size)
    scheme = _scheme(request, checkpoint) if request.references else None
    image = paint(reading, size, seed, checkpoint, scheme)
    checkpoint(0.95, "Saving")
    meta = {"scene": reading.scene, "light": reading.light, "finish": reading.finish}
    if scheme:
        meta["palette"] = _counted(len(request.references))
    missed = "It recognised no word of the prompt and drew a scene of its own choosing."
    sentences = [f"Drawn by {_WHO}", _understood(reading.recognised) or missed]
    if scheme:
        sentences.append(f"The palette is that of {meta['palette']}.")
    return ImageResult(
        data=_png(image),
        seed=seed,
        recognised=reading.recognised,
        text=" ".join(sentences),
        meta=meta,
    )


def _scheme(request: ImageRequest, checkpoint: "Checkpoint") -> "Scheme":
    """Return the colours of the references."""
    from webapp.providers.sketch.references import decoded  # noqa: PLC0415  # see above
    from webapp.providers.sketch.swatches import swatches  # noqa: PLC0415  # see above
    from webapp.providers.sketch.transport import Scheme  # noqa: PLC0415  # see above

    checkpoint(0, "Palette")
    wanted = swatches([decoded(reference, _PALETTE_SIDE) for reference in request.references])
    return Scheme(wanted, _PALETTE_STRENGTH if request.strength is None else request.strength)


def _finished(request: ImageRequest, seed: int, checkpoint: "Checkpoint") -> ImageResult:
    """Turn a picture into another medium."""
    from webapp.providers.sketch.references import decoded, decoded_mask  # noqa: PLC0415  # above
    from webapp.providers.sketch.retouch import Retouch, fitted, retouched  # noqa: PLC0415  # above
    from webapp.providers.sketch.sizes import LONGEST_SIDE  # noqa: PLC0415  # above

    checkpoint(0, "Picture")
    wish = read_wish(request.prompt)
    finish = wish.finish or request.parameters.get(FINISH.name, "") or FINISH.default
    side = int(request.size) if request.size.isdecimal() else None
    source = decoded(request.references[0], side or LONGEST_SIDE)
    size = fitted(*source.size, side)
    mask = None if request.mask is None else decoded_mask(request.mask, size)
    strength = 1.0 if request.strength is None else request.strength
    retouch = Retouch(finish, wish.light, wish.colours, strength, seed)
    image = retouched(source, size, retouch, mask, checkpoint)
    checkpoint(0.95, "Saving")
    missed = "It recognised no word of the prompt." if request.prompt.strip() else ""
    sentences = [f"Done by {_WHO} The finish: {finish}.", _understood(wish.recognised) or missed]
    return ImageResult(
        data=_png(image),
        seed=seed,
        recognised=wish.recognised,
        text=" ".join(filter(None, sentences)),
        meta={"finish": finish, "light": wish.light},
    )


def _understood(words: tuple[str, ...]) -> str:
    return f"It recognised: {', '.join(words)}." if words else ""


def _counted(pictures: int) -> str:
    return "one picture" if pictures == 1 else f"{pictures} pictures"


def _png(image: "Image") -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_PNG_EFFORT)
    return file.getvalue()
