"""The focal point: chosen by pointer, by keys, and without script; crops follow as they will be."""

import io

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DEVICES
from tests.browser.steps import draw, encoded, open_gallery, open_picture, toast
from tests.browser.watching import settle
from webapp.services.accounts import Viewer
from webapp.services.pictures import Picture

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("device", DEVICES, indirect=True)
SQUARE = "#focal-crop-1"
DECODED = """
(element) => Promise.all([...element.querySelectorAll('img')].map((image) => image.decode()))
  .then(() => true)
"""


def slope(size: tuple[int, int]) -> bytes:
    """Return a PNG whose red grows from left to right, and whose green from top to bottom."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    return encoded(Image.merge("RGB", (across, down, Image.new("L", size, 90))))


@pytest.fixture
def picture(studio, person) -> Picture:
    """Return a wide picture, of which squares show a half."""
    kept: Picture = studio.keep(person, slope((800, 400)))
    return kept


@pytest.fixture
def saved(studio, person: Viewer, picture: Picture):
    """Return a function that tells the focal point that is stored."""
    return lambda: studio.easel.services.images.own_image(picture.id, person).focal


def go(page: Page, studio, picture: Picture) -> None:
    open_gallery(page, studio, f"/images/{picture.id}/focal-point")


def click(locator: Locator, left: float, top: float) -> None:
    """Click on a place, in shares of an element."""
    box = locator.bounding_box()
    assert box is not None
    locator.click(position={"x": box["width"] * left, "y": box["height"] * top})


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(toast(page, "Crops now keep this point")).to_be_visible()
    settle(page)


def seen(page: Page, selector: str) -> Image.Image:
    """Return what is painted where an element is."""
    page.locator(selector).evaluate(DECODED)
    shot = page.locator(selector).screenshot(animations="disabled")
    return Image.open(io.BytesIO(shot)).convert("RGB")


def quarters(image: Image.Image) -> list[float]:
    """Return the mean colours of the four quarters, which tell where a slope was cut."""
    x, y = image.width // 2, image.height // 2
    boxes = ((0, 0, x, y), (x, 0, 2 * x, y), (0, y, x, 2 * y), (x, y, 2 * x, 2 * y))
    return [mean for box in boxes for mean in ImageStat.Stat(image.crop(box)).mean]


def far(one: Image.Image, other: Image.Image) -> float:
    """Return the largest difference between two pictures' quarters."""
    return max(abs(a - b) for a, b in zip(quarters(one), quarters(other), strict=True))


@BOTH
@pytest.mark.parametrize("place", [(0.3, 0.6), (0.02, 0.98), (0.9, 0.1)])
def test_a_click_on_the_picture_is_what_is_saved(studio, page, picture, saved, place):
    go(page, studio, picture)
    click(page.locator("#focal-frame"), *place)
    save(page)
    assert saved() == pytest.approx(place, abs=0.01)


def test_it_is_a_dialog_over_the_picture_that_it_tells(studio, page, picture, saved):
    open_gallery(page, studio)
    dialog = open_picture(page, picture.id)
    expect(dialog).to_contain_text("They keep the middle of the picture.")
    dialog.get_by_role("link", name="Focal point").click()
    sheet = page.get_by_role("dialog", name="Focal point")
    expect(sheet).to_be_visible()
    settle(page)
    click(sheet.locator("#focal-frame"), 0.25, 0.5)
    save(page)
    assert saved() == pytest.approx((0.25, 0.5), abs=0.01)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(dialog).to_contain_text("They keep the point that you chose.")


def test_the_point_follows_a_drag_and_stays_inside(studio, page, picture):
    go(page, studio, picture)
    box = page.locator("#focal-frame").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.4, steps=4)
    draw(page)
    values = [page.get_by_label(f"From the {side}, in %") for side in ("left", "top")]
    assert [float(value.input_value()) for value in values] == pytest.approx([20, 40], abs=0.5)
    page.mouse.move(box["x"] - 50, box["y"] + box["height"] + 50)
    page.mouse.up()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    draw(page)
    assert [value.input_value() for value in values] == ["0", "100"]


def test_arrow_keys_move_the_point_and_say_where_it_is(studio, page, picture, saved):
    go(page, studio, picture)
    slider = page.get_by_role("slider", name="Focal point, from the left")
    expect(slider).to_have_attribute("aria-valuetext", "50 % from the left, 50 % from the top")
    slider.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(slider).to_have_attribute("aria-valuetext", "58 % from the left, 41 % from the top")
    outline = "(frame) => getComputedStyle(frame).outlineStyle"
    assert page.locator("#focal-frame").evaluate(outline) == "solid"
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider", name="Focal point, from the top")).to_be_focused()
    page.keyboard.press("Home")
    save(page)
    assert saved() == (0.58, 0)


