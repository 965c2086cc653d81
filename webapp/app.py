"""create_app: the composition root, the one place that knows every part."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import blueprints, web
from webapp.extensions import cache, csrf, db, limiter, migrate
from webapp.extensions.configuration import flask_config
from webapp.jobs import HueyRunner
from webapp.parts import Easel, put_together, surroundings
from webapp.providers import providers_from
from webapp.providers.base import Provider
from webapp.services.offer import on_offer
from webapp.services.ports import JobRunner
from webapp.settings import Settings
from webapp.storage.data_dir import DataDirectory
from webapp.storage.public_files import FOLDER
from webapp.storage.shown import Shown
from webapp.web import browsing
from webapp.web.api.suffixes import Suffixes
from webapp.web.fastpath import FastPath

PACKAGE = Path(__file__).parent
BUNDLE = PACKAGE / "_bundle"
ROOT = BUNDLE if BUNDLE.is_dir() else PACKAGE.parent
"""Where templates, static files and migrations are: in the wheel, or beside the package."""

EASEL = "easel"


def settings_from_surroundings() -> Settings:
    """Return the settings of the environment, filled up from `.env` in the working directory."""
    dotenv = {name: value or "" for name, value in dotenv_values(Path(".env")).items()}
    return Settings.from_env(dotenv | dict(os.environ))


def create_app(
    settings: Settings | None = None,
    *,
    runner: JobRunner | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> Flask:
    """Return the Flask app. A `runner` or `providers` take the place of what the settings name.

    Raises SettingsError where a setting can't be used.
    """
    settings = settings or settings_from_surroundings()
    made = providers or providers_from(settings.section, settings.models)
    choices = on_offer(settings.provider, settings.presets, made)
    data = DataDirectory(settings.data_dir)
    data.prepare()
    app = Flask("webapp", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(flask_config(surroundings(settings, data)))
    app.jinja_env.undefined = StrictUndefined
    _bind_extensions(app)
    parts = put_together(
        app,
        settings,
        choices,
        data,
        runner or HueyRunner(settings.queue_url or data.root / "queue.db"),
    )
    app.extensions[EASEL] = parts
    web.connect(app, parts.services, ROOT / "static", public=blueprints.PUBLIC)
    for blueprint in blueprints.BLUEPRINTS:
        app.register_blueprint(blueprint)
    browsing.connect(app)
    _stand_before(app, settings, parts.shown)
    return app


def _stand_before(app: Flask, settings: Settings, shown: Shown) -> None:
    """Put what sees a request first around the app: proxies' headers, then the fast path."""
    app.wsgi_app = Suffixes(app.wsgi_app)  # type: ignore[method-assign, assignment]
    if not settings.database_url:
        files = None
        if settings.nginx_dir is not None:
            files = shown.files
            files.lead_to(settings.nginx_dir.resolve() / FOLDER)
        app.wsgi_app = FastPath(app.wsgi_app, shown.stamps, files)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's documentation does
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count
        )


def easel_of(app: Flask) -> Easel:
    """Return the wired parts of an app."""
    parts: Easel = app.extensions[EASEL]
    return parts


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    cache.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
