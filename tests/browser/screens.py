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

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import (
    album_steps,
    api_steps,
    export_steps,
    share_steps,
    template_steps,
    webhook_steps,
)
from tests.browser.conftest import DEVICES, FLAGS, chromium_path, signed_in
from tests.browser.spent import spend
from tests.browser.steps import colour, file, generate, noise, open_gallery, open_picture
from tests.browser.studio import REFUSAL, Studio, studio_in
from tests.browser.watching import SCRIPT, settle
from webapp.services.accounts import Viewer
from webapp.services.images.edit_wishes import Edit

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


def upload_page(tour: Tour) -> None:
    tour.go("/upload?url=https://pictures.example/lighthouse.jpg")


def upload_sheet(tour: Tour) -> None:
    tour.go("/")
    tour.page.get_by_role("link", name="Upload pictures").first.click()


def uploads(tour: Tour) -> None:
    """Show a list of which one is there already, one is bad, and one is still on its way."""
    tour.go("/")
    tour.page.context.new_cdp_session(tour.page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000},
    )
    tour.page.get_by_role("link", name="Upload pictures").first.click()
    small = colour("teal")
    tour.studio.easel.services.images.add_image(tour.person, small)
    tour.page.get_by_label("Pictures", exact=True).set_input_files(
        [
            file("harbour.png", small),
            file("torn.png", small[:60]),
            file("meadow.png", colour("olive", (320, 200))),
            file("grain.png", noise(900)),
            file("later.png", noise(60)),
        ]
    )
    meadow = tour.page.locator(".upload").filter(has_text="meadow")
    expect(meadow.locator(".upload-outcome")).to_be_visible(timeout=30_000)
    tour.page.wait_for_timeout(1500)


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


def edit(tour: Tour) -> None:
    picture(tour)
    tour.page.locator("#lightbox").get_by_role("link", name="Edit", exact=True).click()
    settle(tour.page)


def edit_cropped(tour: Tour) -> None:
    edit(tour)
    tour.page.get_by_role("radio", name="1:1").check(force=True)
    tour.page.get_by_role("radio", name="90°", exact=True).check(force=True)
    tour.page.locator("#edit-keep").scroll_into_view_if_needed()


def edit_page(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[1]}/edit")


def edit_refused(tour: Tour) -> None:
    tour.go(f"/images/{tour.shown[4]}/edit")
    tour.page.get_by_label("Width", exact=True).fill("wide")
    tour.page.get_by_role("button", name="Keep as a new picture").click()
    settle(tour.page)


def lineage(tour: Tour) -> None:
    tour.go(f"/images/{family(tour)}")
    tour.page.locator("#lineage").scroll_into_view_if_needed()


def lineage_dialog(tour: Tour) -> None:
    uid = family(tour)
    tour.go("/")
    open_picture(tour.page, uid)


def family(tour: Tour) -> str:
    """Return a picture with ancestors and descendants, made where there is none yet."""
    services, person = tour.studio.easel.services, tour.person
    start = tour.shown[2]
    made = services.lineage.of(services.images.own_image(start, person))
    known = [item.id for item in made.relatives if item.level == 1]
    if known:
        return known[0]
    with tour.studio.app.app_context():
        square = services.editor.edit(start, person, Edit(ratio="1:1"))
        for finish in ("watercolour", "stained glass"):
            started = services.finishes.start(square.id, person, finish, 0.8)
            child = tour.studio.finished(started.pictures[0], person)
        wide = services.editor.edit(child.id, person, Edit(ratio="16:9", turn=90))
        services.images.delete_image(wide.id, person)
        bath = services.editor.edit(square.id, person, Edit(turn=180))
        services.editor.edit(bath.id, person, Edit(is_flipped=True))
        services.editor.edit(bath.id, person, Edit(is_mirrored=True))
        services.images.delete_image(bath.id, person)
        services.images.purge(bath.id, person)
    return square.id


def create(tour: Tour) -> None:
    tour.go("/create")


def create_template(tour: Tour) -> None:
    tour.go("/create?template=wide-landscape")


def create_from_picture(tour: Tour) -> None:
    tour.go(f"/create?edit={tour.shown[1]}")


def create_alternatives(tour: Tour) -> None:
    tour.go("/create?prompt=A {red|blue|yellow} kite over a {meadow|harbour}")
    tour.page.locator("#composer-forecast summary").click()


