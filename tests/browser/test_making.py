"""Making pictures of pictures, of alternatives and for money, and steering the queue."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.steps import (
    READY,
    choose,
    colour,
    generate,
    is_draft,
    open_gallery,
    prompt_of,
    toast,
)
from tests.browser.watching import settle
from webapp.providers.plain import PlainProvider

pytestmark = pytest.mark.browser

UNPROCESSABLE = "status of 422"


@pytest.fixture
def for_money(studio):
    """Offer a model that costs something."""
    providers = studio.easel.services.catalogue._providers
    providers["plain"] = PlainProvider()
    yield
    del providers["plain"]


@pytest.fixture
def photo(studio, person):
    return studio.keep(person, colour("teal"), filename="teal.png")


def refs(page):
    return page.locator(".composer-refs li")


def test_alternatives_are_counted_as_one_types_and_become_pictures(studio, page, person):
    open_gallery(page, studio)
    prompt_of(page).fill("A {red|golden} lake at {dawn|night}")
    forecast = page.locator("#composer-forecast")
    expect(forecast).to_contain_text("4 prompts, 4 pictures")
    forecast.locator("summary").click()
    expect(forecast).to_contain_text("A golden lake at night")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(READY)).to_have_count(4)
    made = {picture.prompt for picture in studio.pictures(person)}
    assert "A red lake at dawn" in made
    assert len(made) == 4


def test_too_many_alternatives_are_said_before_anything_is_made(studio, page, person):
    open_gallery(page, studio)
    prompt_of(page).fill("{a|b|c|d}" * 4)
    expect(page.locator("#composer-forecast")).to_contain_text("256 prompts")


def test_a_picture_is_changed_by_words_with_strength(studio, page, person, photo):
    open_gallery(page, studio, f"/create?edit={photo.id}")
    expect(refs(page)).to_have_count(1)
    page.get_by_label("Describe an image").fill("as low-poly")
    page.locator("#composer-settings summary").click()
    page.locator("#composer-strength").fill("1")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(READY)).to_have_count(1)
    made = studio.pictures(person)[0]
    assert (made.model, made.width, made.height) == ("sketch-finish", photo.width, photo.height)
    assert "low poly" in made.recognised


def test_a_reference_is_taken_out_again(studio, page, person, photo):
    other = studio.keep(person, colour("orange"), filename="orange.png")
    open_gallery(page, studio, f"/create?reference={photo.id}")
    prompt_of(page).fill("Hills in these colours")
    with page.expect_response(is_draft("Hills in these colours!")):
        prompt_of(page).press("End")
        prompt_of(page).type("!")
    open_gallery(page, studio, f"/create?reference={other.id}")
    expect(refs(page)).to_have_count(2)
    refs(page).first.get_by_role("button", name="Take out").click()
    expect(refs(page)).to_have_count(1)
    expect(prompt_of(page)).to_have_value("Hills in these colours!")
    expect(page.locator("[name=reference]")).to_have_value(other.id)


def test_a_part_is_painted_and_only_that_part_changes(studio, page, person, photo):
    open_gallery(page, studio, f"/create?edit={photo.id}")
    page.get_by_role("link", name="Change a part only").click()
    sheet = page.locator("#sheet")
    expect(sheet).to_be_visible()
    settle(page)
    assert violations(page) == []
    box = sheet.locator("#mask-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=6)
    page.mouse.up()
    sheet.get_by_role("button", name="Use this part").click()
    expect(page.get_by_text("A part of the first picture will change")).to_be_visible()
    expect(sheet).to_be_hidden()
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(READY)).to_have_count(1)
    generation = studio.easel.services.gallery.generation_of(studio.pictures(person)[0])
    assert generation.provider == "sketch"
    page.get_by_role("button", name="Change all of it").click()
    expect(page.get_by_role("link", name="Change a part only")).to_be_visible()


def test_the_form_adapts_to_the_model_and_tells_its_price(studio, page, person, for_money):
    open_gallery(page, studio, "/create")
    prompt_of(page).fill("A kite")
    page.locator("#composer-model").select_option(label="Plain for money")
    cost = page.locator(".composer-cost")
    expect(cost).to_contain_text("$0.034")
    expect(page.locator("#composer-ratio option")).to_have_count(1)
    expect(page.locator("#composer-seed")).to_have_count(0)
    page.locator("#composer-count").select_option("4")
    expect(cost).to_contain_text("= $0.136")
    page.locator("#composer-settings summary").click()
    choose(page, "256")
    expect(cost).to_contain_text("= $0.536")
    page.locator("#composer-model").select_option(label="Plain")
    expect(cost).to_have_count(0)
    expect(page.locator("#composer-param-steps")).to_have_value("20")
    expect(prompt_of(page)).to_have_value("A kite")


@pytest.mark.parametrize("device", ["phone"], indirect=True)
def test_a_folded_composer_tells_the_price_too(studio, page, person, for_money):
    open_gallery(page, studio, "/create")
    prompt_of(page).fill("A kite in the win")
    page.locator("#composer-model").select_option(label="Plain for money")
    expect(page.locator(".composer-cost")).to_contain_text("$0.034")
    settle(page)  # the form that was adapted is there, and takes letters
    with page.expect_response(is_draft("A kite in the wind")):
        prompt_of(page).press("End")
        prompt_of(page).type("d")
    open_gallery(page, studio)
    expect(page.locator("#composer-model")).to_be_hidden()
    expect(page.locator(".composer-cost")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_be_in_viewport()


def test_a_budget_stops_new_work_with_a_sentence(
    studio, page, watch, person, for_money, monkeypatch
):
    watch.expect(UNPROCESSABLE)
    noon = datetime.now(UTC).replace(hour=12)  # the day of the budget must not end meanwhile
    ledger = studio.easel.services.budgets._ledger
    monkeypatch.setattr(ledger, "_clock", lambda: int(noon.timestamp() * 1000))
    studio.easel.services.budgets.set_limits(person.id, 100_000, None)
    open_gallery(page, studio, "/create")
    prompt_of(page).fill("A kite")
    page.locator("#composer-model").select_option(label="Plain for money")
    expect(page.locator(".composer-cost")).to_contain_text("$0.034")
    page.locator("#composer-count").select_option("4")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert")).to_contain_text("Your budget for this day is $0.10")
    expect(page.get_by_role("alert")).to_contain_text("this would cost $0.136")
    expect(page.get_by_label("Describe an image")).to_have_value("A kite")
    page.locator("#composer-count").select_option("2")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(READY)).to_have_count(2)
    assert studio.easel.services.budgets.limits(person.id)[0].spent == 68_000


def test_the_queue_is_paused_ordered_and_goes_on(studio, page, person):
    held = "A lake that takes its time"
    with studio.painter.holding(held):
        open_gallery(page, studio)
        generate(page, held)
        expect(page.locator(".tile.pending")).to_have_count(1)
        open_gallery(page, studio, "/queue")
        expect(page.locator("#queue-running")).to_be_visible()
        studio.easel.services.work.pause(person)
        for prompt in ("First", "Second", "Third"):
            studio.paint(person, prompt)
        page.reload()
        settle(page)
        expect(page.locator("#queue-paused")).to_be_visible()
        waiting = page.locator("[aria-labelledby=queue-waiting] .title")
        expect(waiting).to_have_text(["First", "Second", "Third"])
        page.get_by_role("button", name="Make it next").last.click()
        expect(waiting).to_have_text(["Third", "First", "Second"])
        page.get_by_role("button", name="Move it down").first.click()
        expect(waiting).to_have_text(["First", "Third", "Second"])
        assert violations(page) == []
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("#queue-paused")).to_have_count(0)
    expect(page.locator("#queue-waiting")).to_have_count(0)


def test_pressing_pause_twice_cancels_nothing(studio, page, person):
    held = "A lake that keeps all painters busy"
    with studio.painter.holding(held):
        studio.paint(person, held, count=4)
        open_gallery(page, studio, "/queue")
        expect(page.locator("#queue-running")).to_have_text("Being made 2")
        box = page.get_by_role("button", name="Pause").bounding_box()
        assert box is not None
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        page.mouse.click(**at)
        expect(page.locator("#queue-paused")).to_be_visible()
        found = page.evaluate("(at) => document.elementFromPoint(at.x, at.y).textContent", at)
        assert found.strip() == "Go on"
        page.mouse.click(**at)
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        assert all(item.is_pending for item in studio.pictures(person))


def test_refusals_stay_with_a_next_step(studio, page, person):
    with studio.painter.refusing("A dragon"):
        studio.painted(person, "A dragon")
    open_gallery(page, studio, "/queue")
    row = page.locator(".job-failed")
    expect(row).to_contain_text("Refused by the provider")
    expect(row).to_contain_text("Say it in other words")
    row.get_by_role("link", name="Edit and retry").click()
    expect(prompt_of(page)).to_have_value("A dragon")
    expect(toast(page, "Done")).to_have_count(0)
    assert re.search("/queue", page.url)
