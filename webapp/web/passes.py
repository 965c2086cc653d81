"""Passes: cookies that show that a browser was let in by a link's own page.

A pass belongs to one link and is sent to its page alone. It says which password was right, and
that a view of the page was counted, so that its pictures can be seen too after the last view. It
holds the moment of each: a day later it opens nothing, however often it was shown.
"""

import time
from collections.abc import Mapping
from typing import cast

from flask import Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.errors import GoneError, NotFoundError
from webapp.services.links.grants import Grant, used_up
from webapp.services.links.passwords import fingerprint
from webapp.web.current import viewer

COOKIE = "easel_pass"
DAY = 24 * 3600
LOCKED = "This link has a password. Open its page first."
UNSEEN = "The views of this link are counted. Open its page first."


def is_owner(grant: Grant) -> bool:
    """Return whether the person who gave a link is the one who follows it."""
    person = viewer()
    return person is not None and person.id == grant.owner.id


def is_unlocked(grant: Grant) -> bool:
    """Return whether the asker has given a link's password within a day, where it has one."""
    if not grant.password_hash:
        return True
    held = _pass(grant)
    return held.get("password") == fingerprint(grant.password_hash) and _is_new(held, "unlocked")


def has_seen(grant: Grant) -> bool:
    """Return whether a view of a link's page was counted for the asker's browser within a day."""
    return _is_new(_pass(grant), "seen")


def check(grant: Grant) -> None:
    """Let the asker through to a link's pictures.

    Raises NotFoundError where its password was not given, or its views are counted and its page
    was not seen; GoneError where it is used up, too. Its owner is always let through.
    """
    refusal = _refusal(grant)
    if refusal is not None and not is_owner(grant):
        raise refusal


def note_password(response: Response, grant: Grant) -> None:
    """Give the browser a pass for a link whose password it has given just now."""
    password = fingerprint(grant.password_hash)
    _give(response, grant, {"password": password, "unlocked": int(time.time())})


def note_view(response: Response, grant: Grant) -> None:
    """Give the browser a pass for a link of which a view was counted just now."""
    _give(response, grant, {"seen": int(time.time())})


def _refusal(grant: Grant) -> NotFoundError | GoneError | None:
    if not is_unlocked(grant):
        return NotFoundError(LOCKED, code="password_required")
    if grant.max_views is None or has_seen(grant):
        return None
    return used_up() if grant.is_used_up else NotFoundError(UNSEEN)


def _give(response: Response, grant: Grant, news: Mapping[str, object]) -> None:
    """Send a pass with what is new; all else that was held keeps its moment."""
    response.set_cookie(
        COOKIE,
        _serializer().dumps({**_pass(grant), "key": grant.key, **news}),
        max_age=DAY,
        path=url_for("shares.show", key=grant.key),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _pass(grant: Grant) -> Mapping[str, object]:
    try:
        held = _serializer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return {}
    is_for_it = isinstance(held, dict) and held.get("key") == grant.key
    return cast("Mapping[str, object]", held) if is_for_it else {}


def _is_new(held: Mapping[str, object], what: str) -> bool:
    moment = held.get(what)
    return isinstance(moment, int) and time.time() - moment < DAY


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="a link's pass")
