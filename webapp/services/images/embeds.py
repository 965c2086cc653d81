"""Embed codes: what to paste into another page so that a picture appears there."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from webapp.errors import InvalidError
from webapp.services.pictures import Picture

Crop = Literal["original", "square", "wide"]
Kind = Literal["html", "markdown", "url"]
WIDTHS = (320, 640, 1280)
CROPS: tuple[tuple[Crop, str], ...] = (
    ("original", "Original"),
    ("square", "Square"),
    ("wide", "16:9"),
)
KINDS: tuple[tuple[Kind, str], ...] = (("html", "HTML"), ("markdown", "Markdown"), ("url", "URL"))
PREFIXES: dict[Crop, str] = {"original": "w", "square": "square", "wide": "wide"}
"""A preset's name is the prefix of its crop and its width: w640, square640, wide640."""


@dataclass(frozen=True, slots=True)
class EmbedChoice:
    """What somebody chose in the embed dialog."""

    width: int = 640
    crop: Crop = "original"
    kind: Kind = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A code to paste, and what it will show. `size` is in pixels."""

    width: int
    crop: Crop
    kind: Kind
    code: str
    url: str
    preview_url: str
    size: tuple[int, int]
    format: str = "WebP"
    bytes_estimate: int | None = None
    is_visible: bool = False
    widths: tuple[int, ...] = WIDTHS
    crops: tuple[tuple[Crop, str], ...] = CROPS
    kinds: tuple[tuple[Kind, str], ...] = KINDS


def choice_of(width: str, crop: str, kind: str) -> EmbedChoice:
    """Return a choice from form values; raises InvalidError for what is not on offer."""
    if width not in {str(known) for known in WIDTHS}:
        msg = f"The width is one of {', '.join(map(str, WIDTHS))}."
        raise InvalidError(msg, fields={"width": ["invalid"]})
    if crop not in get_args(Crop) or kind not in get_args(Kind):
        msg = "Choose a crop and a kind of code that are on offer."
        raise InvalidError(msg, fields={"crop": ["invalid"]})
    return EmbedChoice(int(width), crop, kind)  # type: ignore[arg-type]  # checked just above


def embed(
    picture: Picture,
    choice: EmbedChoice,
    url_of: Callable[[str], str],
    size_of: Callable[[str], tuple[int, int]],
    bytes_estimate: int | None = None,
) -> Embed:
    """Return the code for a choice.

    `url_of` gives the absolute URL of a preset's rendition, `size_of` its width and height.
    """
    name = PREFIXES[choice.crop] + str(choice.width)
    double = PREFIXES[choice.crop] + str(choice.width * 2)
    url, size = url_of(name), size_of(name)
    sharper = url_of(double) if choice.width * 2 in WIDTHS and size_of(double) != size else None
    writers = {"html": _html, "markdown": _markdown, "url": lambda *_: url}
    return Embed(
        width=choice.width,
        crop=choice.crop,
        kind=choice.kind,
        code=writers[choice.kind](picture, url, sharper, size),
        url=url,
        preview_url=url,
        size=size,
        bytes_estimate=bytes_estimate,
        is_visible=picture.is_shared,
    )


def _html(picture: Picture, url: str, sharper: str | None, size: tuple[int, int]) -> str:
    """Return an img element; every attribute's value is escaped."""
    attributes = {"src": url}
    if sharper is not None:
        attributes["srcset"] = f"{sharper} 2x"
    attributes |= {
        "width": str(size[0]),
        "height": str(size[1]),
        "loading": "lazy",
        "alt": _one_line(picture.title),
    }
    written = " ".join(f'{name}="{html.escape(text)}"' for name, text in attributes.items())
    return f"<img {written}>"


def _markdown(picture: Picture, url: str, _sharper: str | None, _size: tuple[int, int]) -> str:
    """Return a Markdown image; what would end its text early is escaped."""
    text = _one_line(picture.title)
    for mark in "\\[]*_`<>!":
        text = text.replace(mark, "\\" + mark)
    return f"![{text}]({url})"


def _one_line(text: str, longest: int = 240) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
