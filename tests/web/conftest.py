from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Browser, an_app, browser_of
from webapp.app import Easel, easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import png
from webapp.services.requests import GenerationRequest
from webapp.settings import Settings


@dataclass(frozen=True)
class World:
    """An Easel with two people, shared by a module's tests: they only ask, or are refused."""

    app: Flask
    easel: Easel
    owner: Browser
    stranger: Browser
    private: str
    pending: str
    failed: str
    deleted: str
    shared: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the ids of what nobody but the owner may know of."""
        return (self.private, self.pending, self.failed, self.deleted)

    def anonymous(self) -> Any:
        return self.app.test_client()


@pytest.fixture(scope="module")
def world(tmp_path_factory, empty_database, compiled_templates):
    settings = Settings(data_dir=tmp_path_factory.mktemp("world"))
    with an_app(settings, NullRunner(), empty_database) as app:
        app.jinja_env.bytecode_cache = compiled_templates
        easel = easel_of(app)
        services = easel.services
        owner = services.accounts.named("owner")
        stranger = services.accounts.create("charlie", password="charlie's password")
        kept = [
            services.images.add_image(owner, png(60, 40, bytes([number, 9, 200])), prompt="hush")
            for number in range(3)
        ]
        services.images.delete_image(kept[1].id, owner)
        services.images.set_visibility(kept[2].id, owner, "unlisted")
        wish = GenerationRequest(prompt="hush", provider="plain", model="plain-1", count=2)
        pending, failed = services.generator.start(owner, wish).pictures
        services.generator.cancel(failed.id, owner)
        with app.app_context():
            yield World(
                app,
                easel,
                browser_of(app, owner),
                browser_of(app, stranger),
                private=kept[0].id,
                pending=pending.id,
                failed=failed.id,
                deleted=kept[1].id,
                shared=kept[2].id,
            )
