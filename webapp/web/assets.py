"""Static files under an address that changes with their content, so that browsers keep them."""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory, url_for

STATIC = "easel_static"
"""Where an app keeps the folder of its static files, among its extensions."""

YEAR = 365 * 24 * 3600
SHARED = "/s/"
"""Share pages find their files below this as well, so that a proxy may keep all else to itself."""


def fingerprint(folder: Path) -> str:
    """Return a short digest of all files below a folder: names, sizes and times of change."""
    facts = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            stat = path.stat()
            facts.update(f"{path.relative_to(folder)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return facts.hexdigest()[:10]


def assets(folder: Path) -> Blueprint:
    """Return a blueprint that serves a folder at `/static/v<fingerprint>/`.

    Relative imports of scripts and styles stay below the same fingerprint.
    """
    blueprint = Blueprint("assets", __name__)
    version = fingerprint(folder)

    @blueprint.get("/s/static/v<asked>/<path:path>", endpoint="show_shared")
    @blueprint.get("/static/v<asked>/<path:path>")
    def show(asked: str, path: str) -> Response:
        response = send_from_directory(folder, path, max_age=YEAR)
        if asked == version:
            response.cache_control.immutable = True
        else:
            response.cache_control.max_age = 0
        return response

    @blueprint.app_template_global("static_url")
    def static_url(path: str) -> str:
        if not (folder / path).is_file():
            msg = f"static/{path} is missing"
            raise FileNotFoundError(msg)
        is_shared = request.path.startswith(SHARED)
        place = "assets.show_shared" if is_shared else "assets.show"
        return url_for(place, asked=version, path=path)

    return blueprint
