"""Models of what is sent and answered, and the fields that many of them have.

pydantic builds a model when it is first used: a start would otherwise take a second longer.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from webapp.services.money.amounts import MICROS, dollars
from webapp.services.pictures import iso
from webapp.services.requests import clean


class Asked(BaseModel):
    """A body that is sent: no field may be unknown, and a text is no number."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, defer_build=True
    )


class Asking(BaseModel):
    """A query that is sent, where everything is text; what is unknown there is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False, defer_build=True)


class Told(BaseModel):
    """A body that is answered."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Problem(Told):
    """What went wrong (RFC 9457): a sentence, and a code that stays the same."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do, in a sentence.")
    code: str = Field(description="A stable name for the kind of problem.")
    errors: dict[str, list[str]] = Field(
        default_factory=dict, description="What is wrong with each field."
    )


Text = Annotated[str, AfterValidator(clean)]
"""A text without control characters."""

Moment = Annotated[datetime, PlainSerializer(iso, return_type=str, when_used="json")]
"""A time in UTC."""


class Money(Told):
    """An amount; null and "unknown" where nobody knows it."""

    usd: float | None = Field(description="US dollars.")
    text: str = Field(description="As people read it.", examples=["$0.12"])


def money(micros: int | None) -> Money:
    """Return an amount of millionths of a US dollar."""
    return Money(usd=None if micros is None else micros / MICROS, text=dollars(micros))


def example(**values: Any) -> ConfigDict:
    """Return the configuration that shows a model by an example."""
    return ConfigDict(json_schema_extra={"examples": [values]})
