"""Pictures of every page, for people to look at: large and small, light and dark.

    python -m tests.browser.screens FOLDER [PLACE …]

Fills a temporary Easel with sketches, and saves FOLDER/<place>-<width>-<light|dark>.png.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DEVICES, FLAGS, chromium_path, signed_in
from tests.browser.steps import generate, open_gallery, open_picture
from tests.browser.studio import REFUSAL, Studio, studio_in
from tests.browser.watching import SCRIPT, settle
from webapp.services.accounts import Viewer

SHOWN = (
    ("Rowing boats moored on a still lake at dusk, burning clouds over the hills", "3:2"),
    ("Snowy alpine peaks above a lake with pines at dawn", "16:9"),
    ("Tokyo skyline at night, towers with lit windows, reflections in the water", "16:9"),
    ("Stained glass window of a mountain valley, sunrise", "2:3"),
    ("Watercolour of rolling Tuscany hills with cypress trees, golden light", "4:3"),
    ("A ringed planet in a violet and teal nebula, countless stars", "1:1"),
    ("Low-poly mountains by a lake, aurora, crisp facets", "1:1"),
    ("Dunes at sunset with a caravan, oil painting", "21:9"),
    ("Abstract flowing silk, teal and gold", "9:16"),
    ("A lighthouse over a stormy sea, woodblock print", "3:2"),
    ("Birch forest in autumn, sun rays in the mist", "3:4"),
    ("Cherry blossoms by a river, spring morning", "3:2"),
    ("Full moon over a calm sea", "16:9"),
    ("A meadow of poppies under a summer sky", "3:2"),
)
IN_PLACE = "() => Promise.all([...document.images].filter((i) => i.checkVisibility() && i.src)\
.filter((i) => i.getBoundingClientRect().top < innerHeight).map((i) => i.decode().catch(() => {})))"


@dataclass(frozen=True)
class Furnished:
    """A browser, and somebody's gallery with the ids of what hangs there."""

    browser: Browser
    studio: Studio
    person: Viewer
    shown: list[str]


class Tour:
    """A tab, and what there is to see."""

    def __init__(self, studio: Studio, person: Viewer, page: Page, shown: list[str]) -> None:
        self.studio, self.person, self.page, self.shown = studio, person, page, shown

    def go(self, path: str) -> None:
        open_gallery(self.page, self.studio, path)


def gallery(tour: Tour) -> None:
    tour.go("/")


def gallery_scrolled(tour: Tour) -> None:
    tour.go("/")
    tour.page.mouse.wheel(0, 700)


def gallery_empty(tour: Tour) -> None:
    signed_in(tour.page.context, tour.studio, tour.studio.person())
    tour.go("/")


def composer_settings(tour: Tour) -> None:
    tour.go("/")
    tour.page.get_by_label("Describe an image", exact=True).click()
    tour.page.get_by_label("More settings").click()


def composer_template(tour: Tour) -> None:
    tour.go("/")
    tour.page.locator("#templates").get_by_role("link", name="Event banner").click()
    settle(tour.page)


def composer_error(tour: Tour) -> None:
    tour.go("/")
    generate(tour.page, "")
    settle(tour.page)


def toast(tour: Tour) -> None:
    tour.go("/")
    tile = tour.page.locator(f"#image-{tour.shown[0]}")
    tile.hover()
    tile.get_by_role("button", name="Move to the trash").click()
    settle(tour.page)
    tour.studio.easel.services.images.restore(tour.shown[0], tour.person)


def picture(tour: Tour) -> None:
    tour.go("/")
    open_picture(tour.page, tour.shown[0])


def picture_tall(tour: Tour) -> None:
    tour.go("/")
    open_picture(tour.page, tour.shown[3])


def picture_page(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[1]}")


def picture_failed(tour: Tour) -> None:
    failed = tour.page.locator(".tile.failed .tile-link").first
    tour.go("/")
    tour.go(str(failed.get_attribute("href")))


def picture_pending(tour: Tour) -> None:
    pending = tour.page.locator(".tile.pending .tile-link").first
    tour.go("/")
    tour.go(str(pending.get_attribute("href")))


def embed(tour: Tour) -> None:
    picture(tour)
    tour.page.locator("#lightbox").get_by_role("link", name="Embed").click()
    settle(tour.page)


def embed_page(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[1]}/embed")


def focal_point(tour: Tour) -> None:
    picture(tour)
    tour.page.locator("#lightbox").get_by_role("link", name="Focal point").click()
    settle(tour.page)
    tour.page.locator("#focal-frame").click(position={"x": 90, "y": 120})


