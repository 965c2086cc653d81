"""Prompts: what was asked for before, each once."""

from pydantic import Field

from webapp.services.prompts import PastPrompt
from webapp.web.api import Moment, PageAsked, Reply, Told, operation, resource
from webapp.web.api.keys import key_of, sealed_key
from webapp.web.current import services, signed_in

blueprint = resource("prompts", "/prompts")


class PromptsAsked(PageAsked):
    """Which prompts are wanted."""

    q: str = Field("", description="Words that stand in the prompt.")


class PromptTold(Told):
    """A prompt that was asked for: how often, when last, and its newest picture."""

    prompt: str
    count: int
    last: Moment
    image: str | None = Field(description="The id of a picture of it.")


class Prompts(Told):
    """A page of prompts, those that were used last first."""

    items: list[PromptTold]
    next_cursor: str | None


@blueprint.get("")
@operation(answers={200: Prompts})
def index(query: PromptsAsked) -> Reply:
    """List the prompts that you have asked for."""
    found = services().prompts.history_page(signed_in(), query.q, key_of(query.cursor), query.limit)
    items = [_prompt(item) for item in found.prompts]
    return Prompts(items=items, next_cursor=sealed_key(found.next_cursor))


def _prompt(item: PastPrompt) -> PromptTold:
    return PromptTold(
        prompt=item.prompt,
        count=item.count,
        last=item.when,
        image=item.picture.id if item.picture else None,
    )
