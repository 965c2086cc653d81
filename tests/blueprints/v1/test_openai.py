"""The package `openai`, as people use it, against a served Easel."""

import base64
import io
import json
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection
from urllib.parse import urlsplit

import openai
import pytest
from PIL import Image

from tests.serving import served
from webapp.errors import OverBudgetError
from webapp.extensions import limiter
from webapp.providers.plain import png
from webapp.settings import Settings


@pytest.fixture(scope="module")
def easel(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"), threads=4)
    with served(settings) as running:
        yield running


@pytest.fixture
def client(easel):
    key, address = easel.token(), f"{easel.address}/v1"
    with openai.OpenAI(base_url=address, api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def owner(easel):
    return easel.easel.services.accounts.named("owner")


def pictures(easel, owner):
    return easel.easel.services.images.get_images(owner).pictures


def opened(picture):
    return Image.open(io.BytesIO(base64.b64decode(picture.b64_json)))


def holed(width=96, height=64):
    """Return a PNG whose left half is transparent."""
    image = Image.new("RGBA", (width, height), "white")
    image.paste((0, 0, 0, 0), (0, 0, width // 2, height))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_a_picture_comes_as_base64_and_stays_in_the_gallery(client, easel, owner):
    answer = client.images.generate(prompt="a lake at dawn", model="plain:plain-1")
    assert opened(answer.data[0]).size == (64, 64)
    assert answer.data[0].revised_prompt == "a lake at dawn"
    assert abs(answer.created - time.time()) < 60
    kept = pictures(easel, owner)[0]
    assert (kept.prompt, kept.visibility, kept.model) == ("a lake at dawn", "private", "plain-1")


def test_two_pictures_are_two(client):
    answer = client.images.generate(prompt="a pier", n=2)
    assert len({picture.b64_json for picture in answer.data}) == 2


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("1024x1024", (256, 256)),
        ("1536x1024", (256, 171)),
        ("1024x1792", (171, 256)),
        ("64x64", (64, 64)),
        ("auto", (64, 64)),
    ],
)
def test_a_size_becomes_the_nearest_that_the_model_has(client, size, expected):
    answer = client.images.generate(prompt="a size", size=size)
    assert opened(answer.data[0]).size == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(("name", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_a_format_can_be_asked_for(client, name, kind):
    answer = client.images.generate(prompt="a format", output_format=name, output_compression=60)
    assert opened(answer.data[0]).format == kind
    assert answer.output_format == name


def test_braces_are_only_braces(client, easel, owner):
    client.images.generate(prompt="a {red|blue} kite")
    assert pictures(easel, owner)[0].prompt == "a {red|blue} kite"


def test_settings_that_a_model_lacks_change_nothing(client):
    answer = client.images.generate(
        prompt="settings",
        quality="hd",
        style="vivid",
        user="me",
        moderation="low",
        background="auto",
    )
    assert answer.data


def test_an_address_shows_the_picture_to_a_stranger_and_to_the_owner_as_a_link(
    client, easel, owner
):
    answer = client.images.generate(prompt="an address", response_format="url", size="1536x1024")
    with urllib.request.urlopen(answer.data[0].url) as found:
        assert found.headers["Content-Type"] == "image/png"
        assert Image.open(found).size[0] == 256
    assert answer.data[0].b64_json is None
    link = easel.easel.services.sharing.links.page(owner).links[0]
    assert link.id in answer.data[0].url
    assert 3500 < (link.expires - link.created).total_seconds() <= 3600
    easel.easel.services.sharing.links.revoke(link.id, owner)
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(answer.data[0].url)
    assert gone.value.code == 410
    gone.value.close()


def test_an_edit_works_on_the_picture_where_the_mask_has_a_hole(client, easel, owner):
    source = png(96, 64, b"\x30\x80\xc0")
    answer = client.images.edit(
        image=("lake.png", source), mask=("mask.png", holed()), prompt="add a boat"
    )
    assert opened(answer.data[0]).size == pytest.approx((64, 42), abs=1)
    asked = easel.painter.asked[-1]
    assert [(item.width, item.height) for item in asked.references] == [(96, 64)]
    mask = Image.open(io.BytesIO(asked.mask))
    assert (mask.getpixel((10, 30)), mask.getpixel((80, 30))) == (255, 0)
    assert {picture.filename for picture in pictures(easel, owner)[:2]} == {"", "lake.png"}


def test_an_edit_takes_several_pictures(client, easel):
    client.images.edit(image=[png(20, 20, b"\1\2\3"), png(30, 20, b"\4\5\6")], prompt="both", n=1)
    assert len(easel.painter.asked[-1].references) == 2


def test_json_brings_pictures_as_data_uris(client, easel):
    uri = "data:image/png;base64," + base64.b64encode(png(24, 24, b"\7\7\7")).decode()
    hole = "data:image/png;base64," + base64.b64encode(holed(24, 24)).decode()
    answer = client.post(
        "/images/edits",
        cast_to=openai.types.ImagesResponse,
        body={"images": [{"image_url": uri}], "mask": {"image_url": hole}, "prompt": "json"},
    )
    assert answer.data[0].b64_json
    assert easel.painter.asked[-1].mask


def test_models_are_listed_and_shown(client):
    assert [model.id for model in client.models.list()] == ["plain:plain-1", "plain:plain-paid"]
    shown = client.models.retrieve("plain:plain-1")
    assert (shown.id, shown.owned_by, shown.object) == ("plain:plain-1", "plain", "model")
    assert client.models.retrieve("plain-paid").id == "plain:plain-paid"


def error_of(kind, call, *arguments, **options):
    with pytest.raises(kind) as refused:
        call(*arguments, **options)
    error = refused.value
    assert error.request_id.startswith("req_")
    return error


def test_a_wrong_key_is_an_authentication_error(client, easel):
    for key in ("easel_wrong", "sk-1"):
        stranger = client.with_options(api_key=key)
        error = error_of(openai.AuthenticationError, stranger.models.list)
        assert (error.status_code, error.code) == (401, "invalid_api_key")
        assert key not in error.message


def test_a_session_is_no_key(easel):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{easel.address}/v1/models")
    assert refused.value.code == 401
    refused.value.close()


@pytest.mark.parametrize("scopes", [("generate",), ("images:read",)])
def test_a_key_without_the_scopes_is_told_which(client, easel, scopes):
    less = client.with_options(api_key=easel.token(*scopes))
    error = error_of(openai.PermissionDeniedError, less.images.generate, prompt="a lake")
    assert error.code == "missing_scope"
    assert less.models.list().data


@pytest.mark.parametrize(
    ("options", "param", "code"),
    [
        ({"prompt": ""}, "prompt", "invalid_value"),
        ({"prompt": "x", "n": 11}, "n", "invalid_value"),
        ({"prompt": "x", "n": 0}, "n", "invalid_value"),
        ({"prompt": "x", "size": "large"}, "size", "invalid_value"),
        ({"prompt": "x", "quality": "best"}, "quality", "invalid_value"),
        ({"prompt": "x", "background": "transparent"}, "background", "invalid_value"),
        ({"prompt": "x", "stream": True}, "stream", "unsupported_parameter"),
        ({"prompt": "x", "extra_body": {"colour": "red"}}, "colour", "unknown_parameter"),
        ({"prompt": "x" * 10_001}, "prompt", "invalid_value"),
    ],
)
def test_a_mistake_is_a_bad_request_that_names_the_field(client, options, param, code):
    error = error_of(openai.BadRequestError, client.images.generate, **options)
    assert (error.status_code, error.type) == (400, "invalid_request_error")
    assert (error.param, error.code) == (param, code)


def test_a_file_that_is_no_picture_is_a_bad_request(client):
    error = error_of(openai.BadRequestError, client.images.edit, image=b"no picture", prompt="x")
    assert (error.param, error.code) == ("image", "invalid_image")


@pytest.mark.parametrize("name", ["dall-e-3", "plain:plain-9", "other:model"])
def test_an_unknown_model_is_not_found_and_those_there_are_are_named(client, name):
    error = error_of(openai.NotFoundError, client.images.generate, prompt="x", model=name)
    assert error.code == "model_not_found"
    assert "plain-1" in error.message or "plain" in error.message
    assert error_of(openai.NotFoundError, client.models.retrieve, name).code == "model_not_found"


def test_what_easel_has_not_is_not_found(client):
    error = error_of(
        openai.NotFoundError,
        client.chat.completions.create,
        model="x",
        messages=[{"role": "user", "content": "hello"}],
    )
    assert error.code == "unknown_url"


@pytest.mark.parametrize(
    ("failure", "kind", "status", "code"),
    [
        ("blocked", openai.BadRequestError, 400, "content_policy_violation"),
        ("quota", openai.RateLimitError, 429, "insufficient_quota"),
        ("rate_limit", openai.RateLimitError, 429, "rate_limit_exceeded"),
        ("auth", openai.InternalServerError, 502, "auth"),
        ("timeout", openai.InternalServerError, 504, "timeout"),
    ],
)
def test_a_failure_of_the_provider_is_told_by_its_kind(client, failure, kind, status, code):
    error = error_of(kind, client.images.generate, prompt=f"a !{failure}")
    assert (error.status_code, error.code) == (status, code)


def test_what_costs_too_much_is_no_quota_left_and_not_tried_again(client, easel, monkeypatch):
    asked = []

    def refuse(*_):
        asked.append(1)
        msg = "This would cost more than may be spent."
        raise OverBudgetError(msg)

    monkeypatch.setattr(type(easel.easel.services.generator), "start_all", refuse)
    patient = client.with_options(max_retries=2)
    error = error_of(openai.RateLimitError, patient.images.generate, prompt="x")
    assert error.code == "insufficient_quota"
    assert len(asked) == 1


def test_a_client_waits_and_tries_again_when_it_is_told_to(client, easel, monkeypatch):
    waiting = easel.easel.services.openai._waiting
    held = [waiting.place() for _ in range(2)]
    for place in held:
        place.__enter__()
    error = error_of(openai.RateLimitError, client.images.generate, prompt="x")
    assert (error.code, error.response.headers["Retry-After"]) == ("rate_limit_exceeded", "2")
    timer = threading.Timer(0.3, lambda: [place.__exit__(None, None, None) for place in held])
    timer.start()
    answer = client.with_options(max_retries=5).images.generate(prompt="after a while")
    assert answer.data
    timer.join()


def test_who_waits_leaves_threads_for_others(client, easel):
    easel.painter.go.clear()
    calls = [
        threading.Thread(target=lambda: client.images.generate(prompt="slow !wait"))
        for _ in range(2)
    ]
    for call in calls:
        call.start()
    until(lambda: easel.easel.services.openai._waiting._places._value == 0)
    began = time.monotonic()
    assert client.models.list().data
    assert time.monotonic() - began < 30
    easel.painter.go.set()
    for call in calls:
        call.join()


def test_who_goes_away_frees_their_place_and_the_picture_is_made_all_the_same(easel, owner):
    easel.painter.go.clear()
    connection = HTTPConnection(urlsplit(easel.address).netloc)
    headers = {"Authorization": f"Bearer {easel.token()}", "Content-Type": "application/json"}
    body = json.dumps({"prompt": "nobody waits !wait"})
    connection.request("POST", "/v1/images/generations", body, headers)
    until(lambda: easel.painter.asked and easel.painter.asked[-1].prompt == "nobody waits !wait")
    assert easel.easel.services.openai._waiting._places._value == 1
    connection.close()
    until(lambda: easel.easel.services.openai._waiting._places._value == 2)
    assert pictures(easel, owner)[0].is_pending
    easel.painter.go.set()
    until(lambda: pictures(easel, owner)[0].is_ready)


def test_who_waits_too_long_is_told_how_to_go_on(client, easel, monkeypatch):
    easel.painter.go.clear()
    waiting = easel.easel.services.openai._waiting
    monkeypatch.setattr(waiting, "_seconds", 0.2)
    key = {"Idempotency-Key": "too-long"}
    patient = client.with_options(max_retries=2)
    asked = len(easel.painter.asked)
    error = error_of(
        openai.InternalServerError, patient.images.generate, prompt="late !wait", extra_headers=key
    )
    assert (error.status_code, error.code) == (504, "timeout")
    easel.painter.go.set()
    monkeypatch.setattr(waiting, "_seconds", 120)
    again = client.images.generate(prompt="late !wait", extra_headers=key)
    assert again.data
    assert len(easel.painter.asked) == asked + 1


def test_the_same_key_gives_the_same_pictures_and_is_made_once(client, easel):
    key = {"Idempotency-Key": "same"}
    asked = len(easel.painter.asked)
    first, second = (
        client.images.generate(prompt="once", extra_headers=key).data for _ in range(2)
    )
    assert first[0].b64_json == second[0].b64_json
    assert len(easel.painter.asked) == asked + 1
    error = error_of(
        openai.ConflictError, client.images.generate, prompt="other", extra_headers=key
    )
    assert error.code == "idempotency_key_reused"


def test_the_key_of_an_edit_stands_for_its_files_too(client):
    key = {"Idempotency-Key": "edit"}
    first, second = (png(20, 20, bytes([number] * 3)) for number in (1, 2))
    client.images.edit(image=first, prompt="x", extra_headers=key)
    client.images.edit(image=first, prompt="x", extra_headers=key)
    error_of(openai.ConflictError, client.images.edit, image=second, prompt="x", extra_headers=key)


def test_one_of_two_that_fails_leaves_the_other(client, easel, monkeypatch):
    paint = type(easel.painter).generate

    def sometimes(self, request, *rest):
        if request.seed % 2:
            request = type(request)(prompt="!blocked", model=request.model)
        return paint(self, request, *rest)

    monkeypatch.setattr(type(easel.painter), "generate", sometimes)
    answer = client.images.generate(prompt="half", n=2, extra_body={"seed": 4})
    assert len(answer.data) == 1


def test_too_many_requests_are_told_in_openais_words(client, easel, monkeypatch):
    monkeypatch.setitem(easel.app.config, "EASEL_API_RATE", "2 per hour")
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    raw = client.models.with_raw_response.list()
    assert raw.headers["RateLimit-Remaining"] == "1"
    client.models.list()
    error = error_of(openai.RateLimitError, client.models.list)
    assert error.code == "rate_limit_exceeded"
    assert int(error.response.headers["Retry-After"]) > 3500
    limiter.reset()


def test_a_fault_of_ours_tells_no_internals(client, easel, monkeypatch):
    def broken(*_):
        raise KeyError("/srv/secret")  # noqa: EM101

    monkeypatch.setattr(type(easel.easel.services.openai), "models", broken)
    error = error_of(openai.InternalServerError, client.models.list)
    assert (error.status_code, error.type) == (500, "server_error")
    assert "secret" not in str(error.body)


def until(is_so, seconds=60.0):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