def mask(tour: Tour) -> None:
    tour.go(f"/create?edit={tour.shown[1]}")
    tour.page.get_by_role("link", name="Change a part only").click()
    canvas = tour.page.locator("#mask-canvas")
    canvas.hover()
    tour.page.mouse.down()
    tour.page.mouse.move(300, 300, steps=8)
    tour.page.mouse.up()


def models(tour: Tour) -> None:
    tour.go("/settings/models")


def queue(tour: Tour) -> None:
    tour.go("/queue")


def trash(tour: Tour) -> None:
    tour.go("/trash")


def trash_confirm(tour: Tour) -> None:
    tour.go("/trash")
    tour.page.get_by_role("link", name="Empty the trash").click()


def trash_confirm_page(tour: Tour) -> None:
    tour.page.goto(f"{tour.studio.address}/trash/empty")


def tokens(tour: Tour) -> None:
    tour.go("/settings/tokens")
    tour.page.get_by_label("Name").fill("Backup, every night")
    tour.page.get_by_role("button", name="Make the token").click()
    tour.page.locator("#token-secret").wait_for()


def uploaders(tour: Tour) -> None:
    tour.go("/settings/uploaders")


def settings(tour: Tour) -> None:
    tour.go("/settings")


def usage(tour: Tour) -> None:
    _spent(tour)
    tour.go("/usage")


def usage_admin(tour: Tour) -> None:
    _spent(tour)
    owner = tour.studio.easel.services.accounts.named("owner")
    tour.page.context.clear_cookies()
    signed_in(tour.page.context, tour.studio, owner)
    tour.go("/usage?of=everybody&range=12m")


def usage_empty(tour: Tour) -> None:
    tour.page.context.clear_cookies()
    signed_in(tour.page.context, tour.studio, tour.studio.person())
    tour.go("/usage")


def _spent(tour: Tour) -> None:
    """Let two people have spent something, once."""
    services = tour.studio.easel.services
    owner = services.accounts.named("owner")
    if services.budgets.limits(owner.id)[0].limit is None:
        spend(tour.studio, tour.person)
        spend(tour.studio, owner, 120, seed=2)
        services.budgets.set_limits(tour.person.id, 4_000_000, 50_000_000)
        services.budgets.set_limits(owner.id, 1_500_000, None)
        services.budgets.set_limits(None, None, 60_000_000)


def albums(tour: Tour) -> None:
    album_steps.furnish(tour.studio, tour.person, tour.shown)
    tour.go("/albums")


def albums_new(tour: Tour) -> None:
    albums(tour)
    tour.page.get_by_text("New album").click()


def albums_empty(tour: Tour) -> None:
    signed_in(tour.page.context, tour.studio, tour.studio.person())
    tour.go("/albums")


def album(tour: Tour) -> None:
    tour.go(f"/albums/{album_steps.furnish(tour.studio, tour.person, tour.shown)}")


def album_edit(tour: Tour) -> None:
    album(tour)
    tour.page.get_by_text("Name and description").click()


def album_arranged(tour: Tour) -> None:
    uid = album_steps.furnish(tour.studio, tour.person, tour.shown)
    tour.go(f"/albums/{uid}?arrange=1")


def labels(tour: Tour) -> None:
    album_steps.furnish(tour.studio, tour.person, tour.shown)
    tour.go(f"/images/{tour.shown[1]}")
    tour.page.locator("#labels").scroll_into_view_if_needed()


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
    upload_page,
    upload_sheet,
    uploads,
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
    edit,
    edit_cropped,
    edit_page,
    edit_refused,
    lineage,
    lineage_dialog,
    create,
    create_template,
    create_from_picture,
    create_alternatives,
    mask,
    models,
    queue,
    trash,
    trash_confirm,
    trash_confirm_page,
    settings,
    tokens,
    uploaders,
    usage,
    usage_admin,
    usage_empty,
    albums,
    albums_new,
    albums_empty,
    album,
    album_edit,
    album_arranged,
    labels,
    shortcuts,
    welcome,
    link_gone,
    login,
    not_found,
    placeholder,
    patterns,
    *template_steps.PLACES,
    *api_steps.PLACES,
    *webhook_steps.PLACES,
    *share_steps.PLACES,
    *export_steps.PLACES,
)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WHOLE = {
    create,
    create_template,
    placeholder,
    patterns,
    settings,
    tokens,
    uploaders,
    usage,
    usage_admin,
    embed_page,
    focal_point_page,
    edit_page,
    *template_steps.PLACES,
    *share_steps.WHOLE,
    *export_steps.PLACES,
    edit_page,
}


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
