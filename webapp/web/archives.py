"""Archives as answers: sent while they are written, so that nobody knows their length."""

from collections.abc import Iterator

from flask import Flask, Response, current_app

from webapp.web.current import services

MIME = "application/zip"


def archive(pieces: Iterator[bytes], name: str) -> Response:
    """Return a ZIP to be saved under a name; raises BusyError where too many leave already."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # Flask's own way
    response = Response(services().exports.outlets.through(_within(app, pieces)), mimetype=MIME)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep all of it on its disk
    return response


def _within(app: Flask, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give pieces, each made in the context of the app: that of the request is gone by then."""
    while True:
        with app.app_context():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
