"""Originals as answers: sent by Easel, or by the nginx in front of it."""

from io import BytesIO
from pathlib import Path

from flask import Response, current_app, send_file

from webapp.web import media

INTERNAL = "/.easel"
"""The address that `docs/deploy/nginx.conf` keeps for the folder that nginx may read."""


def original(
    source: Path | BytesIO, *, mime: str, etag: str, name: str, is_saved: bool
) -> Response:
    """Return an original to whoever may have it; they may ask for a part, or whether it changed.

    Where nginx can read the file, the answer only says which one it is.
    """
    place = _place_in_nginx(source)
    if place is None:
        response = send_file(
            source,
            mimetype=mime,
            as_attachment=is_saved,
            download_name=name,
            etag=etag,
            conditional=True,
            max_age=0,
        )
    else:
        response = Response(mimetype=mime, headers={"X-Accel-Redirect": place})
        how = "attachment" if is_saved else "inline"
        response.headers.set("Content-Disposition", how, filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return media.shield(response, is_public=False)


def _place_in_nginx(source: Path | BytesIO) -> str | None:
    folder: Path | None = current_app.config["EASEL_NGINX_DIR"]
    if folder is None or not isinstance(source, Path) or not source.is_relative_to(folder):
        return None
    return f"{INTERNAL}/{source.relative_to(folder).as_posix()}"
