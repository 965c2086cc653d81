"""Bringing pictures: files, ZIP archives and addresses, on a page and from everywhere else."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import accumulate

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from webapp.errors import EaselError, InvalidError
from webapp.extensions import csrf
from webapp.services.accounts import Viewer
from webapp.services.uploads.addresses import LONGEST
from webapp.services.uploads.uploads import Outcome
from webapp.web import htmx
from webapp.web.current import services, signed_in
from webapp.web.errors import answer, status_of, wants_json
from webapp.web.shell import live, navigation
from webapp.web.uploads import Received, received

blueprint = Blueprint("uploads", __name__)
csrf.exempt(blueprint)  # checked below, with the body: to find the token, it would be read before

MOST_FLASHED, MOST_FLASHED_BYTES = 5, 2000
"""Messages are kept in a cookie, which holds 4 KB, as JSON."""

LONGEST_NAME = 40
"""The characters of a file's name that a message has."""

ARCHIVE_SECONDS = 60.0
"""What the archives of one request may take: no connection stays open for ever."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not kept."""

    filename: str
    message: str
    status: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of all that was brought, as pages tell it.

    `row` is the number that a page has given to what it sent, to tell one answer from another.
    `url` is the address that somebody wrote.
    """

    outcomes: tuple[Outcome, ...]
    row: str = "0"
    url: str = ""

    @property
    def added(self) -> list[Outcome]:
        """Those that are new in the gallery, or back in it."""
        return [item for item in self.outcomes if item.kept and not item.kept.was_there]

    @property
    def known(self) -> list[Outcome]:
        """Those that were in the gallery already."""
        return [item for item in self.outcomes if item.kept and item.kept.was_there]

    @property
    def refusals(self) -> list[Refusal]:
        """Those that were not kept."""
        return [_refusal(item.name, item.error) for item in self.outcomes if item.error is not None]

    @property
    def status(self) -> int:
        """The status of the answer: that of the first refusal, where nothing else is to tell."""
        refusals = self.refusals
        return refusals[0].status if len(refusals) == len(self.outcomes) else 200


@blueprint.get("/upload")
def page() -> ResponseReturnValue:
    """Show the page for bringing pictures; an address in `?url=` is filled in, and not fetched."""
    return htmx.full("uploads/index.html", url=request.args.get("url", "")[:LONGEST], refusals=())


@blueprint.post("/images")
def upload() -> ResponseReturnValue:
    """Keep what somebody brought; a bad file does not hold up the others."""
    with received() as sent:
        csrf.check(sent.text("csrf_token"))
        outcomes = tuple(_taken(signed_in(), sent))
        row = sent.text("row")
        url = sent.url[:LONGEST]
    if not outcomes:
        outcomes = (Outcome("", error=InvalidError("Choose one or more pictures first.")),)
    return _told(Brought(outcomes, row if row.isdecimal() else "0", url))


def _taken(owner: Viewer, sent: Received) -> Iterator[Outcome]:
    uploads = services().uploads
    end = time.monotonic() + ARCHIVE_SECONDS
    for file in sent.files:
        yield from uploads.take(owner, file, end=end)
    if sent.url:
        try:
            with uploads.fetched(sent.url) as file:
                yield from uploads.take(owner, file, end=end)
        except EaselError as error:
            yield Outcome(sent.url[:200], error=error)


def _told(brought: Brought) -> ResponseReturnValue:
    if htmx.is_fragment():
        owner = signed_in()
        return htmx.partial(
            "uploads/_brought.html",
            status=brought.status,
            brought=brought,
            live=live(owner),
            nav=navigation(owner),
            total=services().gallery.count(owner),
        )
    sentences = [
        f"{_short(item.filename)}: {item.message}" if item.filename else item.message
        for item in brought.refusals
    ]
    if brought.status != HTTPStatus.OK:
        return _refused(brought, sentences)
    for sentence in _shortened(sentences):
        flash(sentence, "error")
    if brought.known:
        flash(f"{_pictures(len(brought.known))} already in your gallery.", "ok")
    if brought.added:
        flash(f"{_pictures(len(brought.added))} added.", "ok")
    return htmx.go(url_for("gallery.index"))


def _refused(brought: Brought, sentences: list[str]) -> ResponseReturnValue:
    """Tell programs why nothing was kept; people get the form again, with what they wrote."""
    if not wants_json():
        return htmx.full(
            "uploads/index.html", status=brought.status, url=brought.url, refusals=sentences
        )
    return answer(" ".join(sentences[:MOST_FLASHED]), HTTPStatus(brought.status), "invalid_image")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _shortened(sentences: list[str]) -> list[str]:
    """Return as many sentences as a cookie holds, and how many more there are."""
    sizes = accumulate(len(json.dumps(sentence)) for sentence in sentences[:MOST_FLASHED])
    fitting = sum(size <= MOST_FLASHED_BYTES for size in sizes)
    more = len(sentences) - fitting
    return [*sentences[:fitting], *([f"And {more:,} more like these."] if more else [])]


def _pictures(count: int) -> str:
    return "One picture was" if count == 1 else f"{count:,} pictures were"


def _refusal(filename: str, error: EaselError) -> Refusal:
    status = status_of(error)
    is_bad_file = status is HTTPStatus.BAD_REQUEST
    return Refusal(filename, str(error), 422 if is_bad_file else int(status))
