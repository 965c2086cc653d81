"""What stands in the composer's fields, and the draft that survives a reload."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from webapp.models import Database, Draft, now_ms
from webapp.services.accounts import Viewer
from webapp.services.requests import LONGEST_PROMPT

KEPT_LENGTH = 2 * LONGEST_PROMPT
"""A draft may be too long to be sent and is kept all the same, within reason."""

MOST_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What stands in the composer's fields.

    A seed of None means a new one each time. `references` are ids of pictures to work from,
    `based_on` is that of the picture whose recipe this was. `mask` is a data URI, or empty.
    """

    prompt: str = ""
    negative_prompt: str = ""
    aspect_ratio: str = "3:2"
    count: int = 1
    model: str = ""
    size: str = ""
    seed: int | None = None
    strength: float | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    based_on: str = ""
    mask: str = field(default="", repr=False)
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


class Drafts:
    """Keeps one draft a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, viewer: Viewer) -> Composition:
        """Return what a person had typed when they were here last."""
        with self._database.reading() as session:
            row = session.get(Draft, viewer.id)
        return Composition() if row is None else _composition(row.values)

    def save(self, viewer: Viewer, values: Composition) -> None:
        """Remember what a person is typing, but for a mask, which is as large as a picture."""
        kept = asdict(
            replace(
                values,
                prompt=_kept(values.prompt),
                negative_prompt=_kept(values.negative_prompt),
                variables=_kept_values(values.variables),
                parameters=_kept_values(values.parameters),
                references=values.references[:MOST_KEPT],
                mask="",
            )
        )
        with self._database.writing() as session:
            session.merge(Draft(user_id=viewer.id, values=kept, updated_ms=now_ms()))


def _kept(text: str) -> str:
    return text[:KEPT_LENGTH]


def _kept_values(values: Mapping[str, str]) -> dict[str, str]:
    return {name: _kept(text) for name, text in list(values.items())[:MOST_KEPT]}


def _composition(values: Mapping[str, Any]) -> Composition:
    """Return a kept draft; fields of other versions of Easel are passed over."""
    known = Composition.__dataclass_fields__.keys()
    kept = Composition(**{name: value for name, value in values.items() if name in known})
    return replace(kept, references=tuple(kept.references))
