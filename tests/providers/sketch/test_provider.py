import io
import subprocess
import sys

import pytest
from PIL import Image

from webapp.providers.base import ImageRequest, ProviderError, Wordy
from webapp.providers.sketch import SketchProvider


def request(prompt="a lake at dawn", **changes):
    return ImageRequest(prompt, **({"model": "sketch-1", "size": "512"} | changes))


def generate(*args, **changes):
    return SketchProvider().generate(request(*args, **changes), lambda *_: None, lambda: False)


def test_it_offers_a_model_for_scenes_and_one_for_finishes():
    models = SketchProvider().models()
    assert [model.id for model in models] == ["sketch-1", "sketch-finish"]
    for model in models:
        assert model.seed == "exact"
        assert model.is_free
        assert model.default_size in model.sizes
        assert "not AI" in model.note


def test_scenes_need_words_and_finishes_need_a_picture():
    scenes, finishes = SketchProvider().models()
    assert scenes.negative_prompt
    assert not scenes.needs_reference
    assert not scenes.prompt_is_optional
    assert not scenes.mask
    assert finishes.needs_reference
    assert finishes.prompt_is_optional
    assert finishes.mask


def test_it_can_say_which_words_it_understands():
    provider = SketchProvider()
    assert isinstance(provider, Wordy)
    assert "lake" in provider.vocabulary()["feature"]


def test_the_result_says_honestly_what_it_is_and_what_it_understood():
    result = generate("Lake at dawn with a pine and my aunt", seed=7)
    assert result.seed == 7
    assert result.recognised == ("lake", "dawn", "pine")
    assert "procedural, not AI" in result.text
    assert "It recognised: lake, dawn, pine." in result.text
    assert result.meta["light"] == "dawn"
    assert set(result.meta) == {"scene", "light", "finish"}


def test_the_bytes_are_a_png_of_the_size_asked_for():
    result = generate(aspect_ratio="3:2")
    with Image.open(io.BytesIO(result.data)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (624, 416))


def test_without_a_seed_the_prompt_gives_one_and_identical_bytes():
    first, again, other = generate(), generate(), generate("silk at night")
    assert first.seed == again.seed
    assert first.data == again.data
    assert first.seed != other.seed


def test_it_admits_that_it_recognised_nothing():
    result = generate("日本の夕焼け")
    assert result.data.startswith(b"\x89PNG")
    assert result.recognised == ()
    assert "recognised no word" in result.text


@pytest.mark.parametrize(
    ("changes", "kind", "hint"),
    [
        ({"prompt": " \n"}, "invalid", "prompt"),
        ({"model": "sketch-9"}, "no_model", "sketch-1"),
        ({"aspect_ratio": "5:1"}, "invalid", "16:9"),
        ({"size": "4096"}, "invalid", "2048"),
        ({"strength": 1.5}, "invalid", "from 0 to 1"),
        ({"strength": float("nan")}, "invalid", "from 0 to 1"),
        ({"mask": b"png"}, "invalid", "Sketch finish"),
        ({"references": (None,) * 4}, "invalid", "at most 3"),
        ({"model": "sketch-finish"}, "invalid", "Choose a picture to work on first."),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_useful_sentence(changes, kind, hint):
    with pytest.raises(ProviderError) as failure:
        generate(**changes)
    assert failure.value.kind == kind
    assert hint in failure.value.message


def test_progress_rises_through_the_stages_of_the_scene():
    steps = []
    SketchProvider().generate(request(), lambda *step: steps.append(step), lambda: False)
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1
    assert [stage for _, stage in steps][:3] == ["Sky", "Mountains", "Foreground"]


def test_a_cancelled_picture_stops_at_the_next_stage():
    stages = []
    with pytest.raises(ProviderError) as failure:
        SketchProvider().generate(
            request(),
            lambda _share, stage, _seen=None: stages.append(stage),
            lambda: len(stages) == 2,
        )
    assert failure.value.kind == "cancelled"
    assert stages == ["Sky", "Mountains"]


def test_an_idle_provider_loads_neither_numpy_nor_pillow():
    code = (
        "import sys, webapp.providers.sketch as sketch;"
        "sketch.SketchProvider().models(); sketch.vocabulary(); sketch.read('a lake');"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'PIL.Image')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
