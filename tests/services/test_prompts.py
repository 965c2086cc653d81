import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import InvalidError, NotFoundError
from webapp.providers.sketch import SketchProvider
from webapp.services.prompts import LONGEST_VALUE, PromptManager, fill, template_of


def a_template(text="a {thing} in {light}", **changes):
    data = {
        "title": "Test",
        "description": "",
        "sections": [{"text": text}],
        "variables": [
            {"name": "thing", "label": "Thing", "default": "boat"},
            {"name": "light", "label": "Light", "default": "fog", "choices": ["fog", "rain"]},
        ],
    }
    return template_of("test", data | changes)


def only(text):
    """Return a template of one gap, `{v}`, without a default."""
    variables = [{"name": "v", "label": "Value"}]
    return a_template(text, variables=variables)


def test_gaps_are_filled_by_name():
    assert fill(a_template(), {"thing": "kite", "light": "rain"}) == "a kite in rain"


def test_defaults_fill_what_was_not_given():
    assert fill(a_template(), {"thing": "kite"}) == "a kite in fog"


def test_a_blank_value_is_as_good_as_none():
    assert fill(a_template(), {"thing": "  ", "light": ""}) == "a boat in fog"


def test_a_value_outside_the_choices_is_refused_with_the_choices():
    with pytest.raises(InvalidError, match="Light is one of fog, rain") as caught:
        fill(a_template(), {"light": "neon"})
    assert list(caught.value.fields) == ["var_light"]


def test_a_missing_value_is_named_by_its_label():
    with pytest.raises(InvalidError, match="Value is missing") as caught:
        fill(only("{v}"), {})
    assert list(caught.value.fields) == ["var_v"]


def test_all_mistakes_are_told_together():
    with pytest.raises(InvalidError) as caught:
        fill(a_template(), {"thing": "x" * (LONGEST_VALUE + 1), "light": "neon"})
    assert set(caught.value.fields) == {"var_thing", "var_light"}
    assert "2,000" in str(caught.value)


def test_the_longest_value_is_taken():
    assert len(fill(only("{v}"), {"v": "x" * LONGEST_VALUE})) == LONGEST_VALUE


def test_values_for_gaps_that_do_not_exist_are_passed_over():
    assert fill(only("{v}"), {"v": "a", "w": "b"}) == "a"


@pytest.mark.parametrize(
    "attack",
    [
        "{0.__class__}",
        "{v.__class__}",
        "{v!r}",
        "{v:>999999999}",
        "{{7*7}}",
        "{{v}}",
        "{% for x in y %}",
        "${7*7}",
        "%(v)s",
        "{}",
        "{0}",
        "{V}",
        "{ v }",
    ],
)
def test_anything_but_a_plain_gap_is_plain_text(attack):
    assert fill(only("{v} " + attack), {"v": "sky"}) == "sky " + attack
    assert fill(only("{v}"), {"v": attack}) == attack


def test_gaps_in_values_are_not_filled_again():
    assert fill(a_template(), {"thing": "{light}"}) == "a {light} in fog"


plain_values = st.text(min_size=1, max_size=60).filter(lambda text: text.strip() == text)


@given(first=plain_values, second=plain_values)
def test_every_value_stands_in_the_prompt_as_it_was_given(first, second):
    variables = [{"name": name, "label": name} for name in ("a", "b")]
    template = a_template("<{a}|{b}|{a}>", variables=variables)
    assert fill(template, {"a": first, "b": second}) == f"<{first}|{second}|{first}>"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_text_without_gaps_stays_as_it_is(text):
    if re.search(r"\{[a-z][a-z0-9_]*\}", text):
        return
    assert fill(only(f"[{text}]{{v}}"), {"v": "x"}) == f"[{text}]x"


@pytest.mark.parametrize("text", ["a {thing}", "{thing} {light} {other}"])
def test_a_template_whose_gaps_and_variables_differ_is_refused(text):
    with pytest.raises(InvalidError, match=r"light|other"):
        a_template(text)


def test_sections_are_paragraphs_under_their_titles():
    sections = [{"title": "ROLE", "text": "You are {thing}."}, {"text": "In {light}."}]
    template = a_template(sections=sections)
    assert fill(template, {}) == "ROLE: You are boat.\n\nIn fog."


@pytest.fixture
def prompts(services):
    return services.prompts


def test_every_starter_gives_a_prompt_with_its_defaults(prompts):
    for template in prompts.templates():
        text = prompts.format(template.slug, {})
        assert text
        assert not re.search(r"\{[a-z_]+\}", text), template.slug


def test_every_choice_of_every_starter_is_taken(prompts):
    for template in prompts.templates():
        for variable in template.variables:
            for choice in variable.choices:
                assert choice in prompts.format(template.slug, {variable.name: choice})


def test_a_default_among_choices_is_one_of_them(prompts):
    for template in prompts.templates():
        for variable in template.variables:
            assert not variable.choices or variable.default in variable.choices


def test_an_event_banner_with_role_theme_task_and_style_is_among_the_starters(prompts):
    titles = [{part.title.lower() for part in item.sections} for item in prompts.templates()]
    assert any({"role", "theme", "task", "style"} <= found for found in titles)


def test_starters_use_ratios_that_the_built_in_painter_has(prompts):
    ratios = SketchProvider().models()[0].aspect_ratios
    assert {template.aspect_ratio for template in prompts.templates()} <= set(ratios)


def test_an_unknown_template_is_not_found(prompts):
    with pytest.raises(NotFoundError, match="nothing-like-it"):
        prompts.format("nothing-like-it", {})


def test_a_file_of_other_templates_can_be_used(services, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        '[mine]\ntitle = "Mine"\ndescription = ""\n[[mine.sections]]\ntext = "no gaps"\n', "utf-8"
    )
    manager = PromptManager(services.gallery._database, file)
    assert [template.slug for template in manager.templates()] == ["mine"]
    assert manager.format("mine", {}) == "no gaps"


def ask(services, owner, wish, prompt):
    return services.generator.start(owner, replace(wish, prompt=prompt)).pictures[0]


def test_history_has_each_prompt_once_newest_first(services, owner, wish, noise):
    for prompt in ("a", "b", "a", "c"):
        ask(services, owner, wish, prompt)
    history = services.prompts.history(owner)
    assert [(entry.prompt, entry.count) for entry in history] == [("c", 1), ("a", 2), ("b", 1)]


def test_history_is_nobody_elses(services, owner, noise):
    assert services.prompts.history(owner) == ()


def test_history_shows_the_newest_picture_of_a_prompt(services, owner, wish, noise):
    ask(services, owner, wish, "a")
    newest = ask(services, owner, wish, "a")
    assert services.prompts.history(owner)[0].picture.id == newest.id


def test_history_shows_no_deleted_picture(services, owner, wish, noise):
    picture = ask(services, owner, wish, "a")
    services.images.delete_image(picture.id, owner)
    assert services.prompts.history(owner)[0].picture is None


def test_history_remembers_only_so_many(services, owner, wish, noise):
    for number in range(4):
        ask(services, owner, wish, f"prompt {number}")
    assert [entry.prompt for entry in services.prompts.history(owner, limit=2)] == [
        "prompt 3",
        "prompt 2",
    ]
