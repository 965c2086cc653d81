"""Generations: pictures are asked for, watched, cancelled and tried again."""

from pydantic import Field

from webapp.blueprints.api import generation_json
from webapp.blueprints.api.generation_json import GenerationTold, Started
from webapp.blueprints.api.orders import GenerationAsked, order
from webapp.services.composing.rehearsals import Rehearsal
from webapp.web.api import Money, PageAsked, Reply, Told, money, once, operation, resource
from webapp.web.current import services, signed_in

blueprint = resource("generations", "/generations")


class Generations(Told):
    """A page of generations, newest first."""

    items: list[GenerationTold]
    next_cursor: str | None


class RehearsedRequest(Told):
    """What a model would be asked for, with all that was left out filled in."""

    prompt: str
    negative_prompt: str
    provider: str
    model: str
    count: int
    aspect_ratio: str
    size: str
    seed: int | None
    strength: float | None
    parameters: dict[str, str]
    references: list[str]
    estimate: Money


class RehearsalTold(Told):
    """What would be made, and what it would cost. Nothing was started."""

    requests: list[RehearsedRequest]
    pictures: int = Field(description="How many pictures all requests make together.")
    estimate: Money


@blueprint.post("")
@operation(
    "generate",
    {202: Started, 200: RehearsalTold},
    refuses=(402, 409, 507),
    headers=("Idempotency-Key",),
)
def create(json: GenerationAsked) -> Reply:
    """Make pictures.

    They are made in the background, and have their addresses at once. With `dry_run`, say what
    would be made and what it would cost instead.
    """
    wanted = order(json, template=json.template or "", prompt=json.prompt or "")
    if json.dry_run:
        return _rehearsal(services().rehearsals.of(wanted, signed_in()))
    return generation_json.started(services().orders.place(wanted, signed_in(), once(json)))


@blueprint.get("")
@operation(answers={200: Generations})
def index(query: PageAsked) -> Reply:
    """List generations, newest first."""
    found = services().generations.page(signed_in(), query.cursor, query.limit)
    items = [generation_json.generation(view) for view in found.generations]
    return Generations(items=items, next_cursor=found.next_cursor)


@blueprint.get("/<ref>")
@operation(answers={200: GenerationTold}, refuses=(410,))
def show(ref: str) -> Reply:
    """Say how far a generation is."""
    return generation_json.generation(services().generations.get(ref, signed_in()))


@blueprint.post("/<ref>/cancel")
@operation("generate", {200: GenerationTold}, refuses=(410,))
def cancel(ref: str) -> Reply:
    """Stop the work on what is not there yet; what is ready stays."""
    return generation_json.generation(services().generations.cancel(ref, signed_in()))


@blueprint.post("/<ref>/retry")
@operation("generate", {200: GenerationTold}, refuses=(402, 409, 410, 507))
def retry(ref: str) -> Reply:
    """Make again what failed and may succeed, under the same addresses."""
    return generation_json.generation(services().generations.retry(ref, signed_in()))


def _rehearsal(found: Rehearsal) -> RehearsalTold:
    return RehearsalTold(
        requests=[
            RehearsedRequest(
                prompt=wish.request.prompt,
                negative_prompt=wish.request.negative_prompt,
                provider=wish.request.provider,
                model=wish.request.model,
                count=wish.request.count,
                aspect_ratio=wish.request.aspect_ratio,
                size=wish.request.size,
                seed=wish.request.seed,
                strength=wish.request.strength,
                parameters=dict(wish.request.parameters),
                references=list(wish.request.references),
                estimate=money(wish.estimate),
            )
            for wish in found.wishes
        ],
        pictures=found.pictures,
        estimate=money(found.estimate),
    )
