"""The composer: what is typed, sent, refused and kept."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import (
    READY,
    choose,
    colour,
    generate,
    is_draft,
    open_gallery,
    open_picture,
    prompt_of,
    tile,
    toast,
)
from tests.browser.studio import REFUSAL
from tests.browser.watching import settle

pytestmark = pytest.mark.browser

UNPROCESSABLE = "status of 422"
HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an image with a handler": '"><img src=x onerror=alert(1)>',
    "template marks": "{{ 7 * 7 }} {% raw %} {0.__class__}",
    "emoji": "👩‍🚀🌈 a family 👨‍👩‍👧‍👦 on the moon",
    "right to left": "بحيرة هادئة عند الفجر ثم a boat",
}


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter"])
def test_ctrl_or_cmd_enter_generates(studio, page, keys):
    open_gallery(page, studio)
    prompt_of(page).fill("Dunes at sunset")
    prompt_of(page).press(keys)
    expect(page.locator(READY)).to_have_count(1)


def test_enter_alone_makes_a_new_line(studio, page):
    open_gallery(page, studio)
    prompt_of(page).fill("Dunes")
    prompt_of(page).press("Enter")
    expect(prompt_of(page)).to_have_value("Dunes\n")
    expect(page.locator(".rows .tile")).to_have_count(0)


def test_it_is_free_again_while_pictures_are_made(studio, page):
    first, second = "A first lake", "A second lake"
    open_gallery(page, studio)
    with studio.painter.holding(first), studio.painter.holding(second):
        generate(page, first)
        expect(page.locator(".tile.pending")).to_have_count(1)
        generate(page, second)
        expect(page.locator(".tile.pending")).to_have_count(2)
        expect(page.locator(".tile").first).to_contain_text(second)
        expect(page.locator("#nav-badge")).to_contain_text("2")
    expect(page.locator(READY)).to_have_count(2)
    expect(page.locator("#nav-badge")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("2 images")


def test_the_draft_survives_a_reload(studio, page):
    open_gallery(page, studio)
    with page.expect_response(is_draft("A lighthouse in a storm")):
        prompt_of(page).press_sequentially("A lighthouse in a storm")
    page.reload()
    expect(prompt_of(page)).to_have_value("A lighthouse in a storm")
    open_gallery(page, studio, "/queue")
    expect(prompt_of(page)).to_have_value("A lighthouse in a storm")


def test_a_template_fills_the_composer_with_its_variables(studio, page, person):
    studio.keep(person, colour("teal"))
    open_gallery(page, studio)
    chips = page.get_by_role("navigation", name="Start from a template")
    chips.get_by_role("link", name="Event banner").click()
    composer = page.locator("#composer")
    expect(composer.get_by_label("Organiser")).to_have_value("Eventify Co.")
    expect(composer.get_by_label("Organiser")).to_be_focused()
    composer.get_by_label("Organiser").fill("The Harbour Choir")
    composer.get_by_label("Theme of the event").fill("Carols by the sea at dusk")
    composer.get_by_label("Room for the headline").select_option("right")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(READY)).to_have_count(2)

    made = studio.pictures(person)[0]
    for words in ("The Harbour Choir", "Carols by the sea at dusk", "right", "STYLE"):
        assert words in made.prompt
    assert made.width > made.height * 1.7
    open_picture(page, made.id)
    expect(page.locator("#detail").get_by_role("link", name="Event banner")).to_be_visible()


def test_the_cross_leaves_the_template(studio, page, person):
    studio.keep(person, colour("teal"))
    open_gallery(page, studio)
    page.locator("#templates").get_by_role("link", name="Night city").click()
    expect(page.locator("#composer-template")).to_be_visible()
    page.get_by_role("link", name="Leave the template").click()
    expect(page.locator("#composer-template")).to_have_count(0)
    expect(prompt_of(page)).to_be_focused()
    settle(page)
    page.reload()
    expect(prompt_of(page)).to_be_visible()


def test_a_card_of_the_empty_gallery_starts_from_its_template(studio, page):
    open_gallery(page, studio)
    page.locator("#welcome").get_by_role("link", name="Watercolour").click()
    expect(page.locator("#composer").get_by_label("Subject")).to_be_focused()


def test_a_template_works_without_script(studio, plain_page, person):
    plain_page.goto(f"{studio.address}/create")
    plain_page.locator("#main").get_by_role("link", name="Low-poly").click()
    plain_page.get_by_label("Subject").fill("a fox")
    plain_page.get_by_role("button", name="Generate").click()
    expect(plain_page.locator("#gallery .tile")).to_have_count(1)
    assert studio.pictures(person)[0].prompt.startswith("Low-poly a fox, aurora")


def test_an_empty_prompt_is_refused_in_place_and_nothing_is_lost(studio, page, watch):
    watch.expect(UNPROCESSABLE)
    open_gallery(page, studio)
    page.get_by_label("Number of images").select_option("3")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert")).to_have_text("Describe the picture first.")
    expect(prompt_of(page)).to_be_focused()
    expect(prompt_of(page)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Number of images")).to_have_value("3")

    generate(page, "Now with words")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".rows .tile")).to_have_count(3)


def test_an_empty_prompt_is_refused_without_script(studio, plain_page, watch, browsers):
    browsers.watches[plain_page.context].expect(UNPROCESSABLE)
    plain_page.goto(studio.address)
    plain_page.get_by_label("Number of images").select_option("3")
    plain_page.get_by_role("button", name="Generate").click()
    expect(plain_page.get_by_role("alert")).to_have_text("Describe the picture first.")
    expect(plain_page.get_by_label("Number of images")).to_have_value("3")


def test_a_prompt_that_is_too_long_is_refused_and_kept(studio, page, watch):
    watch.expect(UNPROCESSABLE)
    prompt = "lake " * 2000 + "x"
    open_gallery(page, studio)
    generate(page, prompt)
    expect(page.get_by_role("alert")).to_contain_text("Use at most 10,000 characters")
    expect(prompt_of(page)).to_have_value(prompt)
    expect(page.locator(".rows .tile")).to_have_count(0)


def test_ten_thousand_characters_are_taken(studio, page):
    open_gallery(page, studio)
    generate(page, ("lake " * 2000).strip())
    expect(page.locator(READY)).to_have_count(1)


@pytest.mark.parametrize("prompt", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_prompt_is_shown_as_text(studio, page, person, prompt):
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    open_gallery(page, studio)
    generate(page, prompt)
    expect(page.locator(READY)).to_have_count(1)
    made = studio.pictures(person)[0]
    open_picture(page, made.id)
    expect(page.locator("#detail-title")).to_have_text(prompt)
    page.keyboard.press("e")
    expect(page.locator("#embed-code")).to_contain_text("<img src=")
    page.reload()
    expect(page.locator("#detail-title")).to_have_text(prompt)
    assert asked == []


def test_the_settings_reach_the_picture(studio, page, person):
    open_gallery(page, studio)
    page.get_by_label("Shape").select_option("2:3")
    page.get_by_label("More settings").click()
    choose(page.locator("#composer"), "1024")
    page.get_by_label("Seed").fill("42")
    page.get_by_label("Leave out").fill("people, boats")
    generate(page, "A harbour at noon")
    expect(page.locator(READY)).to_have_count(1)
    made = studio.pictures(person)[0]
    assert (made.seed, made.negative_prompt) == (42, "people, boats")
    assert made.height > made.width > 700
    open_picture(page, made.id)
    detail = page.locator("#detail")
    expect(detail).to_contain_text("42")
    expect(detail).to_contain_text("people, boats")


def test_a_seed_that_is_no_number_is_named(studio, page, watch):
    watch.expect(UNPROCESSABLE)
    open_gallery(page, studio)
    page.get_by_label("More settings").click()
    page.get_by_label("Seed").fill("lucky")
    generate(page, "A harbour at noon")
    expect(page.get_by_role("alert")).to_contain_text("A seed is a whole number")
    expect(page.get_by_label("Seed")).to_be_visible()
    expect(prompt_of(page)).to_have_value("A harbour at noon")


def test_the_settings_close_with_escape_and_with_a_click_beside_them(studio, page):
    open_gallery(page, studio)
    panel = page.locator(".settings-panel")
    page.get_by_label("More settings").click()
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_label("More settings")).to_be_focused()
    page.get_by_label("More settings").click()
    page.get_by_role("heading", name="What shall we make?").click()
    expect(panel).to_be_hidden()


def test_four_pictures_give_four_tiles_and_a_strip(studio, page, person):
    open_gallery(page, studio)
    page.get_by_label("Number of images").select_option("4")
    generate(page, "Four views of a village")
    expect(page.locator(".rows .tile")).to_have_count(4)
    expect(page.locator(READY)).to_have_count(4)
    seeds = {picture.seed for picture in studio.pictures(person)}
    assert len(seeds) == 4
    first, second = studio.pictures(person)[:2]
    open_picture(page, first.id)
    strip = page.get_by_role("list", name="Made together")
    expect(strip.get_by_role("link")).to_have_count(4)
    strip.locator(f"#strip-{second.id}").click()
    expect(page.locator(".detail")).to_have_attribute("data-image", second.id)
    expect(page).to_have_url(f"{studio.address}/images/{second.id}")


def test_a_pending_picture_can_be_cancelled_and_tried_again(studio, page):
    prompt = "A slow sunrise"
    open_gallery(page, studio)
    with studio.painter.holding(prompt):
        generate(page, prompt)
        expect(page.locator(".tile.pending")).to_contain_text("Painting")
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "40")
        page.get_by_role("button", name="Cancel this image").click()
        expect(page.locator(".tile.failed")).to_contain_text("Cancelled")
        expect(page.locator("#nav-badge")).to_be_hidden()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(READY)).to_have_count(1)


def test_a_picture_that_was_refused_says_why_and_is_asked_for_in_other_words(studio, page):
    prompt = "Something unpaintable"
    open_gallery(page, studio)
    with studio.painter.refusing(prompt):
        generate(page, prompt)
        expect(page.locator(".tile.failed")).to_contain_text(REFUSAL)
    page.get_by_role("link", name="Edit and retry").click()
    expect(prompt_of(page)).to_have_value(prompt)
    generate(page, "Something paintable")
    expect(page.locator(READY)).to_have_count(1)
    expect(page.locator(".tile.failed")).to_have_count(1)


def test_use_again_takes_prompt_and_settings_back(studio, page, person):
    made = studio.painted(person, "A pier in fog", aspect_ratio="16:9", negative_prompt="birds")[0]
    open_gallery(page, studio)
    tile(page, made.id).hover()
    tile(page, made.id).get_by_role("link", name="Use this prompt again").click()
    expect(prompt_of(page)).to_have_value("A pier in fog")
    expect(prompt_of(page)).to_be_focused()
    expect(page.get_by_label("Shape")).to_have_value("16:9")


def test_use_again_in_the_dialog_closes_it(studio, page, person):
    made = studio.painted(person, "A pier in fog")[0]
    open_gallery(page, studio)
    dialog = open_picture(page, made.id)
    dialog.get_by_role("link", name="Use again").click()
    expect(dialog).to_be_hidden()
    expect(prompt_of(page)).to_have_value("A pier in fog")
    expect(page).to_have_url(studio.address + "/")


def test_generating_elsewhere_says_so(studio, page):
    open_gallery(page, studio, "/queue")
    generate(page, "A windmill")
    expect(toast(page, "One image is on its way")).to_be_visible()
    expect(page.locator("#queue-list")).to_contain_text("A windmill")
    expect(page.get_by_role("region", name="Done")).to_contain_text("A windmill")