def test_the_fields_move_the_point_and_leave_it_while_they_make_no_sense(studio, page, picture):
    go(page, studio, picture)
    field, mark = page.get_by_label("From the left, in %"), page.locator("#focal-frame .dot")
    field.fill("12,5")
    expect(mark).to_have_attribute("cx", "12.5%")
    for text in ("", "far", "101"):
        field.fill(text)
        expect(mark).to_have_attribute("cx", "12.5%")


@BOTH
@pytest.mark.parametrize("place", [(0.3, 0.3), (0.05, 0.05), (0.8, 0.95)])
@pytest.mark.parametrize("size", [(800, 400), (400, 700)], ids=["wide", "tall"])
def test_each_live_crop_is_what_the_server_then_cuts(studio, page, person, place, size):
    go(page, studio, studio.keep(person, slope(size)))
    shots = [f"li:nth-child({n}) > .focal-shot" for n in (1, 2, 3)]
    middle = [seen(page, shot) for shot in shots]
    click(page.locator("#focal-frame"), *place)
    expect(page.locator(".focal-live:visible")).to_have_count(3)
    live = [seen(page, shot) for shot in shots]
    save(page)
    expect(page.locator(".focal-live:visible")).to_have_count(0)
    toast(page, "Crops now keep").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)
    cut = [seen(page, shot) for shot in shots]
    assert max(map(far, live, cut)) <= 2  # of 255: what compression may do
    assert max(map(far, middle, cut)) > 15  # or the slope would not tell


def test_a_wrong_number_is_told_at_its_field_which_gets_the_focus(
    studio, page, watch, picture, saved
):
    watch.expect("status of 422")
    go(page, studio, picture)
    click(page.locator("#focal-frame"), 0.2, 0.2)
    page.get_by_label("From the top, in %").fill("high")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text("Give a number from 0 to 100.")
    field = page.get_by_label("From the top, in %")
    expect(field).to_be_focused()
    expect(field).to_have_value("high")
    assert saved() is None
    field.fill("30")
    save(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert saved() == pytest.approx((0.2, 0.3), abs=0.01)


def test_the_middle_undoes_a_choice_and_what_was_only_tried(studio, page, picture, saved):
    go(page, studio, picture)
    first = page.locator(SQUARE).get_attribute("src")
    click(page.locator("#focal-frame"), 0.1, 0.1)
    save(page)
    expect(page.locator(SQUARE)).not_to_have_attribute("src", str(first))
    click(page.locator("#focal-frame"), 0.9, 0.9)
    page.get_by_role("button", name="Use the middle").click()
    expect(toast(page, "Crops keep the middle again")).to_be_visible()
    expect(page.get_by_label("From the left, in %")).to_have_value("50")
    expect(page.locator("#focal-frame .dot")).to_have_attribute("cx", "50.0%")
    expect(page.locator(".focal-live:visible")).to_have_count(0)
    assert saved() is None


@BOTH
@pytest.mark.parametrize("place", [(0.3, 0.6), (0.02, 0.98)])
def test_without_script_the_picture_is_clicked_on_too(studio, plain_page, picture, saved, place):
    page = plain_page
    page.goto(f"{studio.address}/images/{picture.id}")
    page.get_by_role("link", name="Focal point").click()
    click(page.locator(".focal-area:visible"), *place)
    expect(page.locator(".toast")).to_contain_text("Crops now keep this point")
    assert saved() == pytest.approx(place, abs=0.01)


@pytest.mark.parametrize("width", [320, 390, 479, 480, 820, 896, 897, 1215, 1216, 1440, 2200])
def test_without_script_the_clicked_picture_has_the_size_that_the_server_thinks(
    studio, plain_page, picture, width
):
    page = plain_page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{studio.address}/images/{picture.id}/focal-point")
    area = page.locator(".focal-area input:visible")
    expect(area).to_have_count(1)
    box, stage = area.bounding_box(), page.locator(".focal-stage").bounding_box()
    assert box is not None
    assert stage is not None
    said = [float(str(area.get_attribute(side))) for side in ("width", "height")]
    assert [box["width"], box["height"]] == said
    assert box["x"] >= stage["x"]
    assert box["x"] + box["width"] <= stage["x"] + stage["width"]


def test_without_script_the_fields_and_the_middle_work(studio, plain_page, picture, saved):
    page = plain_page
    page.goto(f"{studio.address}/images/{picture.id}/focal-point")
    page.get_by_label("From the left, in %").fill("20")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Crops now keep this point")
    assert saved() == (0.2, 0.5)
    page.get_by_role("button", name="Use the middle").click()
    expect(page.locator(".toast")).to_contain_text("Crops keep the middle again")
    assert saved() is None
