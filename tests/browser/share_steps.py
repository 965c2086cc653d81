"""Links and share pages, to look at."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from tests.browser.steps import open_gallery, open_picture
from tests.browser.watching import settle
from webapp.models import Album, AlbumImage, public_id
from webapp.services.links.values import OwnLink
from webapp.services.links.wishes import LinkWish


def album_of(studio: Any, person: Any, uids: list[str], title: str) -> str:
    """Make an album of pictures, and return its id."""
    easel, uid = studio.easel, public_id()
    pictures = easel.services.images.own_images(uids, person)
    with easel.database.writing() as session:
        row = Album(uid=uid, owner_id=person.id, title=title, description="Two weeks by the water.")
        session.add(row)
        session.flush()
        rows = [
            {"album_id": row.id, "image_id": picture.key, "position": place}
            for place, picture in enumerate(pictures)
        ]
        session.execute(insert(AlbumImage), rows)
    return uid


def link_to(tour: Any, place: int = 1, **wish: Any) -> OwnLink:
    links = tour.studio.easel.services.sharing.links
    link: OwnLink = links.to_image(tour.person, tour.shown[place], LinkWish(**wish))
    return link


def visit(tour: Any, path: str) -> None:
    """Go to a page as a guest."""
    tour.page.context.clear_cookies()
    tour.page.goto(tour.studio.address + path)


def share_picture(tour: Any) -> None:
    visit(tour, f"/s/{link_to(tour, 1, name='The lake, for Ann').id}")


def share_picture_tall(tour: Any) -> None:
    visit(tour, f"/s/{link_to(tour, 4, metadata='full').id}")


def _album_link(tour: Any) -> str:
    album = album_of(tour.studio, tour.person, tour.shown[1:13], "Summer at the lakes")
    return str(tour.studio.easel.services.sharing.links.to_album(tour.person, album, LinkWish()).id)


def share_album(tour: Any) -> None:
    visit(tour, f"/s/{_album_link(tour)}")


def share_album_picture(tour: Any) -> None:
    visit(tour, f"/s/{_album_link(tour)}/{tour.shown[2]}")


def share_locked(tour: Any) -> None:
    visit(tour, f"/s/{link_to(tour, password='open sesame').id}")


def share_locked_wrong(tour: Any) -> None:
    share_locked(tour)
    tour.page.get_by_label("Password").fill("wrong")
    tour.page.get_by_role("button", name="Show it").click()
    tour.page.get_by_role("alert").wait_for()


def share_gone(tour: Any) -> None:
    link = link_to(tour)
    tour.studio.easel.services.sharing.links.revoke(link.id, tour.person)
    visit(tour, f"/s/{link.id}")


def links(tour: Any) -> None:
    services = tour.studio.easel.services.sharing
    soon = datetime.now(UTC) + timedelta(days=5)
    link_to(tour, 1, name="The lake, for Ann", expires=soon)
    link_to(tour, 2, password="open sesame", max_views=5, metadata="full")
    services.links.revoke(link_to(tour, 3, name="An old one").id, tour.person)
    _album_link(tour)
    tour.go("/links")


def links_empty(tour: Any) -> None:
    tour.go("/links?image=zzzzzzzzzzz")


def link_page(tour: Any) -> None:
    services = tour.studio.easel.services.sharing
    link = link_to(tour, 1, name="The lake, for Ann", password="open sesame")
    for host, count in (("forum.example.org", 41), ("blog.example.net", 7), ("", 12)):
        for _ in range(count):
            services.hits.note(link.row, f"https://{host}/x" if host else "")
    tour.go(f"/links/{link.id}")


def link_new(tour: Any) -> None:
    tour.go("/")
    open_picture(tour.page, tour.shown[1])
    tour.page.get_by_role("link", name="Embed", exact=True).click()
    tour.page.locator("#sheet").get_by_role("link", name="Share with a link").click()
    tour.page.locator("#share").wait_for()
    settle(tour.page)


def link_new_refused(tour: Any) -> None:
    link_new(tour)
    tour.page.get_by_label("Most views of its page").fill("none")
    tour.page.get_by_role("button", name="Make the link").click()
    tour.page.locator("#share").get_by_role("alert").wait_for()
    settle(tour.page)


def link_made(tour: Any) -> None:
    link_new(tour)
    tour.page.get_by_role("button", name="Make the link").click()
    tour.page.locator("#share-url").wait_for()
    settle(tour.page)


def link_new_page(tour: Any) -> None:
    open_gallery(tour.page, tour.studio, f"/links/image/{tour.shown[1]}")


PLACES = (
    share_picture,
    share_picture_tall,
    share_album,
    share_album_picture,
    share_locked,
    share_locked_wrong,
    share_gone,
    links,
    links_empty,
    link_page,
    link_new,
    link_new_refused,
    link_made,
    link_new_page,
)
WHOLE = (share_picture_tall, share_album, links, link_page, link_new_page)
