"""Pages about Easel itself: every component on one page, for those who change them."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, make_response
from jinja2 import Environment

from webapp.services.pictures import Picture
from webapp.web import samples
from webapp.web.shell import shell

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("system", __name__, url_prefix="/system")

SIDES = {"w160": 160, "w640": 640, "w1920": 1920}


@blueprint.get("/patterns")
def patterns() -> Response:
    """Show each component and fragment with sample data."""
    context: dict[str, Any] = shell() | {
        "days": (),
        "samples": samples,
        "pictures": tuple(samples.picture(index) for index in range(4)),
    }
    current_app.update_template_context(context)
    page = _with_sample_thumbs(current_app.jinja_env).get_template("system/patterns.html")
    return make_response(page.render(context))


def _with_sample_thumbs(environment: Environment) -> Environment:
    """Return an environment whose thumbnails are the samples' own previews: no file has them."""
    copy = environment.overlay()
    thumbs: dict[str, Callable[..., Any]] = {
        "thumb": lambda picture, _preset: picture.preview,
        "srcset": lambda picture, *_presets: f"{picture.preview.replace(' ', '%20')} 640w",
        "size_in": _size_in,
    }
    copy.filters = environment.filters | thumbs
    return copy


def _size_in(picture: Picture, preset: str) -> tuple[int, int]:
    width = SIDES[preset]
    return width, round(width * picture.height / picture.width)
