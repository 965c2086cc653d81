"""Finishes: any picture as a watercolour, in oil and so on, by the built-in picture maker."""

from collections.abc import Sequence

from webapp.errors import InvalidError
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue, ModelCaps
from webapp.services.generations.generator import ImageGeneratorService, Started
from webapp.services.images.images import ImageManager
from webapp.services.requests import GenerationRequest

PROVIDER, MODEL, PARAMETER = "sketch", "sketch-finish", "finish"


class Finishes:
    """Knows which finishes there are, and starts them."""

    def __init__(
        self, catalogue: Catalogue, images: ImageManager, generator: ImageGeneratorService
    ) -> None:
        self._catalogue = catalogue
        self._images = images
        self._generator = generator

    def offered(self) -> Sequence[str]:
        """Return the finishes' names, none where the model that makes them is not there."""
        caps = self._caps()
        known = () if caps is None else caps.parameters
        return next((item.choices for item in known if item.name == PARAMETER), ())

    def start(self, uid: str, owner: Viewer, finish: str, strength: float) -> Started:
        """Begin a new picture from one of the owner's own; `strength` is 0..1.

        Raises NotFoundError, InvalidError, and what `ImageGeneratorService.start` does.
        """
        picture = self._images.own_image(uid, owner)
        caps = self._caps()
        if caps is None or finish not in self.offered():
            msg = f"There is no finish {finish[:40]!r} here."
            raise InvalidError(msg, fields={PARAMETER: [msg]})
        return self._generator.start(
            owner,
            GenerationRequest(
                prompt="",
                provider=PROVIDER,
                model=MODEL,
                references=(picture.id,),
                parameters={PARAMETER: finish},
                strength=strength,
                aspect_ratio=caps.aspect_ratios[0],
            ),
        )

    def _caps(self) -> ModelCaps | None:
        """Return what the model can do, None where the provider or the model is not there."""
        found = (item for item in self._catalogue.choices() if item.provider == PROVIDER)
        return next((item.caps for item in found if item.caps.id == MODEL), None)
