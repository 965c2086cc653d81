import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.servers import temporary_database
from webapp.errors import ConflictError, InvalidError, NotFoundError
from webapp.models import User
from webapp.services.accounts import Viewer
from webapp.services.prompts import PromptManager
from webapp.services.templates.checks import checked
from webapp.services.templates.drafts import TemplateDraft, with_gaps
from webapp.services.templates.editor import TemplateEditor
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable

DRAFT = TemplateDraft(
    title="Harbour",
    description="Boats at rest",
    sections=(Section("THEME", "{boat} in the {light}"),),
    variables=(
        Variable("boat", "Boat", "a dinghy"),
        Variable("light", "Light", "fog", kind="choice", choices=("fog", "rain")),
    ),
    aspect_ratio="3:2",
    model="plain:plain-1",
)


@pytest.fixture
def editor(services):
    return services.templates


@pytest.fixture
def others(services, stranger):
    """Give a stranger templates: one of their own, one that is shared, one thrown away."""
    editor = services.templates
    private = editor.create(stranger, replace(DRAFT, title="Private harbour"))
    shared = editor.create(stranger, replace(DRAFT, title="Shared harbour", is_shared=True))
    thrown = editor.create(stranger, replace(DRAFT, title="Thrown harbour", is_shared=True))
    editor.delete(thrown.slug, stranger)
    return private.slug, shared.slug, thrown.slug


@pytest.fixture
def elsewhere(tmp_path):
    """Return an editor on PostgreSQL, and the one who writes with it."""
    with temporary_database("postgresql", tmp_path) as database:
        with database.writing() as session:
            user = User(name="owner", password_hash="", role="admin")
            session.add(user)
            session.flush()
            owner = Viewer.of(user)
        yield TemplateEditor(database, PromptManager(database)), owner


def at_once(calls):
    """Return what each call returns or raises, all of them begun together."""
    start = threading.Barrier(len(calls))

    def outcome(call):
        start.wait(60)
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # the test looks at it
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


class TestAtOnce:
    """On PostgreSQL writers do not wait for each other by themselves."""

    def test_of_several_who_save_one_saves_and_the_others_are_told(self, elsewhere):
        editor, owner = elsewhere
        ref = editor.create(owner, DRAFT).slug
        for version in range(1, 6):
            save = functools.partial(editor.save, ref, owner, DRAFT, version)
            found = at_once([save] * 4)
            refused = [item for item in found if isinstance(item, ConflictError)]
            assert len(refused) == 3, found
            assert editor.own(ref, owner).version == version + 1

    def test_versions_that_are_brought_back_come_one_after_the_other(self, elsewhere):
        editor, owner = elsewhere
        ref = editor.create(owner, DRAFT).slug
        found = at_once([lambda: editor.restore_version(ref, owner, 1)] * 4)
        assert sorted(item.version for item in found) == [2, 3, 4, 5]

    def test_a_model_is_switched_once_and_in_what_was_just_saved_too(self, elsewhere):
        editor, owner = elsewhere
        refs = [editor.create(owner, DRAFT).slug for _ in range(3)]
        switch = functools.partial(editor.switch_model, owner, "plain:plain-1", "plain:other")
        found = at_once([switch] * 4)
        assert sorted(found) == [0, 0, 0, 3]
        assert {editor.own(ref, owner).version for ref in refs} == {2}


def mistakes(draft):
    with pytest.raises(InvalidError) as caught:
        checked(draft)
    return {name: " ".join(texts) for name, texts in caught.value.fields.items()}


def test_a_template_is_found_by_its_id_and_makes_prompts(services, editor, owner, others):
    ref = editor.create(owner, DRAFT).slug
    template = services.prompts.template(ref, owner)
    assert (template.title, template.version, template.is_own) == ("Harbour", 1, True)
    text = services.prompts.format(ref, {"boat": "a {light} boat"}, owner)
    assert text == "THEME: a {light} boat in the fog"


def test_somebody_elses_template_is_not_there(services, editor, owner, others):
    private, _, thrown = others
    for ref in (private, thrown, "zzzzzzzzzzz", "", "x" * 5000, "a\0b"):
        with pytest.raises(NotFoundError):
            services.prompts.template(ref, owner)


def test_a_shared_template_can_be_used_and_copied_and_not_changed(services, editor, owner, others):
    _, shared, _ = others
    assert services.prompts.template(shared, owner).is_own is False
    copied = editor.copy(shared, owner)
    assert (copied.title, copied.is_own, copied.is_shared) == ("Shared harbour", True, False)
    for change in (
        lambda: editor.save(shared, owner, DRAFT, 1),
        lambda: editor.delete(shared, owner),
        lambda: editor.restore_version(shared, owner, 1),
        lambda: editor.own(shared, owner),
        lambda: editor.set_picture(shared, owner, ""),
    ):
        with pytest.raises(NotFoundError):
            change()


def test_a_starter_can_be_made_ones_own(services, editor, owner):
    copied = editor.copy("event-banner", owner)
    starter = services.prompts.template("event-banner")
    assert copied.text == starter.text
    assert copied.variables == starter.variables
    assert copied.slug != "event-banner"


