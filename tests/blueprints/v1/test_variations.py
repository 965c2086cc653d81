"""Variations, by a model that needs no words; and what is fetched to be worked on."""

import base64
import io

import pytest
from PIL import Image

from tests.conftest import an_app
from webapp.app import easel_of
from webapp.jobs import InlineRunner
from webapp.providers.plain import png
from webapp.providers.sketch.provider import SketchProvider

EDITS, VARIATIONS = "/v1/images/edits", "/v1/images/variations"


@pytest.fixture
def post(app, services, owner):
    token = services.tokens.create(owner, "x", ["generate", "images:read"])
    headers = {"Authorization": f"Bearer {token}"}
    return lambda path, **sent: app.test_client().post(path, headers=headers, **sent)


def form(**more):
    return {"data": {"image": (io.BytesIO(png(96, 64, b"\x30\x80\xc0")), "a.png"), **more}}


def test_without_such_a_model_there_are_no_variations(post):
    answer = post(VARIATIONS, **form())
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "unsupported"


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "http://169.254.169.254/latest"])
def test_nothing_is_fetched_from_private_networks(post, services, owner, url):
    answer = post(EDITS, json={"images": [{"image_url": url}], "prompt": "x"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "private_address"
    assert not services.images.get_images(owner).pictures


@pytest.mark.parametrize("image", [None, [], 7, {"image_url": 7}, "", ["x"] * 17, {"file_id": "f"}])
def test_what_is_no_picture_is_told_by_its_field(post, image):
    error = post(EDITS, json={"image": image, "prompt": "x"}).get_json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", "image")


def test_a_variation_is_another_picture_of_the_same_shape(settings, empty_database, monkeypatch):
    monkeypatch.setattr("tests.conftest.PlainProvider", SketchProvider)
    with an_app(settings, InlineRunner(), empty_database) as app, app.app_context():
        services = easel_of(app).services
        owner = services.accounts.named("owner")
        token = services.tokens.create(owner, "x", ["generate", "images:read"])
        headers = {"Authorization": f"Bearer {token}"}
        answer = app.test_client().post(VARIATIONS, headers=headers, **form())
        assert answer.status_code == 200, answer.get_json()
        data = base64.b64decode(answer.get_json()["data"][0]["b64_json"])
        assert Image.open(io.BytesIO(data)).size == (96, 64)
        made, source = services.images.get_images(owner).pictures
        assert (made.model, source.filename) == ("sketch-finish", "a.png")
