"""Templates in a real browser: written, filled, previewed, generated; in two tabs; as tables."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import signed_in
from tests.browser.steps import READY, colour, file, open_gallery
from tests.browser.studio import Studio
from tests.browser.template_steps import BROKEN, PLACES, SHOT, TABLE, keep_templates
from tests.browser.watching import settle
from webapp.services.accounts import Viewer
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 820, 1440, 2200)
BOTH = pytest.mark.parametrize("device", ["desktop", "phone"], indirect=True)


class Scene:
    """What a place is looked at with."""

    def __init__(self, studio: Studio, person: Viewer, page: Page) -> None:
        self.studio, self.person, self.page = studio, person, page

    def go(self, path: str) -> None:
        open_gallery(self.page, self.studio, path)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_no_rule_of_accessibility_is_broken_and_all_fits(studio, person, page, watch, place):
    watch.expect("409", "422")
    place(Scene(studio, person, page))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


@BOTH
def test_a_template_is_written_filled_previewed_and_makes_a_picture(studio, person, page):
    open_gallery(page, studio, "/templates/new")
    page.get_by_label("Title", exact=True).fill("Harbour")
    page.get_by_label("Text of section 1").fill("{boat} in the {light|rain}")
    page.get_by_role("button", name="Find the gaps").click()
    expect(page.get_by_label("Name in the text")).to_have_value("boat")
    expect(page.get_by_label("Name in the text")).to_be_focused()
    page.get_by_label("Default").fill("a dinghy")
    expect(page.locator("#template-preview")).to_contain_text("a dinghy in the rain")
    page.get_by_role("button", name="Save the template").click()
    expect(page.get_by_role("heading", name="Harbour", level=1)).to_be_visible()
    settle(page)

    page.get_by_label("Boat").fill("a {red|blue} ferry")
    expect(page.locator("#template-preview")).to_contain_text("a {red|blue} ferry in the light")
    expect(page.locator("#template-preview")).to_contain_text("2 prompts")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(READY)).to_have_count(2)
    prompts = {picture.prompt for picture in studio.pictures(person)}
    assert prompts == {"a {red|blue} ferry in the light", "a {red|blue} ferry in the rain"}


def test_it_works_without_script_too(studio, person, plain_page):
    page = plain_page
    page.goto(f"{studio.address}/templates/new")
    page.get_by_label("Title", exact=True).fill("Harbour")
    page.get_by_label("Text of section 1").fill("{boat} in the fog")
    page.get_by_role("button", name="Find the gaps").click()
    page.get_by_label("Kind").select_option("choice")
    expect(page.get_by_label("Choices, one on each line")).to_be_visible()
    page.get_by_label("Choices, one on each line").fill("ferry\ncanoe")
    page.get_by_role("button", name="Add a section").click()
    page.get_by_label("Text of section 2").fill("Oil painting")
    page.get_by_role("button", name="Move section 2 up").click()
    expect(page.get_by_label("Text of section 1")).to_have_value("Oil painting")
    page.get_by_role("button", name="Save the template").click()
    page.get_by_label("Boat").select_option("canoe")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#template-preview")).to_contain_text("canoe in the fog")
    page.get_by_role("button", name="Generate", exact=True).click()
    assert [item.prompt for item in studio.pictures(person)] == ["Oil painting\n\ncanoe in the fog"]


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_two_tabs_that_edit_the_same_template_lose_nothing(studio, person, browsers, has_script):
    ref = studio.easel.services.templates.create(person, SHOT).slug
    context = browsers.open(studio.address, java_script_enabled=has_script)
    browsers.watches[context].expect("409")
    signed_in(context, studio, person)
    first, second = context.new_page(), context.new_page()
    for tab, title in ((first, "From the first"), (second, "From the second")):
        tab.goto(f"{studio.address}/templates/{ref}/edit")
        tab.get_by_label("Title", exact=True).fill(title)
    first.get_by_role("button", name="Save version 2").click()
    expect(first.get_by_role("heading", name="From the first", level=1)).to_be_visible()
    second.get_by_role("button", name="Save version 2").click()
    conflict = second.locator("#template-conflict")
    expect(conflict).to_contain_text(f"{person.name} saved version 2 meanwhile")
    expect(conflict).to_contain_text("From the first")
    expect(second.get_by_label("Title", exact=True)).to_have_value("From the second")
    expect(second.locator("#conflict-title")).to_be_in_viewport()
    expect(second.locator(".toast")).to_have_count(0)
    second.get_by_role("button", name="Save mine as version 3").click()
    expect(second.get_by_role("heading", name="From the second", level=1)).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "plain"])
def test_a_table_is_checked_and_then_becomes_pictures(studio, person, browsers, has_script):
    [ref, _] = keep_templates(studio, person)
    before = len(studio.pictures(person))
    context = browsers.open(studio.address, java_script_enabled=has_script)
    browsers.watches[context].expect("422")
    page = signed_in(context, studio, person).new_page()
    page.goto(f"{studio.address}/templates/{ref}/batch")
    page.get_by_label("A CSV file").set_input_files(file("a.csv", BROKEN.encode(), "text/csv"))
    page.get_by_role("button", name="Check the table").click()
    expect(page.get_by_text("There is no variable for the column them.")).to_be_visible()
    expect(page.get_by_label("Or paste the table")).to_have_value(BROKEN)
    page.get_by_label("Or paste the table").fill(TABLE)
    page.get_by_role("button", name="Check the table").click()
    expect(page.get_by_role("heading", name="6 pictures from 2 rows")).to_be_visible()
    assert len(studio.pictures(person)) == before
    page.get_by_role("button", name="Generate 6 pictures").click()
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    assert len(studio.pictures(person)) == before + 6


def test_a_search_finds_while_it_is_typed(studio, person, page):
    keep_templates(studio, person)
    open_gallery(page, studio, "/templates")
    page.get_by_label("Search templates").press_sequentially("poster")
    expect(page.locator("#cards-own .shelf-card")).to_have_count(1)
    expect(page.locator("#cards-starters")).to_have_count(0)
    expect(page.get_by_label("Search templates")).to_be_focused()


def test_past_prompts_are_searched_and_used_again(studio, person, page):
    studio.painted(person, "A red kite over the dunes")
    studio.painted(person, "A still lake at dawn")
    open_gallery(page, studio, "/prompts")
    page.get_by_label("Search prompts").press_sequentially("kite")
    expect(page.locator("#prompt-rows li")).to_have_count(1)
    page.get_by_role("link", name="Use again").click()
    expect(page.locator("#composer-prompt")).to_have_value("A red kite over the dunes")


def test_a_deleted_template_comes_back_by_undo(studio, person, page):
    [ref, _] = keep_templates(studio, person)
    open_gallery(page, studio, f"/templates/{ref}")
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Concert poster", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()


@BOTH
def test_a_picture_is_chosen_by_looking(studio, person, page):
    uid = studio.keep(person, colour("teal"), "teal.png").id
    draft = TemplateDraft(
        title="Like this",
        sections=(Section("", "A boat like {model}"),),
        variables=(Variable("model", "Model", kind="image"),),
    )
    ref = studio.easel.services.templates.create(person, draft).slug
    open_gallery(page, studio, f"/templates/{ref}")
    page.get_by_role("radio", name="teal.png").check(force=True)
    expect(page.locator("#template-preview")).to_contain_text("like the reference picture 1")
    assert violations(page) == []
    assert page.locator("input[type=radio]:checked").get_attribute("value") == uid
