"""From requests to rows: the generation, its pending images, and who their parents are."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy.orm import Session

from webapp.errors import InvalidError, TooLargeError
from webapp.imaging.references import as_mask
from webapp.models import Generation, Image
from webapp.providers.base import ModelCaps
from webapp.services.accounts import Viewer
from webapp.services.changes import touch
from webapp.services.images.parents import Parent, find_parents, keep_parents
from webapp.services.requests import LARGEST_SEED, GenerationRequest, checked, expected_size

UNREADABLE_MASK = "The mask can't be read. Paint it again, or choose another file."
LARGE_MASK = "The mask has too many pixels. Use one of at most 4096 x 4096."


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that its model can take. `price` is for one picture, in millionths of a dollar."""

    request: GenerationRequest
    caps: ModelCaps
    price: int | None

    @classmethod
    def of(cls, request: GenerationRequest, caps: ModelCaps) -> "Wish":
        """Return the checked wish, its mask in plain form; raises InvalidError by field."""
        clean = checked(request, caps)
        if clean.mask is not None:
            clean = replace(clean, mask=_plain_mask(clean.mask))
        return cls(clean, caps, caps.price(clean.size, clean.parameters))

    @property
    def estimate(self) -> int | None:
        """What all its pictures are expected to cost, None where that is not known."""
        return None if self.price is None else self.price * self.request.count

    @property
    def prices(self) -> list[int | None]:
        """What each of its pictures is expected to cost."""
        return [self.price] * self.request.count


def add_generation(session: Session, owner: Viewer, wish: Wish) -> tuple[Generation, list[Image]]:
    """Add a generation and its pending images; raises InvalidError where a reference is no more."""
    request = wish.request
    parents = find_parents(session, owner.id, request.references, request.based_on)
    generation = _generation(owner, request)
    session.add(generation)
    session.flush()
    images = _pending_images(session, wish, generation, parents)
    for image in images:
        keep_parents(session, image.id, parents)
    return generation, images


@lru_cache(maxsize=1)
def _plain_mask(data: bytes) -> bytes:
    """Return a mask that all models can be given; the requests of one form share theirs."""
    try:
        return as_mask(data)
    except TooLargeError as error:
        raise InvalidError(LARGE_MASK, fields={"mask": [LARGE_MASK]}) from error
    except InvalidError as error:
        raise InvalidError(UNREADABLE_MASK, fields={"mask": [UNREADABLE_MASK]}) from error


def _generation(owner: Viewer, request: GenerationRequest) -> Generation:
    return Generation(
        owner_id=owner.id,
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        provider=request.provider,
        model=request.model,
        aspect_ratio=request.aspect_ratio,
        size=request.size,
        count=request.count,
        seed=request.seed,
        strength=request.strength,
        parameters=dict(request.parameters),
        mask=request.mask,
        template=request.template,
        template_version=request.template_version,
        variables=dict(request.variables),
    )


def _pending_images(
    session: Session, wish: Wish, generation: Generation, parents: Sequence[Parent]
) -> list[Image]:
    """Return a pending image for each seed."""
    request, seeds = wish.request, _seeds(wish.request, wish.caps)
    change = touch(session, generation.owner_id, images=len(seeds))
    shown = [parent.size for parent in parents if parent.role == "reference"]
    width, height = expected_size(request.aspect_ratio, request.size, shown[0] if shown else None)
    images = [
        Image(
            owner_id=generation.owner_id,
            generation_id=generation.id,
            position=position,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            provider=request.provider,
            model=request.model,
            parameters=dict(request.parameters),
            price=wish.price,
            seed=seed,
            width=width,
            height=height,
            change=change,
            born_change=change,
        )
        for position, seed in enumerate(seeds)
    ]
    session.add_all(images)
    session.flush()
    return images


def _seeds(request: GenerationRequest, caps: ModelCaps) -> list[int | None]:
    """Return a seed for each picture of the batch, counting up; none for a model without."""
    if caps.seed == "none":
        return [None] * request.count
    first = secrets.randbelow(LARGEST_SEED) if request.seed is None else request.seed
    return [(first + position) % (LARGEST_SEED + 1) for position in range(request.count)]
