import base64
import time
from types import SimpleNamespace

import pytest

from tests.providers.a1111.webui import (
    COLOUR,
    NAME,
    PASSWORD,
    WebUI,
    impatient,
    made_wishes,
    picture,
    provider,
)
from tests.providers.contract import asked, failure, ignore, never, shape
from tests.providers.loopback import serving
from webapp.errors import SettingsError
from webapp.providers.a1111 import a1111_from, talking, watching
from webapp.providers.base import Reference, Setup
from webapp.providers.plain import png


def reference(width=60, height=40):
    return Reference(png(width, height, COLOUR), "image/png", width, height)


@pytest.fixture
def server():
    with serving(WebUI()) as running:
        yield running


def make(maker, **changes):
    return maker.generate(asked(maker, **changes), ignore, never)


def wish_of(server, **changes):
    make(provider(server.url), **changes)
    return made_wishes(server)[-1]


def test_a_picture_is_asked_for_with_all_that_the_form_says(server):
    wish = wish_of(
        server,
        size="512",
        aspect_ratio="3:2",
        seed=7,
        negative_prompt="people",
        parameters={"steps": "12", "cfg_scale": "3.5", "sampler": "Euler"},
    )
    assert wish.pop("force_task_id").startswith("easel-")
    assert wish == {
        "prompt": "a lake at dawn",
        "negative_prompt": "people",
        "seed": 7,
        "width": 624,
        "height": 416,
        "batch_size": 1,
        "n_iter": 1,
        "steps": 12,
        "cfg_scale": 3.5,
        "sampler_name": "Euler",
    }


def test_the_server_chooses_the_sampler_unless_one_is_named(server):
    wish = wish_of(server)
    assert "sampler_name" not in wish
    assert (wish["steps"], wish["cfg_scale"]) == (20, 7)


def test_a_seed_left_to_chance_comes_back(server):
    result = make(provider(server.url), seed=None)
    assert made_wishes(server)[0]["seed"] == -1
    assert result.seed == 4711
    assert result.meta == {"checkpoint": "dreams", "sampler": "Euler a", "steps": "20"}


def test_a_seed_that_was_asked_for_is_the_one_that_was_used(server):
    assert make(provider(server.url), seed=2**32 - 1).seed == 2**32 - 1


@pytest.mark.parametrize("size", ["512", "768", "1024", "1536"])
@pytest.mark.parametrize("ratio", ["1:1", "16:9", "9:21"])
def test_sides_are_multiples_of_eight(server, size, ratio):
    wish = wish_of(server, size=size, aspect_ratio=ratio)
    assert wish["width"] % 8 == wish["height"] % 8 == 0
    assert wish["width"] * wish["height"] == pytest.approx(int(size) ** 2, rel=0.05)


def test_a_size_may_be_named_in_pixels(server):
    maker = provider(server.url, {"mine": {"sizes": ["640x480"], "aspect_ratios": ["4:3"]}})
    make(maker, model="mine", size="640x480", aspect_ratio="4:3")
    wish = made_wishes(server)[0]
    assert (wish["width"], wish["height"]) == (640, 480)


def test_a_reference_is_worked_from(server):
    wish = wish_of(server, references=(reference(),), strength=0.3)
    assert "/sdapi/v1/img2img" in server.paths()
    assert base64.b64decode(wish["init_images"][0]) == reference().data
    assert (wish["denoising_strength"], wish["resize_mode"]) == (0.3, 1)
    assert "mask" not in wish


def test_a_mask_goes_along_as_it_is(server):
    mask = png(60, 40, b"\xff\xff\xff")
    wish = wish_of(server, references=(reference(),), mask=mask)
    assert base64.b64decode(wish["mask"]) == mask
    assert wish["inpainting_fill"] == 1
    assert wish["inpaint_full_res"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"references": (reference(), reference())},
        {"parameters": {"steps": "1000"}},
        {"parameters": {"cfg_scale": "nan"}},
        {"parameters": {"sampler": "Magic"}},
    ],
)
def test_what_it_does_not_take_is_refused_before_it_is_asked(server, wrong):
    maker = provider(server.url)
    assert failure(maker, asked(maker, **wrong)).kind == "invalid"
    assert made_wishes(server) == []


def test_a_checkpoint_is_asked_for_by_its_name(server):
    maker = provider(server.url, {"dreams.safetensors": {}})
    result = make(maker, model="dreams.safetensors")
    wish = made_wishes(server)[0]
    assert wish["override_settings"] == {"sd_model_checkpoint": "dreams.safetensors"}
    assert result.text == ""