def test_each_save_is_a_version_and_old_ones_stay(services, editor, owner, others):
    ref = editor.create(owner, DRAFT).slug
    editor.save(ref, owner, replace(DRAFT, sections=(Section("", "{boat}, {light}"),)), 1)
    assert services.prompts.template(ref, owner).text == "{boat}, {light}"
    assert services.prompts.template(ref, owner, version=1).text == "THEME: {boat} in the {light}"
    assert [note.number for note in editor.versions(ref, owner)] == [2, 1]
    assert {note.author for note in editor.versions(ref, owner)} == {"owner"}


@pytest.mark.parametrize("number", [-1, 3, 10**9])
def test_a_version_that_never_was_is_not_found(services, editor, owner, number):
    ref = editor.create(owner, DRAFT).slug
    with pytest.raises(NotFoundError):
        services.prompts.template(ref, owner, version=number)


def test_an_old_version_comes_back_as_the_newest(services, editor, owner):
    ref = editor.create(owner, DRAFT).slug
    editor.save(
        ref,
        owner,
        replace(DRAFT, aspect_ratio="1:1", sections=(Section("", "x {boat} {light}"),)),
        1,
    )
    back = editor.restore_version(ref, owner, 1)
    assert (back.version, back.aspect_ratio, back.text) == (
        3,
        "3:2",
        "THEME: {boat} in the {light}",
    )


def test_a_save_over_a_newer_version_is_a_conflict_and_changes_nothing(services, editor, owner):
    ref = editor.create(owner, DRAFT).slug
    editor.save(ref, owner, replace(DRAFT, title="First"), 1)
    with pytest.raises(ConflictError, match="version 2 is newer"):
        editor.save(ref, owner, replace(DRAFT, title="Second"), 1)
    template = services.prompts.template(ref, owner)
    assert (template.title, template.version) == ("First", 2)


def test_a_deleted_template_can_be_put_back(services, editor, owner, others):
    ref = editor.create(owner, DRAFT).slug
    assert editor.delete(ref, owner) == "Harbour"
    with pytest.raises(NotFoundError):
        services.prompts.template(ref, owner)
    assert [card.slug for card in services.prompts.shelf.trash(owner)] == [ref]
    assert editor.restore(ref, owner).slug == ref
    assert services.prompts.shelf.trash(owner) == ()


def test_the_trash_forgets_after_thirty_days(services, editor, owner, others, monkeypatch):
    ref = editor.create(owner, DRAFT).slug
    editor.delete(ref, owner)
    assert editor.sweep() == 0
    later = 31 * 24 * 3600 * 1000
    now = __import__("time").time_ns() // 1_000_000 + later
    monkeypatch.setattr("webapp.services.templates.editor.now_ms", lambda: now)
    assert editor.sweep() == 2  # the stranger's too
    with pytest.raises(NotFoundError):
        editor.restore(ref, owner)


def test_switching_models_changes_every_own_template_that_pins_the_old_one(
    services, editor, owner, stranger, others
):
    pinned = [editor.create(owner, DRAFT).slug for _ in range(3)]
    free = editor.create(owner, replace(DRAFT, model="")).slug
    editor.delete(pinned[2], owner)
    assert editor.switch_model(owner, "plain:plain-1", "plain:new") == 2
    for ref in pinned[:2]:
        template = services.prompts.template(ref, owner)
        assert (template.model, template.version) == ("plain:new", 2)
        assert services.prompts.template(ref, owner, version=1).model == "plain:plain-1"
    assert services.prompts.template(free, owner).version == 1
    assert services.prompts.template(others[0], stranger).model == "plain:plain-1"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"title": " "}, "title", "Give the template a title."),
        ({"title": "x" * 121}, "title", "at most 120"),
        ({"description": "x" * 401}, "description", "at most 400"),
        ({"sections": ()}, "sections", "one section at least"),
        ({"sections": (Section("", "{boat} {light}"),) * 21}, "sections", "at most 20 sections"),
        ({"sections": (Section("", "{boat} {light}" + "x" * 10_000),)}, "sections", "10,000"),
        ({"sections": (Section("", "{boat} {light} {sky}"),)}, "gaps", "{sky} is a gap without"),
        ({"sections": (Section("", "{boat}"),)}, "variable_1_name", "No section says {light}."),
        (
            {"variables": DRAFT.variables * 2},
            "variable_0_name",
            "There are 2 variables called boat.",
        ),
        ({"aspect_ratio": "wide"}, "aspect_ratio", "two numbers"),
        ({"model": "dalle"}, "model", "a provider and a name"),
        ({"negative_prompt": "x" * 10_001}, "negative_prompt", "10,000"),
    ],
)
def test_every_mistake_is_told_at_its_field(change, field, sentence):
    assert sentence in mistakes(replace(DRAFT, **change))[field]


