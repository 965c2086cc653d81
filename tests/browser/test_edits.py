"""Edits: a box drawn by pointer, by keys and by numbers; finishes; and where a picture belongs."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import DEVICES
from tests.browser.steps import choose, colour, draw, open_gallery, open_picture, toast
from tests.browser.watching import settle
from webapp.services.images.edit_wishes import Edit
from webapp.services.pictures import Picture

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("device", DEVICES, indirect=True)
SIDES = ("Left", "Top", "Width", "Height")


@pytest.fixture
def picture(studio, person) -> Picture:
    """Return a wide picture."""
    kept: Picture = studio.keep(person, colour("teal", (800, 400)), "teal.png")
    return kept


@pytest.fixture
def newest(studio, person):
    return lambda: studio.pictures(person)[0]


@pytest.fixture
def family(studio, person, picture) -> list[str]:
    """Return a picture's child, and its child's two children."""
    editor = studio.easel.services.editor
    child = editor.edit(picture.id, person, Edit(ratio="1:1"))
    return [child.id, *(editor.edit(child.id, person, Edit(turn=turn)).id for turn in (90, 180))]


def go(page: Page, studio, picture: Picture) -> None:
    open_gallery(page, studio, f"/images/{picture.id}/edit")


def box(page: Page) -> list[float]:
    """Return the box that the fields tell, in percent."""
    fields = [page.get_by_label(side, exact=True) for side in SIDES]
    return [float(field.input_value()) for field in fields]


def drag(page: Page, frame: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one place to another, in shares of an element."""
    frame.scroll_into_view_if_needed()
    area = frame.bounding_box()
    assert area is not None
    places = [
        (area["x"] + area["width"] * x, area["y"] + area["height"] * y) for x, y in (start, end)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()
    draw(page)


def keep(page: Page) -> None:
    page.get_by_role("button", name="Keep as a new picture").click()
    expect(toast(page, "Kept as a new picture")).to_be_visible()
    settle(page)


@BOTH
def test_a_box_that_is_drawn_is_what_is_kept(studio, page, picture, newest):
    go(page, studio, picture)
    drag(page, page.locator("#crop-frame"), (0.25, 0.25), (0.75, 0.75))
    assert box(page) == pytest.approx([25, 25, 50, 50], abs=0.6)
    keep(page)
    made = newest()
    assert (made.width, made.height) == pytest.approx((400, 200), abs=5)
    expect(page.locator(".detail")).to_have_attribute("data-image", made.id)


def test_the_box_is_moved_and_resized_by_its_grips_and_stays_inside(studio, page, picture):
    go(page, studio, picture)
    frame = page.locator("#crop-frame")
    drag(page, frame, (0.2, 0.2), (0.6, 0.6))
    drag(page, frame, (0.4, 0.4), (0.5, 0.4))
    assert box(page) == pytest.approx([30, 20, 40, 40], abs=0.6)
    drag(page, frame, (0.7, 0.6), (0.8, 0.9))
    assert box(page) == pytest.approx([30, 20, 50, 70], abs=0.6)
    drag(page, frame, (0.3, 0.5), (0.1, 0.5))
    assert box(page) == pytest.approx([10, 20, 70, 70], abs=0.6)
    drag(page, frame, (0.5, 0.5), (1.5, 1.5))
    assert box(page) == pytest.approx([30, 30, 70, 70], abs=0.6)


def test_arrow_keys_move_and_resize_the_box_and_say_where_it_is(studio, page, picture, newest):
    go(page, studio, picture)
    size = page.get_by_role("slider", name="Size of the box")
    size.focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.keyboard.press("Shift+Tab")
    move = page.get_by_role("slider", name="Move the box")
    expect(move).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    told = "10 % from the left, 1 % from the top, 80 % wide, 98 % high"
    expect(move).to_have_attribute("aria-valuetext", told)
    assert box(page) == [10, 1, 80, 98]
    page.get_by_role("button", name="Keep as a new picture").focus()
    page.keyboard.press("Enter")
    expect(toast(page, "Kept as a new picture")).to_be_visible()
    assert newest().parameters == {"crop": "640 x 392 from 80, 4"}


def test_a_shape_stays_while_the_box_is_dragged(studio, page, picture, newest):
    go(page, studio, picture)
    choose(page, "1:1")
    assert box(page) == [25, 0, 50, 100]
    expect(page.locator("[data-crop=size]")).to_have_text("400 \N{MULTIPLICATION SIGN} 400")
    drag(page, page.locator("#crop-frame"), (0.75, 1), (0.5, 0.4))
    left, top, width, height = box(page)
    assert (left, top) == (25, 0)
    assert height == pytest.approx(2 * width, abs=0.05)
    keep(page)
    assert newest().width == newest().height


def test_the_result_is_shown_as_it_will_be(studio, page, picture, newest):
    go(page, studio, picture)
    choose(page, "90°")
    page.get_by_role("checkbox", name="Left to right").check()
    page.get_by_label("Width", exact=True).fill("50")
    expect(page.locator("[data-crop=size]")).to_have_text("400 \N{MULTIPLICATION SIGN} 400")
    page.get_by_label("Width", exact=True).fill("no number")
    expect(page.locator("[data-crop=size]")).to_have_text("400 \N{MULTIPLICATION SIGN} 400")
    page.get_by_label("Width", exact=True).fill("25")
    expect(page.locator("[data-crop=view]")).to_have_attribute("viewBox", "0 0 400 200")
    keep(page)
    assert (newest().width, newest().height) == (400, 200)


def test_it_is_a_dialog_that_keeps_what_was_refused(studio, page, watch, picture):
    watch.expect("status of 422")
    open_gallery(page, studio)
    dialog = open_picture(page, picture.id)
    dialog.get_by_role("link", name="Edit", exact=True).click()
    sheet = page.get_by_role("dialog", name="Edit")
    expect(sheet).to_be_visible()
    settle(page)
    sheet.get_by_label("Height", exact=True).fill("tall")
    sheet.get_by_role("button", name="Keep as a new picture").click()
    expect(sheet).to_contain_text("Give a number from 0 to 100.")
    expect(sheet.get_by_label("Height", exact=True)).to_be_focused()
    expect(sheet.get_by_label("Height", exact=True)).to_have_value("tall")
    drag(page, sheet.locator("#crop-frame"), (0.5, 0.5), (0.75, 0.75))
    assert box(page) == pytest.approx([50, 50, 25, 25], abs=0.6)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(dialog).to_be_visible()


def test_c_edits_and_v_makes_variations(studio, page, person):
    made = studio.painted(person, "A lighthouse at dusk", aspect_ratio="3:2")[0]
    open_gallery(page, studio)
    open_picture(page, made.id)
    page.keyboard.press("c")
    sheet = page.get_by_role("dialog", name="Edit")
    expect(sheet).to_be_visible()
    settle(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("v")
    expect(page.locator("#lightbox")).to_be_hidden()
    expect(page.get_by_label("Describe an image", exact=True)).to_have_value("A lighthouse at dusk")


def test_without_script_a_preview_comes_before_the_picture(studio, plain_page, picture, newest):
    page = plain_page
    page.goto(f"{studio.address}/images/{picture.id}/edit")
    choose(page, "1:1")
    choose(page, "180°")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-crop=size]")).to_have_text("400 \N{MULTIPLICATION SIGN} 400")
    assert newest() == picture
    page.get_by_role("button", name="Keep as a new picture").click()
    expect(toast(page, "Kept as a new picture")).to_be_visible()
    assert newest().parameters == {"crop": "400 x 400 from 200, 0", "turn": "180°"}


@BOTH
def test_a_finish_is_begun_and_seen_to_its_end(studio, page, person, picture, newest):
    go(page, studio, picture)
    page.get_by_label("Strength").fill("40")
    expect(page.locator("#edit-strength-told")).to_have_text("40 %")
    page.get_by_role("button", name="Oil").click()
    expect(toast(page, "on its way")).to_be_visible()
    made = newest()
    expect(page.locator(".detail")).to_have_attribute("data-image", made.id)
    assert studio.finished(made, person).is_ready
    expect(page.locator(".detail .photo")).to_be_visible()
    expect(page.locator(f"#kin-{picture.id} img")).to_be_visible()
    expect(page.locator("#recipe")).to_contain_text("40 %")


def test_without_script_a_finish_is_begun_too(studio, plain_page, picture, newest):
    plain_page.goto(f"{studio.address}/images/{picture.id}/edit")
    plain_page.get_by_role("button", name="Low-poly").click()
    expect(toast(plain_page, "on its way")).to_be_visible()
    assert newest().parameters["finish"] == "low-poly"


@BOTH
def test_a_lineage_leads_from_picture_to_picture(studio, page, picture, family):
    open_gallery(page, studio, f"/images/{family[0]}")
    graph = page.locator("#lineage")
    expect(graph.locator(".kin")).to_have_count(4)
    expect(graph.locator("[aria-current]")).to_have_attribute("href", f"/images/{family[0]}")
    expect(graph.locator(".lineage-lines path")).to_have_count(3)
    graph.locator(f"#kin-{family[2]} a").first.click()
    expect(page.locator(".detail")).to_have_attribute("data-image", family[2])
    expect(page.locator("#lineage .kin")).to_have_count(3)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_lineage_can_be_read_without_script(studio, plain_page, picture, family):
    plain_page.goto(f"{studio.address}/images/{family[0]}")
    expect(plain_page.get_by_role("heading", name="Made from", exact=True)).to_have_count(1)
    expect(plain_page.get_by_role("heading", name="Became", exact=True)).to_have_count(1)
    plain_page.locator(f"#kin-{picture.id} a").first.click()
    expect(plain_page).to_have_url(f"{studio.address}/images/{picture.id}")


@BOTH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_it_breaks_a_rule_of_axe(studio, page, picture, family, scheme):
    page.emulate_media(color_scheme=scheme)
    for path in (f"/images/{picture.id}/edit", f"/images/{family[0]}"):
        open_gallery(page, studio, path)
        assert violations(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
