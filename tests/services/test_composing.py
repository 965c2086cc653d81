from dataclasses import replace

import pytest

from webapp.errors import InvalidError, NotFoundError
from webapp.models import Draft
from webapp.services.composing import Composition

FULL = Composition(
    prompt="a lake\nat dawn 🌅",
    negative_prompt="boats",
    aspect_ratio="16:9",
    count=4,
    model="plain:plain-1",
    size="256",
    seed=7,
    template="wide-landscape",
    variables={"subject": "a lake", "light": "dusk"},
)


@pytest.fixture
def composer(services):
    return services.composer


def test_a_draft_comes_back_as_it_was_left(composer, owner, stranger):
    composer.save_draft(stranger, Composition(prompt="noise"))
    composer.save_draft(owner, Composition(prompt="an older one"))
    composer.save_draft(owner, FULL)
    assert composer.draft(owner) == FULL


def test_whoever_has_typed_nothing_has_an_empty_draft(composer, owner, stranger):
    composer.save_draft(stranger, FULL)
    assert composer.draft(owner) == Composition()


def test_a_draft_may_be_too_long_to_be_sent_within_reason(composer, owner):
    composer.save_draft(owner, replace(FULL, prompt="x" * 12_000))
    assert len(composer.draft(owner).prompt) == 12_000
    composer.save_draft(owner, replace(FULL, prompt="x" * 900_000, variables={"a": "y" * 900_000}))
    kept = composer.draft(owner)
    assert len(kept.prompt) == len(kept.variables["a"]) == 20_000


def test_a_draft_of_another_version_of_easel_is_read_as_far_as_it_goes(services, composer, owner):
    with services.gallery._database.writing() as session:
        session.add(Draft(user_id=owner.id, values={"prompt": "old", "style_of_1999": "neon"}))
    assert composer.draft(owner) == Composition(prompt="old")


def test_a_template_brings_its_ratio_and_its_defaults(services, composer):
    values = composer.from_template("wide-landscape", replace(FULL, template=None, variables={}))
    template = services.prompts.template("wide-landscape")
    assert (values.template, values.aspect_ratio) == ("wide-landscape", "21:9")
    assert values.variables == {item.name: item.default for item in template.variables}
    assert (values.count, values.prompt) == (FULL.count, FULL.prompt)


def test_a_template_that_is_not_there_is_not_found(composer):
    with pytest.raises(NotFoundError, match="no template 'nope'"):
        composer.from_template("nope", Composition())


def test_a_made_picture_brings_back_all_but_its_seed(services, composer, owner, wish, noise):
    asked = replace(wish, negative_prompt="boats", size="256", count=2)
    picture = services.generator.start(owner, asked).pictures[0]
    values = composer.from_picture(picture, services.gallery.generation_of(picture))
    assert values == Composition(
        prompt="a lake at dawn",
        negative_prompt="boats",
        aspect_ratio="3:2",
        size="256",
        model="plain:plain-1",
    )


def test_a_picture_of_a_template_brings_the_template_back(services, composer, owner):
    request = composer.request(replace(FULL, aspect_ratio="3:2"))
    picture = services.generator.start(owner, request).pictures[0]
    values = composer.from_picture(picture, services.gallery.generation_of(picture))
    assert (values.template, values.variables) == (FULL.template, FULL.variables)


def test_a_picture_of_a_template_that_is_no_more_brings_its_words_back(
    services, composer, owner, wish
):
    asked = replace(wish, template="gone", variables={"a": "b"})
    picture = services.generator.start(owner, asked).pictures[0]
    values = composer.from_picture(picture, services.gallery.generation_of(picture))
    assert (values.template, values.prompt) == (None, "a lake at dawn")


def test_an_upload_brings_its_prompt_alone(services, composer, owner, a_picture):
    picture = services.images.add_image(owner, a_picture, prompt="my photo")
    assert composer.from_picture(picture, None) == Composition(prompt="my photo")


def test_a_request_is_made_of_the_fields(composer):
    request = composer.request(replace(FULL, template=None))
    assert (request.prompt, request.provider, request.model) == (FULL.prompt, "plain", "plain-1")
    assert (request.count, request.seed, request.size) == (4, 7, "256")


def test_the_prompt_of_a_template_comes_from_its_gaps(services, composer):
    request = composer.request(FULL)
    assert request.prompt == services.prompts.format("wide-landscape", FULL.variables)
    assert "a lake at dusk" in request.prompt
    assert (request.template, request.variables) == (FULL.template, FULL.variables)


def test_no_model_means_the_default_one(composer):
    request = composer.request(Composition(prompt="x"))
    assert (request.provider, request.model) == ("plain", "plain-1")


def test_a_template_that_is_gone_is_said_at_the_prompt(composer):
    with pytest.raises(InvalidError, match="no template") as caught:
        composer.request(replace(FULL, template="gone"))
    assert list(caught.value.fields) == ["prompt"]


def test_wrong_gaps_are_said_at_their_fields(composer):
    with pytest.raises(InvalidError) as caught:
        composer.request(replace(FULL, variables={"light": "lava"}))
    assert list(caught.value.fields) == ["var_light"]


def test_the_form_shows_what_is_on_offer(services, composer):
    view = composer.view(FULL)
    assert view.model.value == "plain:plain-1"
    assert view.template.slug == "wide-landscape"
    assert view.templates == services.prompts.templates()
    assert view.values == FULL


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"model": "dalle:9"}, {"model": "plain:plain-1"}),
        ({"aspect_ratio": "9:99"}, {"aspect_ratio": "1:1"}),
        ({"size": "8K"}, {"size": "64"}),
    ],
)
def test_what_is_not_on_offer_any_more_falls_away(composer, change, shown):
    view = composer.view(replace(FULL, **change))
    assert view.values == replace(FULL, **shown)


def test_a_form_with_a_template_that_is_gone_is_a_plain_form(composer):
    view = composer.view(replace(FULL, template="gone"), {"prompt": "Say something."})
    assert view.template is None
    assert view.errors == {"prompt": "Say something."}