def focal_point_page(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[3]}/focal-point")


def focal_point_refused(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[1]}/focal-point")
    tour.page.get_by_label("From the left, in %").fill("far left")
    tour.page.get_by_role("button", name="Save").click()
    settle(tour.page)


def create(tour: Tour) -> None:
    tour.go("/create")


def create_template(tour: Tour) -> None:
    tour.go("/create?template=wide-landscape")


def queue(tour: Tour) -> None:
    tour.go("/queue")


def trash(tour: Tour) -> None:
    tour.go("/trash")


def trash_confirm(tour: Tour) -> None:
    tour.go("/trash")
    tour.page.get_by_role("link", name="Empty the trash").click()


def trash_confirm_page(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/trash/empty")


def settings(tour: Tour) -> None:
    tour.go("/settings")


def shortcuts(tour: Tour) -> None:
    tour.go("/")
    tour.page.keyboard.press("?")


def welcome(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/welcome")


def link_gone(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/welcome?token=spent")


def login(tour: Tour) -> None:
    tour.page.context.clear_cookies()
    tour.page.goto(f"{tour.studio.address}/login")


def not_found(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/nothing-here")


def placeholder(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/placeholder/")


def patterns(tour: Tour) -> None:
    tour.go("/system/patterns")


PLACES: tuple[Callable[[Tour], None], ...] = (
    gallery,
    gallery_scrolled,
    gallery_empty,
    composer_settings,
    composer_template,
    composer_error,
    toast,
    picture,
    picture_tall,
    picture_page,
    picture_failed,
    picture_pending,
    embed,
    embed_page,
    focal_point,
    focal_point_page,
    focal_point_refused,
    create,
    create_template,
    queue,
    trash,
    trash_confirm,
    trash_confirm_page,
    settings,
    shortcuts,
    welcome,
    link_gone,
    login,
    not_found,
    placeholder,
    patterns,
)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WHOLE = {create, create_template, placeholder, patterns, settings, embed_page, focal_point_page}


def main(folder: Path, names: list[str]) -> None:
    """Take the pictures of all places, or of those that are named."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [place for place in PLACES if not names or place.__name__ in names]
    with (
        tempfile.TemporaryDirectory() as data,
        studio_in(Path(data)) as studio,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        person = studio.person()
        furnished = Furnished(browser, studio, person, furnish(studio, person))
        for device in DEVICES:
            for scheme in SCHEMES:
                for place in wanted:
                    path = folder / f"{place.__name__}-{device}-{scheme}.png"
                    take(furnished, place, device, scheme, path)
                    print(path)  # noqa: T201  # a script prints
        browser.close()


def furnish(studio: Studio, person: Viewer) -> list[str]:
    """Paint what is shown, and add pictures of every other state."""
    started = []
    for prompt, ratio in reversed(SHOWN):
        started += studio.paint(person, prompt, aspect_ratio=ratio)
    batch = studio.paint(person, "A harbour town at golden hour", aspect_ratio="3:2", count=4)
    thrown = studio.paint(person, "A foggy moor with a lone tree", aspect_ratio="3:2", count=3)
    for picture in (*started, *batch, *thrown):
        studio.finished(picture, person)
    for picture in thrown:
        studio.easel.services.images.delete_image(picture.id, person)
    studio.pose(
        person,
        [
            {"state": "failed", "error_kind": "blocked", "error_message": REFUSAL},
            {"state": "pending", "prompt": "A village in the snow"},
            {"state": "pending", "progress": 64, "stage": "Painting", "prompt": "A coral reef"},
        ],
    )
    return [batch[0].id, *(picture.id for picture in reversed(started))]


def take(
    furnished: Furnished,
    place: Callable[[Tour], None],
    device: str,
    scheme: Literal["light", "dark"],
    path: Path,
) -> None:
    """Take one picture."""
    context = furnished.browser.new_context(
        **DEVICES[device], color_scheme=scheme, reduced_motion="reduce", locale="en-GB"
    )
    context.add_init_script(SCRIPT)
    page = signed_in(context, furnished.studio, furnished.person).new_page()
    place(Tour(furnished.studio, furnished.person, page, furnished.shown))
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.evaluate(IN_PLACE)
    page.wait_for_timeout(150)  # for what only a person would see unfinished
    page.screenshot(path=path, full_page=place in WHOLE, animations="disabled")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
