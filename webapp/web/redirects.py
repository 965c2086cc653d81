"""Where to go next: only ever to a page of ours."""

from urllib.parse import urlsplit

from flask import request, url_for


def back() -> str:
    """Return the page of ours that the request came from, or the gallery."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or not came_from.path.startswith("/"):
        return url_for("gallery.index")
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def local(target: str) -> str:
    """Return a target if it is a path of ours, else the gallery's."""
    parts = urlsplit(target)
    is_ours = not parts.scheme and not parts.netloc and target.startswith("/")
    # Browsers read a backslash as a slash, and two slashes as another host.
    if not is_ours or target[1:2] in ("/", "\\") or any(ord(letter) < 32 for letter in target):
        return url_for("gallery.index")
    return target
