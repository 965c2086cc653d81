from dataclasses import replace

import pytest

from webapp.errors import InvalidError, NotFoundError
from webapp.services.prompts import fill, image_variables, prompts_of, template_of
from webapp.services.templates.colour_words import WORDS, colour_word
from webapp.services.templates.variables import Variable, chosen, mistake

NUMBER = Variable("n", "Number", kind="number", minimum="1", maximum="9", step="0.5")
COLOUR = Variable("c", "Colour", kind="colour")
IMAGE = {"name": "picture", "label": "Picture", "kind": "image"}


def told(variable, value):
    return mistake(variable, chosen(variable, {variable.name: value}))


def only(variable):
    data = {"title": "Test", "description": "", "sections": [{"text": "<{v}>"}]}
    return template_of("test", data | {"variables": [{"name": "v", "label": "V"} | variable]})


@pytest.mark.parametrize("value", ["1", "9", "1.5", "2,5", "+3", " 4 "])
def test_a_number_within_its_bounds_is_taken(value):
    assert told(NUMBER, value) == ""


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0.5", "Number is at least 1."),
        ("9.5", "Number is at most 9."),
        ("1.2", "Number goes in steps of 0.5, from 1."),
        ("many", "Number is a number."),
        ("nan", "Number is a number."),
        ("1e5", "Number is a number."),
        ("9" * 400, "Number is a number."),
        ("", "Number is missing."),
    ],
)
def test_a_number_that_can_t_be_is_refused_with_a_sentence(value, sentence):
    assert told(NUMBER, value) == sentence


def test_a_number_stands_in_the_prompt_in_plain_form():
    assert fill(only({"kind": "number"}), {"v": "+2,5"}) == "<2.5>"


@pytest.mark.parametrize("value", ["#e85d04", "#E85D04", "e85d04"])
def test_a_colour_stands_in_the_prompt_as_a_word_and_its_code(value):
    assert fill(only({"kind": "colour"}), {"v": value}) == "<orange (#e85d04)>"


def test_a_short_colour_is_written_out():
    assert fill(only({"kind": "colour"}), {"v": "#fff"}) == "<white (#ffffff)>"


@pytest.mark.parametrize("value", ["red", "#12345", "#gggggg", "url(x)"])
def test_what_is_no_colour_is_refused(value):
    assert told(COLOUR, value) == "Colour is a colour such as #e85d04."


@pytest.mark.parametrize("word", WORDS)
def test_every_colour_that_has_a_word_is_called_by_it(word):
    red, green, blue = WORDS[word]
    assert colour_word(f"#{red:02x}{green:02x}{blue:02x}") == word


def pictures_template():
    data = {
        "title": "Test",
        "description": "",
        "sections": [{"text": "{picture} beside {other}"}],
        "variables": [IMAGE, IMAGE | {"name": "other", "label": "Other"}],
    }
    return template_of("test", data)


def test_pictures_are_spoken_of_by_number():
    values = {"picture": "aaaaaaaaaaa", "other": "bbbbbbbbbbb"}
    template = pictures_template()
    assert fill(template, values) == "the reference picture 1 beside the reference picture 2"
    assert image_variables(template, values) == ("aaaaaaaaaaa", "bbbbbbbbbbb")


def test_a_picture_chosen_twice_is_sent_once():
    values = {"picture": "aaaaaaaaaaa", "other": "aaaaaaaaaaa"}
    template = pictures_template()
    assert fill(template, values) == "the reference picture 1 beside the reference picture 1"
    assert image_variables(template, values) == ("aaaaaaaaaaa",)


def test_pictures_are_counted_after_those_that_go_along_anyway():
    values = {"picture": "aaaaaaaaaaa", "other": "bbbbbbbbbbb"}
    found = prompts_of(pictures_template(), values, beside=["ccccccccccc", "bbbbbbbbbbb"])
    assert found.prompts == ("the reference picture 3 beside the reference picture 2",)


def test_what_can_be_no_picture_is_refused():
    with pytest.raises(InvalidError, match="Picture is one of your pictures"):
        fill(pictures_template(), {"picture": "../../etc/passwd", "other": "aaaaaaaaaaa"})


def test_somebody_elses_picture_is_no_reference(services, owner, stranger, noise, a_picture):
    mine = services.images.add_image(owner, a_picture, filename="a.png").id
    template = pictures_template()
    values = {"picture": mine, "other": noise[0].id}
    with pytest.raises(InvalidError) as caught:
        services.prompts.expand(template, values, owner)
    assert list(caught.value.fields) == ["var_other"]
    assert services.prompts.expand(template, {"picture": mine, "other": mine}, owner).total == 1


def test_a_deleted_picture_is_no_reference(services, owner, a_picture):
    mine = services.images.add_image(owner, a_picture, filename="a.png").id
    services.images.delete_image(mine, owner)
    with pytest.raises(InvalidError):
        services.prompts.expand(pictures_template(), {"picture": mine, "other": mine}, owner)


def test_a_starter_has_one_version_and_needs_no_viewer(services):
    assert services.prompts.template("wide-landscape").version == 1
    with pytest.raises(NotFoundError):
        services.prompts.template("zzzzzzzzzzz")


def test_the_wrong_kind_of_step_is_none():
    assert told(replace(NUMBER, step="", minimum=""), "-3") == ""
