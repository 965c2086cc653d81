from dataclasses import replace

import pytest

from webapp.errors import InvalidError
from webapp.providers.plain import png
from webapp.services.composing.composer import Composition
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable

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
def composer(services):
    return services.composer


def test_a_request_is_made_of_the_fields(composer, owner):
    request = composer.requests(replace(FULL, template=None), owner)[0]
    assert (request.prompt, request.provider, request.model) == (FULL.prompt, "plain", "plain-1")
    assert (request.count, request.seed, request.size) == (4, 7, "256")


def test_the_prompt_of_a_template_comes_from_its_gaps(services, composer, owner):
    request = composer.requests(FULL, owner)[0]
    assert request.prompt == services.prompts.format("wide-landscape", FULL.variables)
    assert "a lake at dusk" in request.prompt
    assert (request.template, request.variables) == (FULL.template, FULL.variables)


def test_no_model_means_the_default_one(composer, owner):
    request = composer.requests(Composition(prompt="x"), owner)[0]
    assert (request.provider, request.model) == ("plain", "plain-1")


def test_a_template_that_is_gone_is_said_at_the_prompt(composer, owner):
    with pytest.raises(InvalidError, match="no template") as caught:
        composer.requests(replace(FULL, template="gone"), owner)
    assert list(caught.value.fields) == ["prompt"]


def test_wrong_gaps_are_said_at_their_fields(composer, owner):
    with pytest.raises(InvalidError) as caught:
        composer.requests(replace(FULL, variables={"light": "lava"}), owner)
    assert list(caught.value.fields) == ["var_light"]


def test_the_form_shows_what_is_on_offer(services, composer, owner):
    view = composer.view(FULL, owner)
    assert view.model.value == "plain:plain-1"
    assert view.template.slug == "wide-landscape"
    assert view.values == FULL


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"model": "dalle:9"}, {"model": "plain:plain-1"}),
        ({"aspect_ratio": "9:99"}, {"aspect_ratio": "1:1"}),
        ({"size": "8K"}, {"size": "64"}),
    ],
)
def test_what_is_not_on_offer_any_more_falls_away(composer, owner, change, shown):
    view = composer.view(replace(FULL, **change), owner)
    assert view.values == replace(FULL, **shown)


def test_a_form_with_a_template_that_is_gone_is_a_plain_form(composer, owner):
    view = composer.view(replace(FULL, template="gone"), owner, {"prompt": "Say something."})
    assert view.template is None
    assert view.errors == {"prompt": "Say something."}


def forecast(composer, owner, **changes):
    return composer.view(replace(Composition(prompt="a lake"), **changes), owner).forecast


def test_what_is_free_has_no_price(composer, owner):
    assert forecast(composer, owner, model="plain:plain-1", count=4).cost == ""


def test_a_price_is_told_for_one_and_for_all(composer, owner):
    assert forecast(composer, owner, model="plain:plain-paid").cost == "$0.034"
    dear = forecast(composer, owner, model="plain:plain-paid", count=4, size="256")
    assert dear.cost == "4 \N{MULTIPLICATION SIGN} $0.134 = $0.536"


def test_alternatives_are_counted_with_their_price(composer, owner):
    prompt = "a {red|blue} {car|bus}"
    told = forecast(composer, owner, prompt=prompt, count=2, model="plain:plain-paid")
    assert (told.total, told.pictures) == (4, 8)
    assert told.prompts == ("a red car", "a red bus", "a blue car", "a blue bus")
    assert told.cost.endswith("= $0.272")


def test_a_form_that_is_half_filled_has_no_forecast(composer, owner):
    assert forecast(composer, owner, template="wide-landscape", variables={"light": "lava"}) is None


def test_each_prompt_becomes_a_request(composer, owner):
    made = composer.requests(Composition(prompt="a {red|blue} car", count=3), owner)
    assert [(item.prompt, item.count) for item in made] == [("a red car", 3), ("a blue car", 3)]


@pytest.mark.parametrize("prompt", ["{a|b}" * 7, "{a|b}" * 40, "{a|b|c|d|e}" * 2])
def test_too_many_alternatives_are_refused_with_their_number(composer, owner, prompt):
    with pytest.raises(InvalidError, match="at a time") as caught:
        composer.requests(Composition(prompt=prompt, count=16), owner)
    assert list(caught.value.fields) == ["prompt"]


def test_a_prompt_that_is_far_too_long_is_refused_by_its_length(services, composer, owner):
    values = Composition(prompt="{a|b}" * 20_000, model="plain:plain-1", size="64")
    assert composer.view(values, owner).forecast.total == 1
    with pytest.raises(InvalidError, match="these are 100,000") as caught:
        services.generator.start_all(owner, composer.requests(values, owner))
    assert list(caught.value.fields) == ["prompt"]


def test_a_mask_is_read_once_for_all_prompts(composer, owner):
    values = Composition(prompt="a {red|blue} car", mask="data:image/png;base64,QUJD")
    red, blue = composer.requests(values, owner)
    assert red.mask is blue.mask


def test_pictures_that_are_gone_or_a_stranger_s_fall_away(services, composer, owner, stranger):
    mine = services.images.add_image(owner, png(9, 9, b"abc"))
    gone = services.images.add_image(owner, png(8, 8, b"abc"))
    services.images.delete_image(gone.id, owner)
    theirs = services.images.add_image(stranger, png(7, 7, b"abc"))
    values = Composition(references=(theirs.id, gone.id, "no id", mine.id))
    view = composer.view(values, owner)
    assert [picture.id for picture in view.references] == [mine.id]
    assert view.values.references == (mine.id,)


def test_a_mask_that_is_no_text_of_a_picture_is_refused_at_its_field(composer, owner):
    with pytest.raises(InvalidError) as caught:
        composer.requests(Composition(prompt="x", mask="data:image/png;base64,%%%"), owner)
    assert list(caught.value.fields) == ["mask"]


def test_other_models_settings_fall_away(composer, owner):
    values = Composition(parameters={"steps": "9", "sampler": "Euler"}, model="plain:plain-1")
    assert composer.view(values, owner).values.parameters == {"steps": "9"}


def test_a_picture_of_a_template_is_counted_after_those_beside_it(services, composer, owner):
    first, second = (services.images.add_image(owner, png(6, 6 + n, b"abc")) for n in range(2))
    draft = TemplateDraft(
        title="Like this",
        sections=(Section("", "a boat in the colours of {model}"),),
        variables=(Variable("model", "Model", kind="image"),),
    )
    template = services.templates.create(owner, draft)
    values = Composition(
        template=template.slug, variables={"model": second.id}, references=(first.id,)
    )
    made = composer.requests(values, owner)[0]
    assert made.references == (first.id, second.id)
    assert "the reference picture 2" in made.prompt
    assert made.template_version == 1
