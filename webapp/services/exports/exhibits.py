"""Exhibits: what the pages of a static gallery are given of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.services.pictures import Picture

LONGEST_ALT = 240


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file of the gallery and the size of the picture in it, in pixels."""

    file: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture of a gallery: its number, its files and its words; paths are those of the root.

    `sharper` is None where the thumbnail is as large as the picture. `title` and `facts` are empty
    where nothing shall tell how it was made.
    """

    number: int
    page: str
    thumb: Rendered
    sharper: Rendered | None
    large: Rendered
    original: str
    alt: str
    title: str
    facts: Mapping[str, str]
    room: str


def alternative(picture: Picture, number: int, *, is_bare: bool) -> str:
    """Return the text for who can't see a picture, on one line."""
    line = f"Picture {number}" if is_bare else " ".join(picture.title.split())
    return line if len(line) <= LONGEST_ALT else line[: LONGEST_ALT - 1].rstrip() + "…"


def facts_of(picture: Picture) -> dict[str, str]:
    """Return what is told beside a picture, those of its facts that are known."""
    seed = "" if picture.seed is None else str(picture.seed)
    told = {
        "Leave out": picture.negative_prompt,
        "Model": picture.model,
        "Seed": seed,
        "Size": f"{picture.width} × {picture.height}",  # noqa: RUF001  # the sign people read
        "Made" if picture.provider else "Added": f"{picture.created:%d %B %Y}".lstrip("0"),
    }
    return {name: text for name, text in told.items() if text}


def room_file(number: int) -> str:
    """Return the file of a page of the gallery; the first is 1."""
    return "index.html" if number == 1 else f"page-{number}.html"
