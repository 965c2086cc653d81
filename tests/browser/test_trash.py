"""The trash: back, gone for good, and asked before."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import colour, open_gallery, toast

pytestmark = pytest.mark.browser


@pytest.fixture
def two(studio, person) -> list[str]:
    """Return the ids of two pictures in the trash."""
    kept = [studio.keep(person, colour(name)) for name in ("teal", "tan")]
    with studio.app.app_context():
        return [
            studio.easel.services.images.delete_image(picture.id, person).id for picture in kept
        ]


def test_a_picture_can_be_put_back(studio, page, person, two):
    open_gallery(page, studio, "/trash")
    there = page.locator(f"#trash-{two[0]}")
    there.hover()
    there.get_by_role("button", name="Put back").click()
    expect(there).to_have_count(0)
    expect(toast(page, "Put back")).to_be_visible()
    assert [picture.id for picture in studio.pictures(person)] == [two[0]]


def test_a_picture_is_deleted_for_good_when_asked_twice(studio, page, two):
    open_gallery(page, studio, "/trash")
    there, question = page.locator(f"#trash-{two[0]}"), page.locator("#confirm")
    there.hover()
    there.get_by_role("button", name="Delete for good").click()
    expect(question).to_contain_text("can't be undone")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    expect(there).to_be_visible()
    there.hover()
    there.get_by_role("button", name="Delete for good").click()
    question.get_by_role("button", name="Yes").click()
    expect(there).to_have_count(0)
    expect(toast(page, "Deleted for good")).to_be_visible()
    assert page.request.get(f"{studio.address}/images/{two[0]}").status == 410


def test_escape_answers_no(studio, page, two):
    open_gallery(page, studio, "/trash")
    page.get_by_role("link", name="Empty the trash").click()
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).to_be_hidden()
    expect(page.locator("#trash-rows .tile")).to_have_count(2)


def test_the_trash_is_emptied_when_asked_twice(studio, page, two):
    open_gallery(page, studio, "/trash")
    page.get_by_role("link", name="Empty the trash").click()
    page.locator("#confirm").get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    expect(toast(page, "Deleted 2 for good")).to_be_visible()


def test_everything_works_without_script(studio, plain_page, person, two):
    page = plain_page
    page.goto(f"{studio.address}/trash")
    page.locator(f"#trash-{two[0]}").hover()
    page.locator(f"#trash-{two[0]}").get_by_role("button", name="Put back").click()
    expect(page.locator("#trash-rows .tile")).to_have_count(1)
    page.get_by_role("link", name="Empty the trash").click()
    expect(page.get_by_role("heading", name="Empty the trash?")).to_be_visible()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert [picture.id for picture in studio.pictures(person)] == [two[0]]
