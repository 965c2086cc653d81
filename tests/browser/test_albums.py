"""Albums: made on the way, arranged, and left without their pictures."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import colour, open_gallery, open_picture, toast
from tests.browser.watching import settle

pytestmark = pytest.mark.browser


@pytest.fixture
def three(studio, person) -> list[str]:
    """Return the ids of three pictures, the oldest first."""
    return [studio.keep(person, colour(name), f"{name}.png").id for name in ("teal", "tan", "plum")]


@pytest.fixture
def album(studio, person, three) -> str:
    with studio.app.app_context():
        made: str = studio.easel.services.library.albums.create(person, "Colours").id
        studio.easel.services.library.contents.add(made, person, three)
    return made


def test_a_picture_goes_into_a_new_album_and_out_of_it(studio, page, person, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[0])
    dialog.get_by_label("Title of a new album").fill("Harbours")
    dialog.get_by_role("button", name="Create").click()
    chip = dialog.get_by_role("link", name="Harbours")
    expect(chip).to_be_visible()
    dialog.get_by_role("button", name="Take out of the album Harbours").click()
    expect(chip).to_have_count(0)
    dialog.get_by_label("Album", exact=True).select_option(label="Harbours")
    dialog.get_by_role("button", name="Add to album").click()
    expect(chip).to_be_visible()
    chip.click()
    expect(page.get_by_role("heading", name="Harbours")).to_be_visible()
    expect(page.locator(f"#image-{three[0]}")).to_be_visible()


def test_a_double_click_makes_one_album(studio, page, person, three):
    open_gallery(page, studio)
    dialog = open_picture(page, three[0])
    dialog.get_by_label("Title of a new album").fill("Harbours")
    dialog.get_by_role("button", name="Create").dblclick()
    expect(dialog.get_by_role("link", name="Harbours")).to_have_count(1)
    settle(page)
    albums = studio.easel.services.library.albums.page(person).albums
    assert [album.title for album in albums] == ["Harbours"]


def test_tags_are_added_and_taken_off_in_place(studio, page, watch, person, three):
    watch.expect("status of 422")
    open_gallery(page, studio)
    dialog = open_picture(page, three[0])
    field = dialog.get_by_label("Add a tag", exact=True)
    field.fill("Blue Hour, lake")
    field.press("Enter")
    expect(dialog.get_by_role("button", name="Remove the tag blue hour")).to_be_visible()
    expect(field).to_have_value("")
    dialog.get_by_role("button", name="Remove the tag lake").click()
    expect(dialog.get_by_role("button", name="Remove the tag lake")).to_have_count(0)
    field.fill("x" * 65)
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("A tag has 1 to 64 characters")
    with studio.app.app_context():
        picture = studio.easel.services.images.own_image(three[0], person)
        kept = studio.easel.services.library.finder.details([picture])[picture.key]
    assert kept.tags == ("blue hour",)


def test_an_album_is_arranged_and_given_a_cover(studio, page, album, three):
    open_gallery(page, studio, f"/albums/{album}")
    page.get_by_role("link", name="Arrange").click()
    expect(page.locator("#arrange .title").first).to_have_text("teal.png")
    page.get_by_role("button", name="Move to the end: teal.png").click()
    expect(page.locator("#arrange .title").first).to_have_text("tan.png")
    page.get_by_role("button", name="Move up: plum.png").click()
    expect(page.locator("#arrange .title").first).to_have_text("plum.png")
    page.get_by_role("button", name="Make it the cover: teal.png").click()
    expect(page.locator(f"#arrange-{three[0]}")).to_contain_text("Cover")
    page.get_by_role("button", name="Take out of the album: tan.png").click()
    expect(page.locator("#arrange .title")).to_have_text(["plum.png", "teal.png"])
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#album-rows .tile")).to_have_count(2)
    page.get_by_role("link", name="All albums").click()
    expect(page.locator(f'#album-cards img[src*="{three[0]}"]')).to_be_visible()


def test_an_album_is_deleted_when_asked_twice_and_its_pictures_stay(studio, page, person, album):
    open_gallery(page, studio, f"/albums/{album}")
    page.get_by_text("Name and description").click()
    page.get_by_role("link", name="Delete album").click()
    expect(page.locator("#confirm")).to_contain_text("stay in the gallery")
    page.locator("#confirm").get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", name="No albums yet")).to_be_visible()
    expect(toast(page, "Its pictures are still here")).to_be_visible()
    assert len(studio.pictures(person)) == 3


def test_everything_works_without_script(studio, plain_page, three):
    page = plain_page
    page.goto(f"{studio.address}/albums")
    page.get_by_text("New album").click()
    page.get_by_label("Title").fill("Harbours")
    page.get_by_role("button", name="Create album").click()
    expect(page.get_by_role("heading", name="Harbours")).to_be_visible()
    for uid in three[:2]:
        page.goto(f"{studio.address}/images/{uid}")
        page.get_by_label("Add a tag", exact=True).fill("sea")
        page.get_by_role("button", name="Add the tag").click()
        expect(page.get_by_role("button", name="Remove the tag sea")).to_be_visible()
        page.get_by_role("button", name="Add to album").click()
        expect(page.get_by_role("link", name="Harbours")).to_be_visible()
    page.get_by_role("link", name="Harbours").click()
    page.get_by_role("link", name="Arrange").click()
    page.get_by_role("button", name="Move down: teal.png").click()
    expect(page.locator("#arrange .title")).to_have_text(["tan.png", "teal.png"])
    page.get_by_text("Name and description").click()
    page.get_by_role("link", name="Delete album").click()
    page.get_by_role("button", name="Delete album").click()
    expect(page.get_by_role("heading", name="No albums yet")).to_be_visible()
