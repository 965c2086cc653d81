from datetime import date

import pytest

from tests.providers.contract import asked, failure
from tests.providers.loopback import serving
from tests.providers.openai.studio import KEY, provider, script
from webapp.errors import SettingsError
from webapp.providers.base import Checkable, Retiring, Setup
from webapp.providers.openai import openai_from
from webapp.providers.openai.answers import _cost
from webapp.providers.openai.catalogue import known_cards, offered
from webapp.providers.openai.server import OPENAI
from webapp.providers.openai.shapes import pixels


def made(table=None, /, **section):
    return openai_from(Setup("openai", section, table or {}))


def card(name):
    return next(card for card in known_cards() if card.caps.id == name)


def test_without_settings_there_is_none():
    assert made() is None
    assert made(timeout="20", models="x") is None


def test_a_key_alone_leads_to_openai():
    maker = made(api_key=KEY)
    assert maker._server.base_url == OPENAI
    assert maker.title == "OpenAI"
    assert maker.models()[0].id == "gpt-image-2.5-flare"
    assert KEY not in repr(maker) + repr(maker._server)


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("http://gpu:8080", "http://gpu:8080/v1"),
        ("http://gpu:8080/", "http://gpu:8080/v1"),
        ("http://gpu:8080/v1", "http://gpu:8080/v1"),
        ("http://gpu:8080/v1/", "http://gpu:8080/v1"),
        ("https://example.org/api/v1", "https://example.org/api/v1"),
        ("https://example.org/v1beta/openai", "https://example.org/v1beta/openai"),
    ],
)
def test_an_address_may_leave_out_the_version(url, base_url):
    maker = made(base_url=url)
    assert maker._server.base_url == base_url
    assert maker.title in base_url


@pytest.mark.parametrize(
    "section",
    [
        {"base_url": "gpu:8080"},
        {"base_url": "http://owner:hush@gpu:8080"},
        {"base_url": "http://gpu:8080/?key=hush"},
        {"api_key": "two words"},
        {"api_key": KEY, "timeout": "soon"},
    ],
)
def test_mistakes_are_told_with_the_name_of_the_setting_and_without_secrets(section):
    with pytest.raises(SettingsError, match="EASEL_OPENAI__") as caught:
        made(**section)
    assert "hush" not in str(caught.value)
    assert "two words" not in str(caught.value)


def test_another_server_has_a_model_of_its_own_and_those_that_are_named():
    maker = made(base_url="http://gpu:8080", models="x/z-image-turbo, sd-3.5 ,")
    assert [caps.id for caps in maker.models()] == ["x/z-image-turbo", "sd-3.5", "default"]
    assert made(base_url="http://gpu:8080").models()[0].id == "default"


def test_models_that_are_named_come_first_and_once():
    maker = made(api_key=KEY, models="gpt-image-2,gpt-image-9-next")
    names = [caps.id for caps in maker.models()]
    assert names[:2] == ["gpt-image-2", "gpt-image-9-next"]
    assert len(names) == len(set(names))


def test_the_table_of_models_can_be_changed_and_extended():
    table = {"gpt-image-2": {"price": 0.05}, "my-model": {"sizes": ["640x480"], "references": 0}}
    models = {caps.id: caps for caps in made(table, api_key=KEY).models()}
    assert models["gpt-image-2"].price("1K") == 50_000
    assert models["my-model"].sizes == ("640x480",)
    with pytest.raises(SettingsError, match="openai"):
        made({"gpt-image-2": {"price": "much"}}, api_key=KEY)


def test_what_is_shut_down_is_not_offered_and_names_what_took_its_place():
    setup = Setup("openai", {"api_key": KEY})
    names = {card.caps.id for card in offered(setup, is_openai=True, today=date(2026, 11, 21))}
    assert not {"dall-e-2", "dall-e-3", "gpt-image-1"} & names
    earlier = {card.caps.id for card in offered(setup, is_openai=True, today=date(2026, 10, 1))}
    assert "gpt-image-1" in earlier
    maker = made(api_key=KEY)
    error = failure(maker, asked(maker, model="dall-e-3"))
    assert error.kind == "no_model"
    assert error.message == (
        "DALL·E 3 was shut down on 12 May 2026. OpenAI names gpt-image-2.5-flare in its place."
    )


