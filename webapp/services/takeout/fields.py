"""Fields of a take-out's records: the types of their values, each with its bounds."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from webapp.errors import InvalidError
from webapp.models.album import LONGEST_TITLE
from webapp.models.base import BASE58, PUBLIC_ID_LENGTH
from webapp.services.library.tags import normal_tag
from webapp.services.requests import clean

LARGEST, MOST_BYTES = 2**31 - 1, 2**53
LONGEST_TEXT = 100_000
LARGEST_VERSION = 10**9
"""It leaves room for as many changes again in the tables' numbers."""

LATEST = datetime(2200, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _in_time(moment: datetime) -> datetime:
    if not EPOCH <= moment <= LATEST:
        msg = "a time lies between the years 1970 and 2200"
        raise ValueError(msg)
    return moment


def within(longest: int, *, least: int = 0) -> AfterValidator:
    """Return what brings a text into clean form, and refuses one that is too long or too short."""

    def clean_text(text: str) -> str:
        cleaned = clean(text) if len(text) <= longest else text
        if not least <= len(cleaned) <= longest:
            msg = f"it has {least} to {longest:,} characters, not {len(cleaned):,}"
            raise ValueError(msg)
        return cleaned

    return AfterValidator(clean_text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _normal_tag(text: str) -> str:
    try:
        return normal_tag(text)
    except InvalidError as error:
        raise ValueError(str(error)) from None


Uid = Annotated[str, Field(pattern=rf"^[{BASE58}]{{{PUBLIC_ID_LENGTH}}}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[AwareDatetime, AfterValidator(_in_time)]
Text = Annotated[str, within(LONGEST_TEXT)]
Name = Annotated[str, within(255)]
Model = Annotated[str, within(128)]
Word = Annotated[str, within(32)]
Ratio = Annotated[str, within(8)]
Title = Annotated[str, within(LONGEST_TITLE, least=1), AfterValidator(_one_line)]
Tag = Annotated[str, AfterValidator(_normal_tag)]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Positive = Annotated[int, Field(ge=1, le=LARGEST)]
Version = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]
Number = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Micros = Annotated[int, Field(ge=0, le=MOST_BYTES)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Parameters = Annotated[dict[Name, Text], Field(max_length=200)]


def milliseconds(moment: datetime | None) -> int | None:
    """Return a time as the tables keep it."""
    return None if moment is None else round((moment - EPOCH).total_seconds() * 1000)
