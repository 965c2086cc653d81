"""What pages and the API are given of an image: a value that can be shown and not changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from webapp.imaging.geometry import Point
from webapp.models import Image
from webapp.services.failures import Failure, failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image as its viewers see it. Sizes are in pixels and bytes, times in UTC.

    `version` changes whenever the pixels of its renditions would, `change` grows with every change
    that its owner sees; `progress` is 0..100;
    `seconds` is how long the picture took to make; `price` is what it was expected to cost and
    `cost` what it did, in millionths of a US dollar; a failed one `may_have_cost` that where no
    answer came; `tool` is what made an upload, as it says.
    """

    id: str
    key: int = 0
    owner_id: int = 0
    generation: str | None = None
    position: int = 0
    state: str = "ready"
    visibility: str = "private"
    created: datetime
    deleted: datetime | None = None
    seconds: float | None = None
    prompt: str = ""
    negative_prompt: str = ""
    provider: str = ""
    model: str = ""
    seed: int | None = None
    filename: str = ""
    note: str = ""
    recognised: tuple[str, ...] = ()
    width: int
    height: int
    format: str = ""
    has_alpha: bool = False
    bytes: int = 0
    digest: str = ""
    blob_key: str = ""
    preview: str = ""
    colour: str = ""
    palette: tuple[str, ...] = ()
    masters: Mapping[str, str] = field(default_factory=dict)
    focal: Point | None = None
    version: str = "0"
    change: int = 0
    stage: str = ""
    progress: int = 0
    error_kind: str = ""
    error_message: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    tool: str = ""
    price: int | None = None
    cost: int | None = None
    may_have_cost: bool = False

    @property
    def failure(self) -> Failure:
        """What its kind of failure means, and what can be done about it."""
        return failure(self.error_kind)

    @property
    def title(self) -> str:
        """The prompt, or the file's name, or what was done to it, or a word for none of them."""
        finish = self.parameters.get("finish", "").capitalize()
        return self.prompt or self.filename or finish or "Untitled"

    @property
    def revision(self) -> str:
        """What names its present state: it is never the same again."""
        return f"{self.id}.{self.change}.{self.version}"

    @property
    def is_ready(self) -> bool:
        """Whether there is a picture to look at."""
        return self.state == "ready"

    @property
    def is_pending(self) -> bool:
        """Whether the picture is waiting or being made."""
        return self.state == "pending"

    @property
    def is_upload(self) -> bool:
        """Whether a person brought the picture, rather than a provider."""
        return not self.provider

    @property
    def is_shared(self) -> bool:
        """Whether anyone with the link can see it."""
        return self.visibility != "private"

    @classmethod
    def of(cls, row: Image, *, generation: str | None = None) -> Self:
        """Return the value of a row."""
        return cls(
            id=row.uid,
            key=row.id,
            owner_id=row.owner_id,
            generation=generation,
            position=row.position,
            state=row.state,
            visibility=row.visibility,
            created=moment(row.created_ms),
            deleted=moment_or_none(row.deleted_ms),
            seconds=None if row.ready_ms is None else (row.ready_ms - row.created_ms) / 1000,
            prompt=row.prompt,
            negative_prompt=row.negative_prompt,
            provider=row.provider,
            model=row.model,
            seed=row.seed,
            filename=row.filename,
            note=row.note,
            recognised=tuple(row.recognised),
            width=row.width,
            height=row.height,
            format=row.format,
            has_alpha=row.has_alpha,
            bytes=row.bytes,
            digest=row.digest or "",
            blob_key=row.blob_key or "",
            preview=row.preview,
            colour=row.colour,
            palette=tuple(row.palette),
            masters=row.masters,
            focal=_focal(row),
            change=row.change,
            version=f"{row.digest[:8]}{row.version:x}" if row.digest else "0",
            stage=row.stage,
            progress=row.progress,
            error_kind=row.error_kind,
            error_message=row.error_message,
            parameters=row.parameters or {},
            tool=row.tool,
            price=row.price,
            cost=row.cost,
            may_have_cost=row.state == "failed" and row.asked_key is not None,
        )


@dataclass(frozen=True, slots=True)
class PicturePage:
    """Some pictures, newest first, and the cursor that asks for the ones after them."""

    pictures: tuple[Picture, ...]
    next_cursor: int | None = None


def _focal(row: Image) -> Point | None:
    return None if row.focal_x is None or row.focal_y is None else (row.focal_x, row.focal_y)


def moment(ms: int) -> datetime:
    """Return milliseconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def moment_or_none(ms: int | None) -> datetime | None:
    """Return a time that a column holds, as `moment` does, None where it holds none."""
    return None if ms is None else moment(ms)


def iso(time: datetime) -> str:
    """Return a time in UTC as programs are told it: `2026-11-21T17:40:05.120Z`."""
    return time.isoformat(timespec="milliseconds")[:-6] + "Z"
