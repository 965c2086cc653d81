"""Orders: the fields that ask for pictures."""

from typing import Annotated

from pydantic import Field

from webapp.services.composing.orders import Order
from webapp.web.api import Asked, Text, Texts, Values, Whole, Word
from webapp.web.api.fields import example


class RunAsked(Asked):
    """Pictures that are to be made with a template; what is left out is up to it, or the model."""

    model_config = example(variables={"subject": "dunes", "light": "dusk"}, count=2, seed=7)

    variables: Annotated[
        Values | None, Field(description="What stands in the template's gaps, by name.")
    ] = None
    negative_prompt: Annotated[
        Text | None, Field(description="What the picture shall not show, where the model knows it.")
    ] = None
    provider: Annotated[
        Text | None, Field(description="Where `model` does not name it, or for its first model.")
    ] = None
    model: Annotated[Text | None, Field(description="The `id` of one of the models on offer.")] = (
        None
    )
    count: Annotated[
        Whole | None, Field(description="How many pictures of each prompt, 1 to 16.")
    ] = None
    aspect_ratio: Annotated[Text | None, Field(description="One of the model's own.")] = None
    size: Annotated[Word | None, Field(description="One of the model's own.")] = None
    seed: Annotated[
        Whole | None,
        Field(description="0 to 4294967295; seeds of several pictures count up from it."),
    ] = None
    strength: Annotated[
        float | None,
        Field(description="How far to go from the first reference, 0 to 1."),
    ] = None
    parameters: Annotated[Values | None, Field(description="The model's own settings.")] = None
    references: Annotated[
        Texts | None,
        Field(description="Ids of pictures of yours to work from, the one to be edited first."),
    ] = None
    based_on: Annotated[
        Text | None,
        Field(description="The id of the picture whose recipe this is; the provider won't see it."),
    ] = None
    mask: Annotated[
        str | None,
        Field(
            repr=False,
            description="A picture, as base64 or a data URI, that is white where the first "
            "reference may change.",
        ),
    ] = None


class GenerationAsked(RunAsked):
    """Pictures that are to be made: a prompt, or a template with its variables."""

    model_config = example(prompt="a lake at dawn", count=2)

    prompt: Annotated[
        Text | None,
        Field(description="What the picture shows. `{red|blue}` stands for two prompts."),
    ] = None
    template: Annotated[Text | None, Field(description="A template by its id.")] = None
    dry_run: Annotated[
        bool | None,
        Field(description="Say what would be made and what it would cost, and start nothing."),
    ] = None


def order(asked: RunAsked, *, template: str, prompt: str = "") -> Order:
    """Return what is asked for."""
    return Order(
        prompt=prompt,
        template=template,
        variables=asked.variables or {},
        negative_prompt=asked.negative_prompt or "",
        provider=asked.provider or "",
        model=asked.model or "",
        count=1 if asked.count is None else asked.count,
        aspect_ratio=asked.aspect_ratio or "",
        size=asked.size or "",
        seed=asked.seed,
        strength=asked.strength,
        parameters=asked.parameters or {},
        references=tuple(asked.references or ()),
        based_on=asked.based_on or "",
        mask=asked.mask or "",
    )