def test_successors_are_alive():
    alive = {card.caps.id for card in known_cards() if card.caps.shutdown is None}
    assert {card.caps.successor for card in known_cards()} - {""} <= alive


@pytest.mark.parametrize("model", [card.caps.id for card in known_cards() if not card.pixels])
def test_every_shape_of_openai_keeps_its_rules(model):
    for ratio in card(model).caps.aspect_ratios:
        for size in card(model).caps.sizes:
            wide, high = map(int, pixels(card(model), ratio, size).split("x"))
            across, down = map(int, ratio.split(":"))
            assert wide % 16 == high % 16 == 0
            assert max(wide, high) <= 3840
            assert max(wide, high) <= 3 * min(wide, high)
            assert 655_360 <= wide * high <= 8_294_400
            assert wide / high == pytest.approx(across / down, rel=0.03)


@pytest.mark.parametrize(
    ("model", "ratio", "size", "expected"),
    [
        ("gpt-image-2.5-flare", "1:1", "1K", "1024x1024"),
        ("gpt-image-2.5-flare", "16:9", "4K", "3840x2160"),
        ("gpt-image-2.5-flare", "1:1", "4K", "2880x2880"),
        ("gpt-image-2.5-flare", "3:1", "4K", "3840x1280"),
        ("gpt-image-1.5", "3:2", "1K", "1536x1024"),
        ("gpt-image-1.5", "2:3", "1K", "1024x1536"),
    ],
)
def test_a_ratio_and_a_size_become_pixels(model, ratio, size, expected):
    assert pixels(card(model), ratio, size) == expected


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (
            {
                "input_tokens": 50,
                "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
                "output_tokens": 1120,
            },
            10 * 5 + 40 * 8 + 1120 * 30,
        ),
        ({"input_tokens": 10, "output_tokens": 196}, 10 * 5 + 196 * 30),
        ({"output_tokens": 196}, 196 * 30),
        ({"input_tokens": 10}, None),
        ({"output_tokens": True}, None),
        ({"output_tokens": -1}, None),
        ({"output_tokens": 10**12}, None),
        ({"output_tokens": "196"}, None),
        ({"output_tokens": 196, "input_tokens_details": 7}, 196 * 30),
        (None, None),
        ([], None),
    ],
)
def test_tokens_become_what_a_picture_cost(usage, cost):
    assert _cost(card("gpt-image-2"), usage) == cost
    assert _cost(card("gpt-image-1.5"), usage) is None


def test_a_size_may_be_named_in_pixels():
    setup = Setup("openai", {}, {"mine": {"sizes": ["640x480"], "aspect_ratios": ["4:3"]}})
    mine = offered(setup, is_openai=False)[-1]
    assert pixels(mine, "4:3", "640x480") == "640x480"


def test_a_model_that_only_the_table_names_is_known_all_the_same():
    maker = made({"gpt-image-2": {}}, base_url="http://gpu:8080")
    assert maker.models()[1] == card("gpt-image-2").caps


def test_the_same_model_elsewhere_has_no_known_price():
    setup = Setup("openai", {"models": "gpt-image-2"})
    assert offered(setup, is_openai=False)[0].tokens == {}


def test_a_check_says_which_models_there_are():
    with serving(script) as server:
        maker = provider(server.url)
        assert isinstance(maker, Checkable)
        report = maker.check()
    assert report.models == ("gpt-image-2.5-flare", "gpt-5.6-terra")
    assert report.message.endswith("answers.")


def test_a_server_without_a_list_of_models_answers_all_the_same():
    with serving(lambda it: it.html(404, "Not found")) as server:
        report = provider(server.url).check()
    assert report.models == ()
    assert report.warnings


def test_openai_s_models_that_are_gone_are_known_with_their_successors():
    provider = made(api_key=KEY)
    gone = provider.retired()
    assert isinstance(provider, Retiring)
    assert {"gpt-image-1", "dall-e-3"} <= set(gone)
    assert all(caps.shutdown and caps.successor for caps in gone.values())
    assert not set(gone) & {caps.id for caps in made(api_key=KEY).models()}
    assert made(base_url="http://127.0.0.1:9").retired() == {}
