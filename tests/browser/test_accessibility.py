"""Every page and dialog, light and dark, large and small: no rule of axe broken, all fits.

axe can't judge everything: it leaves text over pictures undecided.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import album_steps
from tests.browser.axe import violations
from tests.browser.conftest import DEVICES, Browsers, signed_in
from tests.browser.steps import colour, open_gallery, open_picture
from tests.browser.studio import REFUSAL, Studio
from tests.browser.watching import settle
from webapp.services.accounts import Viewer

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 820, 1440, 2200)
LONG = "A very long prompt that goes on and on about a lake, " * 6
STATES = (
    {"state": "pending"},
    {"state": "pending", "progress": 64, "stage": "Painting"},
    {"state": "failed", "error_kind": "blocked", "error_message": REFUSAL},
    {"state": "failed", "error_kind": "cancelled", "error_message": "Cancelled."},
    {"state": "failed", "width": 256, "height": 640, "prompt": "x" * 400, "error_message": ""},
)


class Scene:
    """What a place is looked at with: a tab, and somebody whose gallery is not empty."""

    def __init__(self, studio: Studio, person: Viewer, page: Page) -> None:
        self.studio, self.person, self.page = studio, person, page

    def go(self, path: str) -> None:
        open_gallery(self.page, self.studio, path)

    def filled(self) -> list[str]:
        kept = self.studio.keep(self.person, colour("teal"), "A name without spaces" * 8 + ".png")
        ids = self.studio.fill(self.person, 12, like=kept)
        tall = self.studio.keep(self.person, colour("tan", (200, 600)), "tall.png")
        return [tall.id, *ids]

    def posed(self) -> list[str]:
        return self.studio.pose(self.person, [{"prompt": LONG} | state for state in STATES])


def gallery_empty(scene: Scene) -> None:
    scene.go("/")
    expect(scene.page.locator("#welcome")).to_be_visible()


def gallery_full(scene: Scene) -> None:
    scene.filled()
    scene.go("/")


def gallery_pending_and_failed(scene: Scene) -> None:
    scene.posed()
    scene.go("/")
    expect(scene.page.locator(".tile.failed")).to_have_count(3)


def gallery_filtered_to_nothing(scene: Scene) -> None:
    scene.go("/?show=uploads")


def gallery_with_a_toast(scene: Scene) -> None:
    ids = scene.filled()
    scene.go("/")
    scene.page.locator(f"#image-{ids[0]}").hover()
    scene.page.locator(f"#image-{ids[0]}").get_by_role("button", name="Move to the trash").click()
    expect(scene.page.locator(".toast")).to_be_visible()
    scene.page.locator(".toast").hover()


def composer_with_settings(scene: Scene) -> None:
    scene.go("/")
    scene.page.get_by_label("Describe an image", exact=True).click()
    scene.page.get_by_label("More settings").click()
    expect(scene.page.get_by_label("Seed")).to_be_visible()


def composer_with_a_template(scene: Scene) -> None:
    scene.go("/")
    scene.page.locator("#welcome").get_by_role("link", name="Wide landscape").click()
    expect(scene.page.locator("#composer-template")).to_be_visible()
    settle(scene.page)


def composer_with_an_error(scene: Scene) -> None:
    scene.go("/")
    scene.page.get_by_role("button", name="Generate").click()
    expect(scene.page.get_by_role("alert")).to_be_visible()


def create(scene: Scene) -> None:
    scene.studio.painted(scene.person, "A mill by a brook")
    scene.go("/create")
    scene.page.get_by_text("Words that Sketch understands").click()


def create_from_a_template(scene: Scene) -> None:
    scene.go("/create?template=event-banner")


def create_from_a_picture(scene: Scene) -> None:
    scene.go(f"/create?edit={scene.filled()[0]}")
    scene.page.get_by_label("More settings").click()


def create_with_alternatives(scene: Scene) -> None:
    scene.go("/create?prompt=A {red|blue} kite over a {meadow|harbour}")
    scene.page.locator("#composer-forecast summary").click()


def models(scene: Scene) -> None:
    scene.go("/settings/models")


def queue_paused(scene: Scene) -> None:
    scene.studio.easel.services.work.pause(scene.person)
    scene.studio.paint(scene.person, "A lake at dawn", count=3)
    scene.go("/queue")
    expect(scene.page.locator("#queue-paused")).to_be_visible()


def picture_dialog(scene: Scene) -> None:
    made = scene.studio.painted(scene.person, "A lake at dawn", count=2)[0]
    scene.go("/")
    open_picture(scene.page, made.id)


def picture_page(scene: Scene) -> None:
    made = scene.studio.painted(scene.person, "A lake at dawn", count=2)[0]
    scene.go(f"/images/{made.id}")


def picture_with_a_long_prompt(scene: Scene) -> None:
    made = scene.studio.painted(scene.person, LONG + "x" * 300, negative_prompt="y" * 200)[0]
    scene.go(f"/images/{made.id}")


def upload_page(scene: Scene) -> None:
    scene.go(f"/images/{scene.filled()[0]}")


def pending_picture_page(scene: Scene) -> None:
    scene.go(f"/images/{scene.posed()[1]}")


def failed_picture_page(scene: Scene) -> None:
    scene.go(f"/images/{scene.posed()[2]}")


def embed_dialog(scene: Scene) -> None:
    ids = scene.filled()
    scene.go("/")
    open_picture(scene.page, ids[0])
    scene.page.locator("#lightbox").get_by_role("link", name="Embed").click()
    expect(scene.page.locator("#sheet")).to_be_visible()
    settle(scene.page)


def embed_page(scene: Scene) -> None:
    scene.go(f"/images/{scene.filled()[0]}/embed")


def focal_point_dialog(scene: Scene) -> None:
    ids = scene.filled()
    scene.go("/")
    open_picture(scene.page, ids[0])
    scene.page.locator("#lightbox").get_by_role("link", name="Focal point").click()
    expect(scene.page.locator("#sheet")).to_be_visible()
    settle(scene.page)
    scene.page.locator("#focal-frame").click(position={"x": 20, "y": 20})


def focal_point_page(scene: Scene) -> None:
    scene.go(f"/images/{scene.filled()[0]}/focal-point")
    scene.page.get_by_label("From the left, in %").fill("far " * 20)
    scene.page.get_by_role("button", name="Save").click()
    expect(scene.page.get_by_role("alert")).to_be_visible()


def focal_point_of_a_pending_picture(scene: Scene) -> None:
    scene.go(f"/images/{scene.posed()[1]}/focal-point")


def queue(scene: Scene) -> None:
    scene.filled()
    scene.posed()
    scene.go("/queue")


def queue_empty(scene: Scene) -> None:
    scene.go("/queue")


def trash(scene: Scene) -> None:
    for uid in scene.filled()[:5]:
        with scene.studio.app.app_context():
            scene.studio.easel.services.images.delete_image(uid, scene.person)
    scene.go("/trash")


def trash_empty(scene: Scene) -> None:
    scene.go("/trash")


def trash_confirm_dialog(scene: Scene) -> None:
    trash(scene)
    scene.page.get_by_role("link", name="Empty the trash").click()
    expect(scene.page.locator("#confirm")).to_be_visible()


def trash_confirm_page(scene: Scene) -> None:
    scene.page.goto(f"{scene.studio.address}/trash/empty")


def tokens(scene: Scene) -> None:
    scene.studio.easel.services.tokens.create(scene.person, "backup")
    scene.go("/settings/tokens")
    scene.page.get_by_label("Name").fill("script")
    scene.page.get_by_role("button", name="Make the token").click()
    expect(scene.page.locator("#token-secret")).to_be_visible()


def tokens_refused(scene: Scene) -> None:
    scene.go("/settings/tokens")
    scene.page.get_by_role("button", name="Make the token").click()
    expect(scene.page.locator("#token-name-error")).to_be_visible()


def uploaders(scene: Scene) -> None:
    scene.go("/settings/uploaders")


def settings(scene: Scene) -> None:
    scene.go("/settings")


def albums(scene: Scene) -> None:
    album_steps.furnish(scene.studio, scene.person, scene.filled())
    scene.go("/albums")
    scene.page.get_by_text("New album").click()


def albums_empty(scene: Scene) -> None:
    scene.go("/albums")


def album(scene: Scene) -> None:
    uid = album_steps.furnish(scene.studio, scene.person, scene.filled())
    scene.go(f"/albums/{uid}")
    scene.page.get_by_text("Name and description").click()


def album_arranged(scene: Scene) -> None:
    uid = album_steps.furnish(scene.studio, scene.person, scene.filled())
    scene.go(f"/albums/{uid}?arrange=1")


def album_delete_page(scene: Scene) -> None:
    uid = album_steps.furnish(scene.studio, scene.person, scene.filled())
    scene.page.goto(f"{scene.studio.address}/albums/{uid}/delete")


def picture_with_labels(scene: Scene) -> None:
    ids = scene.filled()
    album_steps.furnish(scene.studio, scene.person, ids)
    scene.go(f"/images/{ids[0]}")


def shortcuts_dialog(scene: Scene) -> None:
    scene.go("/")
    scene.page.get_by_label("Describe an image", exact=True).blur()
    scene.page.keyboard.press("?")
    expect(scene.page.locator("#shortcuts")).to_be_visible()


def welcome(scene: Scene) -> None:
    scene.page.goto(f"{scene.studio.address}/welcome")


def link_gone(scene: Scene) -> None:
    scene.page.goto(f"{scene.studio.address}/welcome?token=spent")


def login(scene: Scene) -> None:
    scene.page.context.clear_cookies()
    scene.page.goto(f"{scene.studio.address}/login")


def login_with_an_error(scene: Scene) -> None:
    login(scene)
    scene.page.get_by_role("button", name="Sign in").click()
    expect(scene.page.get_by_role("alert")).to_be_visible()


def not_found(scene: Scene) -> None:
    scene.page.goto(f"{scene.studio.address}/nothing-here")


def placeholder_index(scene: Scene) -> None:
    scene.page.goto(f"{scene.studio.address}/placeholder/")


def patterns(scene: Scene) -> None:
    scene.go("/system/patterns")


PLACES: tuple[Callable[[Scene], None], ...] = (
    gallery_empty,
    gallery_full,
    gallery_pending_and_failed,
    gallery_filtered_to_nothing,
    gallery_with_a_toast,
    composer_with_settings,
    composer_with_a_template,
    composer_with_an_error,
    create,
    create_from_a_template,
    create_from_a_picture,
    create_with_alternatives,
    models,
    queue_paused,
    picture_dialog,
    picture_page,
    picture_with_a_long_prompt,
    upload_page,
    pending_picture_page,
    failed_picture_page,
    embed_dialog,
    embed_page,
    focal_point_dialog,
    focal_point_page,
    focal_point_of_a_pending_picture,
    queue,
    queue_empty,
    trash,
    trash_empty,
    trash_confirm_dialog,
    trash_confirm_page,
    settings,
    tokens,
    tokens_refused,
    uploaders,
    albums,
    albums_empty,
    album,
    album_arranged,
    album_delete_page,
    picture_with_labels,
    shortcuts_dialog,
    welcome,
    link_gone,
    login,
    login_with_an_error,
    not_found,
    placeholder_index,
    patterns,
)


@pytest.fixture
def scene(studio, person, browsers: Browsers, device) -> Scene:
    context: BrowserContext = browsers.open(studio.address, device)
    browsers.watches[context].expect("status of 4")
    signed_in(context, studio, person)
    return Scene(studio, person, context.new_page())


@pytest.mark.parametrize("device", DEVICES, indirect=True)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_place_is_accessible_in_light_and_dark_and_fits_any_width(scene, device, place):
    place(scene)
    page = scene.page
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[scheme] = violations(page)
    assert found == {"light": [], "dark": []}
    assert overflowing(page) == {}


def overflowing(page: Page) -> dict[int, int]:
    """Return by how many pixels the page is wider than the window, for widths where it is."""
    usual = page.viewport_size
    assert usual is not None
    excess = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": usual["height"]})
        excess[width] = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    return {width: pixels for width, pixels in excess.items() if pixels > 0}