def test_it_is_told_when_the_server_used_another_checkpoint(server):
    maker = provider(server.url, {"other.safetensors": {}})
    text = make(maker, model="other.safetensors").text
    assert text == "The server used the checkpoint “dreams” instead."


def test_the_loaded_checkpoint_comes_first_then_those_of_the_settings():
    maker = provider("http://gpu:7860", models="a, xl/b.ckpt")
    assert [caps.id for caps in maker.models()] == ["current", "a", "xl/b.ckpt"]
    assert [caps.title for caps in maker.models()] == ["The loaded checkpoint", "a", "b"]
    assert all(caps.is_free for caps in maker.models())


def test_a_check_learns_what_the_server_has(server):
    maker = provider(server.url)
    report = maker.check()
    assert report.models == ("dreams.safetensors", "xl/photo.safetensors")
    assert [caps.id for caps in maker.models()] == ["current", *report.models]
    sampler = next(one for one in maker.models()[0].parameters if one.name == "sampler")
    assert sampler.choices == ("automatic", "DPM++ 2M", "Restart")


def test_a_check_ends_in_time_however_slowly_each_question_is_answered(monkeypatch):
    ui, ahead = WebUI(), [0.0]

    def slowly(exchange):
        if exchange.call.path.endswith("samplers"):
            exchange.hang()
        ahead[0] = 59.9  # of the seconds that all questions have together
        ui(exchange)

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0])
    monkeypatch.setattr(talking, "time", clock)
    monkeypatch.setattr("webapp.providers.a1111.provider.CHECK_SECONDS", 60.0)
    with serving(slowly) as server:
        start = time.monotonic()
        impatient(server.url).check()
        assert time.monotonic() - start < 30
        assert server.paths("GET") == ["/sdapi/v1/sd-models", "/sdapi/v1/samplers"]


def test_a_picture_that_takes_a_while_learns_it_too(monkeypatch):
    monkeypatch.setattr(watching, "EVERY", 0.02)
    ui = WebUI(holds=True)

    def hear(share, *_):
        if share:
            ui.let_go.set()

    with serving(ui) as server:
        maker = provider(server.url)
        for _ in range(2):
            maker.generate(asked(maker), hear, never)
            ui.let_go.clear()
        ui.let_go.set()
        assert server.paths("GET").count("/sdapi/v1/sd-models") == 1
    assert [caps.id for caps in maker.models()][1:] == [
        "dreams.safetensors",
        "xl/photo.safetensors",
    ]


def test_a_server_without_a_checkpoint_is_told():
    ui = WebUI()
    ui.checkpoints = []
    with serving(ui) as server:
        assert provider(server.url).check().warnings


def test_name_and_password_go_along(server):
    make(provider(server.url, username=NAME, password=PASSWORD))
    pair = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
    assert server.calls[0].headers["authorization"] == f"Basic {pair}"


def test_a_server_that_tells_little_is_enough():
    said = picture({"seed": 7, "width": 64, "height": 64})
    for info in (None, "no JSON", "[]", 7):
        said["info"] = info
        with serving(lambda it: it.json(said)) as server:
            result = make(provider(server.url))
        assert shape(result.data) == (64, 64)
        assert (result.seed, result.meta) == (None, {})


def test_without_an_address_there_is_none():
    assert a1111_from(Setup("a1111", {"username": NAME, "password": PASSWORD})) is None


@pytest.mark.parametrize("ending", ["", "/", "/sdapi/v1", "/sdapi/v1/", "/sdapi"])
def test_the_address_may_name_the_api(ending):
    assert provider(f"http://gpu:7860{ending}")._server.base_url == "http://gpu:7860"


@pytest.mark.parametrize(
    "section",
    [
        {"base_url": "gpu:7860"},
        {"base_url": "http://owner:hush@gpu:7860"},
        {"base_url": "http://gpu:7860", "username": "owner"},
        {"base_url": "http://gpu:7860", "password": "hush"},
        {"base_url": "http://gpu:7860", "username": "a:b", "password": "hush"},
        {"base_url": "http://gpu:7860", "username": "a", "password": "hush\nhush"},
        {"base_url": "http://gpu:7860", "timeout": "never"},
    ],
)
def test_mistakes_are_told_with_the_name_of_the_setting_and_without_secrets(section):
    with pytest.raises(SettingsError, match="EASEL_A1111__") as caught:
        a1111_from(Setup("a1111", section))
    assert "hush" not in str(caught.value)