@pytest.mark.parametrize(
    ("change", "part", "sentence"),
    [
        ({"name": "Boat"}, "name", "small letters"),
        ({"name": "boat.__class__"}, "name", "small letters"),
        ({"name": ""}, "name", "small letters"),
        ({"kind": "file"}, "kind", "A kind is one of"),
        ({"label": "x" * 81}, "label", "at most 80"),
        ({"hint": "x" * 201}, "hint", "at most 200"),
        ({"kind": "choice", "choices": ("one",)}, "choices", "Give 2 to 50 choices"),
        ({"kind": "choice", "choices": ("a", "b")}, "default", "one of a, b"),
        ({"kind": "number", "minimum": "x"}, "bounds", "are numbers"),
        ({"kind": "number", "step": "0"}, "bounds", "more than 0"),
        ({"kind": "number", "minimum": "5", "maximum": "1"}, "bounds", "more than the most"),
        ({"kind": "number", "default": "many"}, "default", "is a number"),
        ({"kind": "colour", "default": "blueish"}, "default", "a colour such as"),
        ({"default": "x" * 2001}, "default", "2,000"),
    ],
)
def test_every_mistake_of_a_variable_is_told_at_its_part(change, part, sentence):
    variable = replace(DRAFT.variables[0], **change)
    found = mistakes(replace(DRAFT, variables=(variable, DRAFT.variables[1])))
    assert sentence in found[f"variable_0_{part}"]


def test_gaps_without_a_variable_get_one():
    draft = replace(DRAFT, sections=(Section("", "{boat} {far_away} {far_away} {{no}}"),))
    assert [item.name for item in with_gaps(draft).variables] == ["boat", "light", "far_away"]
    assert with_gaps(draft).variables[2].label == "Far away"


def cards(services, viewer, **options):
    return {group.name: group for group in services.prompts.shelf.groups(viewer, **options)}


def test_the_shelf_has_ones_own_the_shared_and_the_starters(services, editor, owner, others):
    ref = editor.create(owner, DRAFT).slug
    found = cards(services, owner)
    assert [card.slug for card in found["own"].cards] == [ref]
    assert [card.slug for card in found["shared"].cards] == [others[1]]
    assert found["shared"].cards[0].owner == "charlie"
    assert found["starters"].total == len(services.prompts.templates())


def test_every_word_of_a_search_stands_in_title_or_description(services, editor, owner, others):
    for title in ("Red boats", "100% red", "Blue_boats"):
        editor.create(owner, replace(DRAFT, title=title, description="At sea"))

    def found(query):
        return {card.title for card in cards(services, owner, query=query)["own"].cards}

    assert found("BOATS red") == {"Red boats"}
    assert found("%") == {"100% red"}
    assert found("_") == {"Blue_boats"}
    assert found("\\") == set()
    assert found("sea boats") == {"Red boats", "Blue_boats"}


def test_a_long_shelf_comes_in_pages(services, editor, owner, others):
    made = [editor.create(owner, replace(DRAFT, title=f"T {n}")).slug for n in range(7)]
    first = services.prompts.shelf.group("own", owner, limit=4)
    second = services.prompts.shelf.group("own", owner, before=first.next_cursor, limit=4)
    assert [card.slug for card in (*first.cards, *second.cards)] == made[::-1]
    assert (first.total, second.next_cursor) == (7, None)


def test_a_card_counts_the_viewers_runs_and_shows_their_newest_picture(
    services, editor, owner, stranger, wish, noise
):
    ref = editor.create(owner, replace(DRAFT, is_shared=True)).slug
    for person in (owner, owner, stranger):
        services.generator.start(person, replace(wish, template=ref))
    newest = services.images.get_images(owner).pictures[0]
    card = cards(services, owner)["own"].cards[0]
    assert (card.runs, card.sample.id) == (2, newest.id)
    assert services.prompts.shelf.runs(ref, stranger) == 1
    assert [item.owner_id for item in services.prompts.shelf.made_with(ref, stranger)] == [
        stranger.id
    ]


def test_a_chosen_picture_stands_for_a_template_where_it_may_be_seen(
    services, editor, owner, stranger, a_picture
):
    ref = editor.create(owner, replace(DRAFT, is_shared=True)).slug
    uid = services.images.add_image(owner, a_picture, filename="a.png").id
    assert editor.set_picture(ref, owner, uid).sample.id == uid
    assert services.prompts.template(ref, stranger).sample is None
    services.images.set_visibility(uid, owner, "unlisted")
    assert services.prompts.template(ref, stranger).sample.id == uid


def test_somebody_elses_picture_can_t_be_chosen(editor, owner, noise):
    ref = editor.create(owner, DRAFT).slug
    with pytest.raises(NotFoundError):
        editor.set_picture(ref, owner, noise[0].id)


def test_the_composer_is_offered_a_few_cards_of_a_thousand_templates(
    services, editor, owner, others
):
    from sqlalchemy import event  # noqa: PLC0415  # to count what is asked

    editor.create_all(owner, [replace(DRAFT, title=f"T {n}") for n in range(1000)])
    asked = []
    engine = services.gallery._database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = services.prompts.cards(owner)
    assert [card.title for card in found] == [f"T {n}" for n in range(999, 987, -1)]
    assert len(asked) < 12
    assert not any("template_version" in statement for statement in asked)
