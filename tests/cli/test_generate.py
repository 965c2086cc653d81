import json

import pytest
from PIL import Image as PillowImage


def test_pictures_are_made_kept_and_saved(easel, tmp_path):
    folder = tmp_path / "out" / "deep"
    outcome = easel("generate", "a lake", "-n", "2", "--seed", "7", "-o", str(folder), "--json")
    assert outcome.status == 0
    made = json.loads(outcome.out)
    assert [(one["state"], one["seed"], one["error"]) for one in made] == [
        ("ready", 7, None),
        ("ready", 8, None),
    ]
    for one in made:
        with PillowImage.open(one["file"]) as image:
            assert image.size == (one["width"], one["height"]) == (64, 64)
        assert one["file"] == str(folder / f"{one['id']}.png")


def test_what_was_made_is_told_to_people(easel, tmp_path):
    outcome = easel("generate", "a lake", "--aspect-ratio", "3:2", "--size", "256")
    assert (outcome.status, outcome.err) == (0, "")
    assert "256x170  in the gallery" in outcome.out


def test_a_template_can_be_filled(easel):
    outcome = easel(
        *("generate", "--template", "wide-landscape", "--set", "subject=dunes", "--json"),
        *("--aspect-ratio", "16:9"),
    )
    assert outcome.status == 0
    assert json.loads(outcome.out)[0]["state"] == "ready"


@pytest.mark.parametrize("model", ["plain", "plain-1", "plain:plain-1", ""])
def test_a_model_can_be_named_in_every_way(easel, model):
    assert easel("generate", "x", "--model", model).status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give either a prompt"),
        (("x", "--template", "wide-landscape"), "Give either a prompt"),
        (("",), "Describe the picture first."),
        (("  ",), "Describe the picture first."),
        (("x", "-n", "0"), "Ask for 1 to 16 pictures"),
        (("x", "-n", "17"), "Ask for 1 to 16 pictures"),
        (("x", "--seed", "-1"), "A seed is a whole number"),
        (("x", "--model", "dalle"), "There is no model 'dalle'"),
        (("x", "--model", "dalle:3"), "There is no provider 'dalle'"),
        (("x", "--aspect-ratio", "5:7"), "is not among the ratios"),
        (("x", "--size", "8K"), "makes pictures of size"),
        (("x", "--user", "zoe"), "no user called zoe"),
        (("--template", "nope"), "There is no template 'nope'"),
        (("--template", "wide-landscape", "--set", "light=lava"), "is one of dawn"),
        (("--template", "wide-landscape", "--set", "light"), "--set takes NAME=VALUE"),
    ],
)
def test_what_can_t_be_made_is_said_in_a_sentence(easel, arguments, sentence):
    outcome = easel("generate", *arguments)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("easel: ")
    assert sentence in outcome.err


def test_a_failure_is_told_and_ends_with_1(easel, tmp_path):
    outcome = easel("generate", "a lake !quota", "-o", str(tmp_path / "out"))
    assert outcome.status == 1
    assert "Plain was asked to fail: quota." in outcome.err
    assert outcome.out == ""


def test_a_folder_that_can_t_be_written_is_said(easel, tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    outcome = easel("generate", "a lake", "-o", str(tmp_path / "file"))
    assert outcome.status == 2
    outcome = easel("generate", "a lake", "-o", str(tmp_path / "file" / "below"))
    assert outcome.status == 1
    assert outcome.err.startswith("easel: ")
