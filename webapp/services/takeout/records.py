"""Records: the lines of a take-out's files."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from webapp.services.exports.names import extension_of
from webapp.services.library.albums import LONGEST_DESCRIPTION
from webapp.services.library.tags import MOST_TAGS
from webapp.services.takeout.fields import (
    MOST_BYTES,
    Count,
    Digest,
    Micros,
    Model,
    Moment,
    Name,
    Number,
    Parameters,
    Positive,
    Ratio,
    Share,
    Tag,
    Text,
    Title,
    Uid,
    Version,
    Word,
    within,
)

FORMAT = 1
MANIFEST = "easel-takeout.json"
ORIGINALS, MASKS = "originals", "masks"
MOST_VERSIONS, MOST_IN_ALBUM = 10_000, 1_000_000


class Record(BaseModel):
    """A line, or a part of one: no value is taken for one of another type."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", defer_build=True)


class ParentRecord(Record):
    """A picture that another one was made from."""

    id: Uid
    role: Literal["reference", "source", "recipe"]


class ImageRecord(Record):
    """A picture that was made, brought, or could not be made; amounts are millionths of a dollar.

    `bytes`, `sha256` and `format` are those of its original, which a failed one does not have.
    """

    id: Uid
    generation: Uid | None = None
    position: Count = 0
    state: Literal["ready", "failed"]
    visibility: Literal["private", "unlisted", "public"]
    created: Moment
    ready: Moment | None = None
    deleted: Moment | None = None
    version: Version = 1
    prompt: Text = ""
    negative_prompt: Text = ""
    provider: Word = ""
    model: Model = ""
    seed: Number | None = None
    parameters: Parameters | None = None
    tool: Word = ""
    filename: Name = ""
    note: Text = ""
    recognised: Annotated[list[Text], Field(max_length=1000)] = Field(default_factory=list)
    width: Positive
    height: Positive
    format: Annotated[str, Field(pattern=r"^[a-z0-9]{0,8}$")] = ""
    bytes: Annotated[int, Field(ge=0, le=MOST_BYTES)] = 0
    sha256: Digest | None = None
    focal_point: tuple[Share, Share] | None = None
    price: Micros | None = None
    cost: Micros | None = None
    error_kind: Word = ""
    error_message: Text = ""
    may_have_cost: bool = False
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] = Field(default_factory=list)
    parents: Annotated[list[ParentRecord], Field(max_length=1000)] = Field(default_factory=list)

    @property
    def file(self) -> str:
        """The name of its original in the take-out."""
        return f"{ORIGINALS}/{self.id}.{extension_of(self.format)}"

    @model_validator(mode="after")
    def _has_its_file(self) -> Self:
        if self.state == "ready" and not (self.sha256 and self.format and self.bytes):
            msg = "a finished picture has format, bytes and sha256"
            raise ValueError(msg)
        return self


class GenerationRecord(Record):
    """What was asked for; `mask` is the SHA-256 of a file that is a PNG."""

    id: Uid
    created: Moment
    prompt: Text
    negative_prompt: Text = ""
    provider: Word
    model: Model
    aspect_ratio: Ratio
    size: Annotated[str, within(16)]
    count: Count
    seed: Number | None = None
    strength: Share | None = None
    parameters: Parameters | None = None
    mask: Digest | None = None
    template: Annotated[str, within(64)] | None = None
    template_version: Count | None = None
    variables: Parameters = Field(default_factory=dict)

    @property
    def mask_file(self) -> str:
        """The name of its mask in the take-out."""
        return f"{MASKS}/{self.id}.png"


class SectionRecord(Record):
    """A part of a template's text."""

    title: Text = ""
    text: Text


class VariableRecord(Record):
    """A gap of a template."""

    name: Name
    label: Text = ""
    default: Text = ""
    kind: Word = "text"
    choices: Annotated[list[Text], Field(max_length=1000)] = Field(default_factory=list)
    hint: Text = ""
    example: Text = ""
    minimum: Name = ""
    maximum: Name = ""
    step: Name = ""


class VersionRecord(Record):
    """What a template said at one time."""

    number: Version
    created: Moment
    sections: Annotated[list[SectionRecord], Field(max_length=1000)]
    variables: Annotated[list[VariableRecord], Field(max_length=1000)]
    aspect_ratio: Ratio
    model: Annotated[str, within(161)] = ""
    negative_prompt: Text = ""


class TemplateRecord(Record):
    """A template with all of its versions, the oldest first; `version` is the current one."""

    id: Uid
    title: Title
    description: Annotated[str, within(400)] = ""
    aspect_ratio: Ratio
    is_shared: bool = False
    version: Version
    picture: Uid | None = None
    created: Moment
    updated: Moment
    deleted: Moment | None = None
    versions: Annotated[list[VersionRecord], Field(min_length=1, max_length=MOST_VERSIONS)]

    @model_validator(mode="after")
    def _has_its_version(self) -> Self:
        numbers = [item.number for item in self.versions]
        if self.version not in numbers or len(set(numbers)) < len(numbers):
            msg = "the versions of a template differ, and the current one is among them"
            raise ValueError(msg)
        return self


class AlbumRecord(Record):
    """An album, with the ids of its pictures in their order."""

    id: Uid
    title: Title
    description: Annotated[str, within(LONGEST_DESCRIPTION)] = ""
    cover: Uid | None = None
    version: Version = 1
    created: Moment
    updated: Moment
    images: Annotated[list[Uid], Field(max_length=MOST_IN_ALBUM)]


class MissingRecord(Record):
    """An original that could not be taken out, and why."""

    id: str
    reason: str


class Manifest(Record):
    """What a take-out is: the first thing to be read, and the last to be written."""

    easel: Literal["takeout"] = "takeout"
    format: Count = FORMAT
    version: str = ""
    created: Moment
    user: str
    is_complete: bool = False
    counts: dict[str, Count] = Field(default_factory=dict)
    missing: list[MissingRecord] = Field(default_factory=list)


FILES: dict[str, type[Record]] = {
    "templates": TemplateRecord,
    "generations": GenerationRecord,
    "images": ImageRecord,
    "albums": AlbumRecord,
}
"""The kinds of records, in the order in which they are written and read."""


def lines_of(kind: str) -> str:
    """Return the name of the file that holds the records of a kind, one on each line."""
    return f"{kind}.jsonl"
