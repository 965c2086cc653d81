import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.templates.test_editor import DRAFT
from webapp.errors import InvalidError
from webapp.services.prompts import STARTERS, starters
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.files import all_to_json, from_json, to_json

GOOD = {
    "easel": "template",
    "version": 1,
    "title": "Harbour",
    "sections": [{"text": "{boat}"}],
    "variables": [{"name": "boat", "label": "Boat"}],
}


def told(data):
    with pytest.raises(InvalidError) as caught:
        from_json(data if isinstance(data, str) else json.dumps(data))
    return caught.value.fields["file"]


@pytest.mark.parametrize("template", starters(STARTERS).values(), ids=lambda item: item.slug)
def test_what_was_exported_is_imported_as_it_was(template):
    [draft] = from_json(to_json(template))
    assert draft == TemplateDraft.of(template)


def test_several_templates_fit_into_one_file():
    known = list(starters(STARTERS).values())
    assert [draft.title for draft in from_json(all_to_json(known))] == [
        item.title for item in known
    ]


def test_a_file_says_what_it_is_and_is_fit_to_be_read_by_people():
    text = to_json(next(iter(starters(STARTERS).values())))
    assert text.startswith(
        '{\n  "easel": "template",\n  "version": 1,\n  "title": "Wide landscape"'
    )


def test_an_import_never_replaces_anything(services, owner):
    first = services.templates.create(owner, DRAFT)
    drafts = from_json(to_json(services.prompts.template(first.slug, owner)))
    [second] = services.templates.create_all(owner, drafts)
    assert second.slug != first.slug
    assert services.prompts.template(first.slug, owner).version == 1


def test_an_export_does_not_say_that_it_is_shared():
    assert "is_shared" not in to_json(next(iter(starters(STARTERS).values())))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("", "This is no JSON: line 1, column 1"),
        ("{", "This is no JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "nested too deeply"),
        ("x" * 1_000_001, "at most 1 MB"),
        ([], "This is no template"),
        ("7", "This is no template"),
        ({"easel": "album"}, "This is no template"),
        (GOOD | {"version": 2}, '"version": 1 alone'),
        ({"easel": "templates", "version": 1}, 'no template under "templates"'),
        ({"easel": "templates", "version": 1, "templates": [{}] * 201}, "at most 200"),
        (GOOD | {"title": 7}, "title is no text."),
        (GOOD | {"sections": "x"}, "sections is no list of objects."),
        (GOOD | {"sections": [7]}, "sections is no list of objects."),
        (GOOD | {"sections": [{"text": []}]}, "section 1: text is no text."),
        (GOOD | {"variables": [{"name": "boat", "choices": [1]}]}, "choices is no list of texts."),
        (GOOD | {"title": ""}, "Give the template a title."),
        (GOOD | {"sections": []}, "one section at least"),
        (GOOD | {"variables": []}, "{boat} is a gap without a variable."),
        (GOOD | {"variables": [{"name": "boat"}, {"name": "Q"}]}, "Variable 2: A name has small"),
    ],
)
def test_what_can_t_be_imported_is_refused_with_a_sentence(data, sentence):
    assert sentence in " ".join(told(data))


def test_all_mistakes_of_all_templates_are_listed():
    bad = {key: value for key, value in GOOD.items() if key not in ("easel", "version")}
    data = {"easel": "templates", "version": 1, "templates": [bad | {"title": ""}, bad, 7]}
    assert told(data) == ["Template 1: Give the template a title.", "Template 3: it is no object."]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    data=st.fixed_dictionaries(
        {"easel": st.just("template"), "version": st.just(1)},
        optional={
            "title": plain,
            "sections": plain | st.lists(st.fixed_dictionaries({"text": plain}), max_size=2),
            "variables": plain
            | st.lists(
                st.fixed_dictionaries({"name": plain, "kind": plain, "step": plain}), max_size=2
            ),
            "model": plain,
        },
    )
)
@settings(max_examples=200)
def test_any_json_is_a_template_or_refused(data):
    with contextlib.suppress(InvalidError):
        assert from_json(json.dumps(data))
