"""What goes over the wire, as a server sees it."""

import base64

import pytest

from tests.providers.gemini.conftest import SECRET, ignore, never
from tests.providers.gemini.server import answer, picture
from webapp.providers.base import ProviderError, Reference
from webapp.providers.gemini import connection

HIJACKS = {
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_USE_ENTERPRISE": "true",
    "GOOGLE_CLOUD_PROJECT": "somebody-elses",
    "GOOGLE_CLOUD_LOCATION": "mars-east1",
    "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9/elsewhere",
    "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9/elsewhere",
    "GOOGLE_GENAI_API_VERSION": "beta",
    "GOOGLE_API_KEY": "another-key",
    "GEMINI_API_KEY": "a-third-key",
    "GOOGLE_GENAI_CLIENT_MODE": "replay",
    "GOOGLE_GENAI_REPLAYS_DIRECTORY": "/nowhere",
}


def a_reference(size=300):
    return Reference(data=b"\xff\xd8\xff" + bytes(size), mime="image/jpeg", width=8, height=8)


@pytest.fixture
def sent(provider, server, request_for):
    """Return what makes a picture, and gives the body that was sent."""

    def send(**changes):
        provider.generate(request_for(**changes), ignore, never)
        return server.seen[-1].body

    return send


def test_a_picture_is_asked_for_as_google_writes_it_down(sent, server):
    body = sent(seed=5, parameters={"thinking": "high"})
    seen = server.seen[-1]
    assert (seen.method, seen.path) == (
        "POST",
        "/v1/models/gemini-nano-banana-2.1:generateContent",
    )
    assert seen.headers["x-goog-api-key"] == SECRET
    assert seen.headers["accept-encoding"] == "identity"
    assert 0 < int(seen.headers["x-server-timeout"]) <= 180
    assert body == {
        "contents": [{"parts": [{"text": "a lake at dawn"}], "role": "user"}],
        "generationConfig": {
            "seed": 5,
            "responseModalities": ["IMAGE"],
            "thinkingConfig": {"thinking_level": "HIGH"},
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
        },
    }


def test_the_key_is_not_in_the_address(sent, server):
    sent()
    assert SECRET not in server.seen[-1].path


def test_references_come_before_the_words_and_in_their_order(sent):
    parts = sent(references=(a_reference(300), a_reference(600)))["contents"][0]["parts"]
    sizes = [len(base64.urlsafe_b64decode(part["inlineData"]["data"])) for part in parts[:2]]
    assert sizes == [303, 603]
    assert parts[2] == {"text": "a lake at dawn"}


def test_a_seed_of_32_bits_is_cut_to_the_31_that_google_takes(sent):
    assert sent(seed=2**32 - 1)["generationConfig"]["seed"] == 2**31 - 1


def test_without_a_seed_none_is_sent(sent):
    assert "seed" not in sent()["generationConfig"]


@pytest.mark.parametrize("level", ["", "none", "low; drop"])
def test_a_level_of_thinking_that_the_model_has_not_is_not_sent(sent, level):
    assert "thinkingConfig" not in sent(parameters={"thinking": level})["generationConfig"]


def test_a_model_without_levels_is_never_told_to_think(sent):
    body = sent(model="gemini-3-pro-image", parameters={"thinking": "high"})
    assert "thinkingConfig" not in body["generationConfig"]


def test_the_environment_changes_nothing(provider, server, request_for, monkeypatch, sent):
    before = sent()
    connection.close()
    for name, value in HIJACKS.items():
        monkeypatch.setenv(name, value)
    assert sent() == before
    assert server.seen[-1].path == "/v1/models/gemini-nano-banana-2.1:generateContent"
    assert server.seen[-1].headers["x-goog-api-key"] == SECRET


def test_a_wish_for_another_http_library_is_answered_in_a_sentence(
    provider, request_for, monkeypatch
):
    connection.close()
    monkeypatch.setenv("GOOGLE_GENAI_HTTP_CLIENT", "httpx")
    with pytest.raises(ProviderError, match="unset GOOGLE_GENAI_HTTP_CLIENT") as caught:
        provider.generate(request_for(), ignore, never)
    assert caught.value.kind == "invalid"
    assert not caught.value.may_have_cost


def test_the_version_of_the_api_is_a_setting(provider_of, server, request_for):
    server.begin(answer(picture()))
    provider_of(api_version="v1beta").generate(request_for(), ignore, never)
    assert server.seen[-1].path.startswith("/v1beta/models/")


def test_an_address_may_have_a_path(provider_of, server, request_for):
    server.begin(answer(picture()))
    provider_of(base_url=f"{server.url}/gateway/").generate(request_for(), ignore, never)
    assert server.seen[-1].path.startswith("/gateway/v1/models/")


def test_one_client_is_kept_for_all_requests(sent):
    sent()
    clients = dict(connection._clients)
    sent()
    assert clients == connection._clients


def test_a_request_that_google_would_find_too_large_is_not_sent(provider, server, request_for):
    wish = request_for(references=(a_reference(9_000_000), a_reference(6_500_000)))
    with pytest.raises(ProviderError) as caught:
        provider.generate(wish, ignore, never)
    assert caught.value.kind == "invalid"
    assert str(caught.value) == (
        "The request has 20.7 MB, and Gemini takes 20. Use fewer or smaller reference pictures."
    )
    assert server.seen == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"aspect_ratio": "7:5"}, "makes pictures of the ratios 1:1"),
        ({"size": "8K"}, "makes pictures of the sizes 1K, 2K, 4K"),
        ({"references": (a_reference(),) * 15}, "takes at most 14 reference pictures"),
    ],
)
def test_what_a_model_does_not_make_is_not_asked_for(provider, server, request_for, changes, words):
    with pytest.raises(ProviderError, match=words) as caught:
        provider.generate(request_for(**changes), ignore, never)
    assert caught.value.kind == "invalid"
    assert server.seen == []
