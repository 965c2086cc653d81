"""Less motion, and paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import signed_in
from tests.browser.steps import colour, open_gallery

pytestmark = pytest.mark.browser

MOVING = """
() => document.getAnimations().filter((animation) => {
  const { duration, iterations } = animation.effect.getComputedTiming();
  return animation.playState === 'running' && duration * iterations > 50;
}).length
"""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_want_less_motion(studio, person, browsers, motion):
    page = signed_in(
        browsers.open(studio.address, reduced_motion=motion), studio, person
    ).new_page()
    studio.pose(person, [{"state": "pending"}, {"state": "pending", "progress": 40}])
    open_gallery(page, studio)
    expect(page.locator(".tile.pending")).to_have_count(2)
    assert (page.evaluate(MOVING) == 0) == (motion == "reduce")


def test_the_gallery_can_be_printed(studio, page, person):
    studio.keep(person, colour("teal"))
    open_gallery(page, studio)
    page.emulate_media(media="print")
    expect(page.locator(".appbar")).to_be_hidden()
    expect(page.locator(".composer-dock")).to_be_hidden()
    expect(page.locator(".tile")).to_be_visible()
    assert page.pdf().startswith(b"%PDF")
