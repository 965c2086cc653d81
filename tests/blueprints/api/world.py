"""An Easel with something of everything, so that what is asked of it reaches beyond 404."""

from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.blueprints.api.conftest import Caller
from tests.conftest import an_app
from webapp.app import easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services.requests import GenerationRequest
from webapp.services.tokens import SCOPES
from webapp.settings import Settings

BODIES: Mapping[str, dict[str, Any]] = {
    "templates": {"title": "Kites", "sections": [{"text": "a kite"}]},
    "generations": {"prompt": "a kite"},
    "albums": {"title": "Kites"},
    "tokens": {"name": "A script", "scopes": ["images:read"]},
    "webhooks": {"url": "https://example.com/hook", "events": ["image.created"]},
}
"""What makes one of each resource. Of another, its list has one, or there is none."""


class World:
    """Gives ids of things that there are, each time of a new one where a body makes it."""

    def __init__(self, app, owner, token):
        self.app = app
        self.token = token
        self._owner = owner
        self._caller = Caller(app.test_client(), token)

    def id_of(self, noun):
        """Return the id of something, None where there is nothing of the kind."""
        if noun == "versions":
            return 1
        if noun in BODIES:
            made = self._caller.post(f"/api/{noun}", BODIES[noun]).get_json()
            if "id" in made:  # else there are as many as there may be
                return made["id"]
        if noun == "images":
            return self._image()
        if noun == "links":
            link = {"image": self._image()}
            return self._caller.post("/api/links", link).get_json().get("id")
        listed = self._caller.get(f"/api/{noun}").get_json() or {}
        return next((item.get("id") for item in listed.get("items", [])), None)

    def _image(self):
        with self.app.app_context():
            return easel_of(self.app).services.images.add_image(self._owner, png(40, 30, b"x")).id


@contextmanager
def a_world(folder: Path, empty_database: Path):
    """Give an Easel whose owner has a picture, a generation and a token that may do everything."""
    with an_app(Settings(data_dir=folder), NullRunner(), empty_database) as app:
        with app.app_context():
            services = easel_of(app).services
            owner = services.accounts.named("owner")
            token = services.tokens.create(owner, "test", SCOPES)
            services.images.add_image(owner, png(40, 30, b"x"))
            wish = GenerationRequest(prompt="a kite", provider="plain", model="plain-1")
            services.generator.start(owner, wish)
        yield World(app, owner, token)
