"""The gallery: everything a person has made or brought, newest first, by day."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.services.images.reading import KINDS
from webapp.services.pictures import Picture
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.filters import day, day_name
from webapp.web.forms import cursor

blueprint = Blueprint("gallery", __name__)


@dataclass(frozen=True, slots=True)
class Day:
    """The pictures of one day."""

    date: date
    pictures: tuple[Picture, ...]

    @property
    def name(self) -> str:
        """How a person calls the day."""
        return day_name(self.date)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show a page of pictures, or to htmx the ones that come after it."""
    owner, before = signed_in(), cursor()
    show = request.args.get("show", "all")
    show = show if show in KINDS else "all"
    page = services().images.get_images(owner, before=before, show=show)
    days = by_day(page.pictures)
    return htmx.render(
        "gallery/index.html",
        "gallery/_more.html",
        days=days,
        next_cursor=page.next_cursor,
        show=show,
        total=services().gallery.count(owner),
        is_filtered=show != "all",
        is_first_page=before is None,
        templates=() if htmx.is_fragment() else services().prompts.cards(owner),
        continues=bool(days) and request.args.get("day") == days[0].date.isoformat(),
    )


def by_day(pictures: tuple[Picture, ...]) -> list[Day]:
    """Return pictures in groups of one local day each, their order kept."""
    groups = groupby(pictures, key=lambda picture: day(picture.created))
    return [Day(when, tuple(group)) for when, group in groups]
