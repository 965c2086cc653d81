"""Generations and their pictures as they are told."""

from typing import Annotated, Any

from pydantic import Field

from webapp.services.composing.orders import Placed
from webapp.services.generations.generator import total
from webapp.services.generations.reading import GenerationView
from webapp.services.pictures import Picture
from webapp.web.addresses import absolute
from webapp.web.api import Moment, Money, Reply, Told, money
from webapp.web.current import services, signed_in
from webapp.web.thumbs import thumb

REPLAYED = "Idempotency-Replayed"


class Failure(Told):
    """Why a picture could not be made, and what to do about it."""

    kind: str
    title: str
    message: str
    next_step: str
    can_retry: bool


class GeneratedImage(Told):
    """A picture of a generation; its addresses answer with a placeholder until it is there."""

    id: str
    generation: str
    state: str = Field(description="`pending`, `ready` or `failed`.")
    stage: str = Field(description="What is being done, in a word or two.")
    progress: float = Field(description="0 to 1.")
    seed: int | None
    width: int
    height: int
    image: str | None = Field(description="The address of the original, once it is there.")
    sizes: dict[str, str] = Field(description="Addresses of renditions by preset.")
    cost: Money
    error: Failure | None


class GenerationTold(Told):
    """What was asked for, how it goes, and its pictures."""

    id: str
    status: str = Field(
        description="`queued`, `running`, `succeeded`, `partial`, `failed`, `refused`, "
        "`cancelled` or `interrupted`."
    )
    progress: float = Field(description="0 to 1.")
    created: Moment
    prompt: str
    negative_prompt: str
    template: str | None
    template_version: int | None
    variables: dict[str, str]
    provider: str
    model: str
    count: int
    aspect_ratio: str
    size: str
    seed: int | None
    strength: float | None
    parameters: dict[str, str]
    references: list[str]
    images: list[GeneratedImage]
    estimate: Annotated[Money, Field(description="What it was expected to cost.")]
    cost: Annotated[Money, Field(description="What all tries together have cost, or may have.")]
    error: Annotated[Failure | None, Field(description="That of the first picture that failed.")]


class Started(GenerationTold):
    """The first generation that was started, with the pictures and the estimate of all."""

    generations: list[str] = Field(description="The ids of all generations that were started.")


def started(placed: Placed) -> Reply:
    """Return what an order has started, as 202.

    An order whose prompt has alternatives starts several: the body is the first, with the pictures
    and the estimate of all.
    """
    views = services().generations.many(placed.generations, signed_in())
    told = Started(
        **_facts(views[0])
        | {
            "generations": list(placed.generations),
            "images": [image(item, view) for view in views for item in view.pictures],
            "estimate": money(total([view.estimate for view in views])),
        }
    )
    return accepted(told, placed)


def accepted(told: Told, placed: Placed) -> Reply:
    """Return a model as 202, with the address where to look how far it is."""
    headers = {"Location": absolute("api.generations.show", ref=placed.generations[0])}
    return told, 202, headers | ({REPLAYED: "true"} if placed.is_repeated else {})


def generation(view: GenerationView) -> GenerationTold:
    """Return a generation: what was asked for, how it goes, and its pictures."""
    return GenerationTold(**_facts(view))


def _facts(view: GenerationView) -> dict[str, Any]:
    failed = view.failed
    return {
        "id": view.id,
        "status": view.status,
        "progress": view.progress,
        "created": view.created,
        "prompt": view.prompt,
        "negative_prompt": view.negative_prompt,
        "template": view.template,
        "template_version": view.template_version,
        "variables": view.variables,
        "provider": view.provider,
        "model": view.model,
        "count": view.count,
        "aspect_ratio": view.aspect_ratio,
        "size": view.size,
        "seed": view.seed,
        "strength": view.strength,
        "parameters": view.parameters,
        "references": view.references,
        "images": [image(item, view) for item in view.pictures],
        "estimate": money(view.estimate),
        "cost": money(view.cost),
        "error": None if failed is None else error(failed),
    }


def image(picture: Picture, view: GenerationView) -> GeneratedImage:
    """Return a picture with its addresses."""
    is_done = picture.is_ready
    return GeneratedImage(
        id=picture.id,
        generation=view.id,
        state=picture.state,
        stage=picture.stage,
        progress=1 if is_done else picture.progress / 100,
        seed=picture.seed,
        width=picture.width,
        height=picture.height,
        image=absolute("images.original", uid=picture.id) if is_done else None,
        sizes={name: thumb(picture, name, external=True) for name in services().renditions.presets},
        cost=money(view.costs[picture.id]),
        error=None if picture.state != "failed" else error(picture),
    )


def error(picture: Picture) -> Failure:
    """Return why a picture could not be made, and what to do about it."""
    failure = picture.failure
    return Failure(
        kind=picture.error_kind,
        title=failure.title,
        message=picture.error_message,
        next_step=failure.next_step,
        can_retry=failure.can_retry,
    )
