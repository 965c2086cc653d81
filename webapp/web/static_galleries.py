"""How static galleries look: their pages, and one sheet made of those of Easel itself."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from webapp.services.exports.galleries import Design
from webapp.web.assets import STATIC

FOLDER = "exports/gallery"
SHEETS = ("layers", "reset", "tokens", "pages/static-gallery")


def design() -> Design:
    """Return the design of static galleries, inside the context of an app."""
    folder = current_app.extensions[STATIC]
    sheets = (folder / "css" / f"{name}.css" for name in SHEETS)
    return Design(_draw, "\n".join(path.read_text("utf-8") for path in sheets).encode())


def _draw(name: str, values: Mapping[str, Any]) -> str:
    # Not Flask's `render_template`, which would look for who is signed in: nobody need be.
    return current_app.jinja_env.get_template(f"{FOLDER}/{name}").render(values)
