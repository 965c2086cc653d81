"""What every page shares: the current services, htmx, forms, errors, security."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from flask import Flask

from webapp.services import Services
from webapp.web import errors, filters, limits, metrics, security, sessions, thumbs
from webapp.web.assets import STATIC, assets
from webapp.web.current import SERVICES, viewer


def connect(app: Flask, services: Services, static: Path, *, public: AbstractSet[str]) -> None:
    """Give an app what its pages need; `public` names the blueprints that strangers may see."""
    app.extensions[SERVICES] = services
    app.extensions[STATIC] = static
    app.jinja_env.filters.update(filters.FILTERS | thumbs.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_everywhere)
    app.register_blueprint(assets(static))
    metrics.connect(app)
    errors.connect(app)
    limits.connect(app)
    security.harden(app)
    sessions.connect(app, public)


def _everywhere() -> dict[str, Any]:
    """Return what every template may name."""
    person = viewer()
    return {"viewer": person, "theme": "system" if person is None else person.theme}
