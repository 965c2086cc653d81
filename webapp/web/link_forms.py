"""The form of a link: from what a browser sends to what is wished for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

from werkzeug.datastructures import MultiDict

from webapp.errors import InvalidError
from webapp.services.links.values import OwnLink
from webapp.services.links.wishes import MOST_VIEWS, LinkWish
from webapp.web.forms import number

LASTS: Mapping[str, tuple[str, timedelta | None]] = {
    "": ("Until I revoke it", None),
    "hour": ("One hour", timedelta(hours=1)),
    "day": ("One day", timedelta(days=1)),
    "week": ("One week", timedelta(weeks=1)),
    "month": ("30 days", timedelta(days=30)),
}
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class LinkForm:
    """What stands in the form, and what is wrong with it."""

    name: str = ""
    lasts: str = ""
    until: str = ""
    max_views: str = ""
    metadata: str = "none"
    choices: Sequence[tuple[str, str]] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


def blank() -> LinkForm:
    """Return the form of a new link."""
    return LinkForm(choices=_choices())


def filled(link: OwnLink) -> LinkForm:
    """Return the form that changes a link."""
    return LinkForm(
        name=link.name,
        lasts="" if link.expires is None else KEEP,
        max_views="" if link.max_views is None else str(link.max_views),
        metadata=link.metadata,
        choices=_choices(link),
    )


def refused(
    form: MultiDict[str, str], error: InvalidError, link: OwnLink | None = None
) -> LinkForm:
    """Return the form as it was sent, with what is wrong beside the fields."""
    return LinkForm(
        name=form.get("name", ""),
        lasts=form.get("lasts", ""),
        until=form.get("until", ""),
        max_views=form.get("max_views", ""),
        metadata=form.get("metadata", "none"),
        choices=_choices(link),
        errors={name: texts[0] for name, texts in error.fields.items()},
    )


def wish(form: MultiDict[str, str], link: OwnLink | None = None) -> LinkWish:
    """Return what a form wishes for; `link` is the one that it changes.

    Raises InvalidError for what can't be read.
    """
    views = form.get("max_views", "").strip()
    return LinkWish(
        name=form.get("name", ""),
        expires=_expires(form, link),
        max_views=(number(views, most=MOST_VIEWS) or 0) if views else None,
        password=_password(form, link),
        metadata=form.get("metadata", "none"),
    )


def _expires(form: MultiDict[str, str], link: OwnLink | None) -> datetime | None:
    """Return the end: a day that was named counts to its last minute, where Easel runs."""
    until, lasts = form.get("until", "").strip(), form.get("lasts", "")
    if until:
        try:
            return datetime.combine(date.fromisoformat(until), clock(23, 59, 59)).astimezone()
        except (ValueError, OverflowError, OSError) as error:
            msg = "Write the day as year, month and day: 2027-01-31."
            raise InvalidError(msg, fields={"expires": [msg]}) from error
    if lasts == KEEP and link is not None:
        return link.expires
    if lasts not in LASTS:
        msg = "Choose how long the link lasts."
        raise InvalidError(msg, fields={"expires": [msg]})
    span = LASTS[lasts][1]
    return None if span is None else datetime.now(UTC) + span


def _password(form: MultiDict[str, str], link: OwnLink | None) -> str | None:
    """Return the new password, None to leave the one there is, "" for none."""
    given = form.get("password", "")
    if given or link is None:
        return given
    return "" if "no_password" in form else None


def _choices(link: OwnLink | None = None) -> tuple[tuple[str, str], ...]:
    has_end = link is not None and link.expires is not None
    kept = ((KEEP, "As it is"),) if has_end else ()
    return (*kept, *((name, title) for name, (title, _) in LASTS.items()))
