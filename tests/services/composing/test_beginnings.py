from dataclasses import replace

import pytest

from webapp.errors import NotFoundError
from webapp.providers.plain import png
from webapp.services.composing.beginnings import VARIATIONS
from webapp.services.composing.composition import Composition

FULL = Composition(
    prompt="a lake\nat dawn 🌅",
    negative_prompt="boats",
    aspect_ratio="16:9",
    count=4,
    model="plain:plain-1",
    size="256",
    seed=7,
    strength=0.4,
    parameters={"steps": "30"},
    template="wide-landscape",
    variables={"subject": "a lake", "light": "dusk"},
)


@pytest.fixture
def begin(services):
    return services.beginnings


@pytest.fixture
def photo(services, owner):
    return services.images.add_image(owner, png(90, 60, b"\x40\x60\x80"), filename="photo.png")


def test_a_template_brings_its_ratio_and_its_defaults(services, begin, owner):
    values = begin.from_template(
        "wide-landscape", replace(FULL, template=None, variables={}), owner
    )
    template = services.prompts.template("wide-landscape")
    assert (values.template, values.aspect_ratio) == ("wide-landscape", "21:9")
    assert values.variables == {item.name: item.default for item in template.variables}
    assert (values.count, values.prompt) == (FULL.count, FULL.prompt)


def test_a_template_that_is_not_there_is_not_found(begin, owner):
    with pytest.raises(NotFoundError, match="no template 'nope'"):
        begin.from_template("nope", Composition(), owner)


def test_a_made_picture_brings_back_all_but_its_seed(services, begin, owner, wish, noise):
    asked = replace(wish, negative_prompt="boats", size="256", count=2)
    picture = services.generator.start(owner, asked).pictures[0]
    values = begin.again(picture)
    assert values == Composition(
        prompt="a lake at dawn",
        negative_prompt="boats",
        aspect_ratio="3:2",
        size="256",
        model="plain:plain-1",
        parameters={"steps": "20"},
    )


def test_a_picture_of_a_template_brings_the_template_back(services, begin, owner):
    request = services.composer.requests(replace(FULL, aspect_ratio="3:2"), owner)[0]
    picture = services.generator.start(owner, request).pictures[0]
    values = begin.again(picture)
    assert (values.template, values.variables) == (FULL.template, FULL.variables)


def test_a_picture_of_a_template_that_is_no_more_brings_its_words_back(
    services, begin, owner, wish
):
    asked = replace(wish, template="gone", variables={"a": "b"})
    picture = services.generator.start(owner, asked).pictures[0]
    values = begin.again(picture)
    assert values.prompt == "a lake at dawn"
    assert services.composer.view(values, owner).values.template is None


def test_an_upload_brings_its_prompt_alone(services, begin, owner, a_picture):
    picture = services.images.add_image(owner, a_picture, prompt="my photo")
    assert begin.again(picture) == Composition(prompt="my photo", based_on=picture.id)


def test_variations_are_several_of_the_same_with_seeds_of_their_own(services, begin, owner, wish):
    started = services.generator.start(owner, wish).pictures[0]
    picture = services.images.own_image(started.id, owner)
    values = begin.variations(picture)
    assert (values.count, values.seed, values.based_on) == (VARIATIONS, None, picture.id)
    assert values.prompt == wish.prompt


def test_an_edit_begins_with_the_picture_its_shape_and_no_words(begin, photo):
    values = begin.edit(photo)
    assert (values.references, values.prompt) == ((photo.id,), "")
    assert (values.model, values.aspect_ratio) == ("plain:plain-1", "3:2")
    assert values.strength is not None


def test_a_picture_joins_the_references_once_and_last(begin, services, owner, photo):
    other = services.images.add_image(owner, png(10, 10, b"abc"))
    values = Composition(references=(photo.id, other.id), prompt="both")
    again = begin.with_reference(values, photo)
    assert again.references == (other.id, photo.id)
    assert again.prompt == "both"


def test_a_model_without_references_makes_way_for_one_with(begin, photo):
    values = begin.with_reference(Composition(model="plain:plain-paid"), photo)
    assert values.model == "plain:plain-1"


def test_what_a_picture_was_made_from_is_shown_to_the_provider_again(
    services, begin, owner, wish, photo
):
    asked = replace(wish, references=(photo.id,), strength=0.3)
    started = services.generator.start(owner, asked).pictures[0]
    values = begin.again(services.images.own_image(started.id, owner))
    assert (values.references, values.strength) == ((photo.id,), 0.3)
