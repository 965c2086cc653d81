"""What commands read of a server's answers; nothing in them is trusted before it was checked."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from webapp.cli.remote.answers import ServerError
from webapp.models import is_public_id


def _checked(text: str) -> str:
    if not is_public_id(text):
        raise ValueError(text)
    return text


PublicId = Annotated[str, AfterValidator(_checked)]
"""An id as Easel gives them, which is safe in names of files and in addresses."""


class Told(BaseModel):
    """A part of an answer; what else is in it is left out."""


class Kept(Told):
    """A picture that was uploaded."""

    id: PublicId
    duplicate: bool = False


class Cost(Told):
    """A price, in US dollars and in words; None where it is not known."""

    usd: float | None
    text: str = ""


class Rehearsed(Told):
    """How many pictures there would be, and what they would cost."""

    pictures: int
    estimate: Cost


class Started(Told):
    """The generations that were begun."""

    generations: list[PublicId]
    images: list[Any]


class Failure(Told):
    """Why a picture could not be made."""

    kind: str
    message: str
    next_step: str


class Made(Told):
    """A picture of a generation."""

    id: PublicId
    state: str
    width: int
    height: int
    seed: int | None
    cost: Cost
    error: Failure | None


class Generation(Told):
    """What was asked for, and its pictures."""

    id: PublicId
    prompt: str
    provider: str
    model: str
    images: list[Made]


class Token(Told):
    """A token."""

    model_config = ConfigDict(extra="allow")

    id: int
    name: str
    prefix: str
    scopes: list[str]
    state: str
    expires: str | None
    last_used: str | None


class MadeToken(Told):
    """A token that was made just now, with its secret."""

    model_config = ConfigDict(extra="allow")

    token: str


class TokenPage(Told):
    """A page of tokens."""

    items: list[Token]
    next_cursor: str | None


class Signed(Told):
    """An address that was signed."""

    url: str


T = TypeVar("T", bound=Told)


def read(kind: type[T], told: Any) -> T:
    """Return an answer as what it should be; raises ServerError where it is something else."""
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "all of it"
        msg = (
            f"The server's answer can't be understood ({place}). "
            "Is the address of --server an Easel, and as new as this one?"
        )
        raise ServerError(msg) from error
