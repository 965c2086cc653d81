"""Where to go next: only ever to a page of ours."""

from urllib.parse import SplitResult, urlsplit

from flask import request, url_for

NOWHERE = SplitResult("", "", "", "", "")


def parts_of(url: str) -> SplitResult:
    """Return the parts of a URL that a browser sent, all empty for what is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return NOWHERE


def back() -> str:
    """Return the page of ours that the request came from, or the gallery."""
    came_from = parts_of(request.referrer or "")
    is_ours = came_from.netloc == request.host
    return local(came_from._replace(scheme="", netloc="", fragment="").geturl() if is_ours else "")


def local(target: str) -> str:
    """Return a target if it is a path of ours, else the gallery's."""
    parts = parts_of(target)
    # The target itself, not its path alone: spaces before it are left out there, as in browsers.
    is_ours = target.startswith("/") and not parts.scheme and not parts.netloc
    # Browsers read a backslash as a slash, and two slashes as another host.
    if not is_ours or target[1:2] in ("/", "\\") or any(ord(letter) < 32 for letter in target):
        return url_for("gallery.index")
    return target
