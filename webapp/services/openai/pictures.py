"""OpenAIPictures: the models and the work behind OpenAI's API."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from webapp.errors import EaselError, InvalidError
from webapp.imaging.holes import mask_of_holes
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue, ModelChoice
from webapp.services.composing.orders import Orders
from webapp.services.generations.generator import ImageGeneratorService
from webapp.services.generations.reading import GenerationView
from webapp.services.idempotency import Once, RepeatedError
from webapp.services.images.images import ImageManager
from webapp.services.openai.waiting import Waiting
from webapp.services.openai.wishes import PictureWish, request_of
from webapp.services.pictures import Picture
from webapp.services.uploads.staging import Arrival

UNREADABLE_MASK = "The mask can't be read."


class OpenAIPictures:
    """Makes pictures while somebody waits."""

    def __init__(
        self,
        catalogue: Catalogue,
        orders: Orders,
        generator: ImageGeneratorService,
        waiting: Waiting,
        images: ImageManager,
    ) -> None:
        self._catalogue = catalogue
        self._orders = orders
        self._generator = generator
        self._waiting = waiting
        self._images = images

    def models(self) -> tuple[ModelChoice, ...]:
        """Return every model on offer, the default one first."""
        return self._catalogue.choices()

    def model(self, name: str) -> ModelChoice:
        """Return the model of a name such as `sketch:sketch-1`; raises InvalidError."""
        value = self._orders.model(name)
        return next(choice for choice in self.models() if choice.value == value)

    def editor(self, name: str, count: int, *, with_mask: bool, by_words: bool) -> ModelChoice:
        """Return the model of a name, or the first that works on `count` pictures.

        It works `by_words`, or needs none. Raises InvalidError where there is no such model.
        """
        if name:
            return self.model(name)
        for choice in self.models():
            caps = choice.caps
            is_able = caps.edits if by_words else caps.prompt_is_optional
            if is_able and count <= caps.max_references and (caps.mask or not with_mask):
                return choice
        msg = "No model on offer can do that. GET /v1/models lists them; name one as `model`."
        raise InvalidError(msg, fields={"model": [msg]}, code="unsupported")

    def place(self) -> AbstractContextManager[None]:
        """Take up a place among those who wait; raises OverloadedError where there is none."""
        return self._waiting.place()

    def kept(self, owner: Viewer, arrival: Arrival) -> Picture:
        """Keep a picture to work on in somebody's gallery, and return it.

        Raises what `ImageManager.keep` does.
        """
        return self._images.keep(owner, arrival.path, filename=arrival.name).picture

    def mask(self, source: bytes | Path) -> bytes:
        """Return a mask with holes as ours, white where a picture may change.

        Raises InvalidError.
        """
        try:
            return mask_of_holes(source)
        except EaselError as error:
            msg = f"{UNREADABLE_MASK} {error}"
            raise InvalidError(msg, fields={"mask": [msg]}) from error

    def order(self, owner: Viewer, wish: PictureWish, model: ModelChoice, once: Once | None) -> str:
        """Start what is wished for, or find what was with the same key; return its id.

        Raises as `ImageGeneratorService.start` does, ConflictError where the key came with another
        wish.
        """
        try:
            if once is not None:
                self._generator.check_new(owner, once)
            return self._generator.start_all(owner, [request_of(wish, model)], once)[0].id
        except RepeatedError as error:
            return error.generations[0]

    def ended(self, uid: str, owner: Viewer, is_wanted: Callable[[], bool]) -> GenerationView:
        """Wait for the end of what was ordered, and return it; raises as `Waiting.ended` does."""
        return self._waiting.ended(uid, owner, is_wanted)
