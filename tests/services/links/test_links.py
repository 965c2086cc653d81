from datetime import UTC, datetime, timedelta

import pytest

from webapp.errors import ChangedError, GoneError, InvalidError, NotFoundError
from webapp.models import Link
from webapp.services.links.wishes import LinkWish

SOON = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def links(sharing):
    return sharing.links


def test_a_link_has_a_key_of_its_own(links, owner, picture):
    first, second = (links.to_image(owner, picture.id, LinkWish()) for _ in range(2))
    assert len({first.id, second.id, picture.id}) == 3
    assert len(first.id) == 11
    assert (first.state, first.picture.id) == ("active", picture.id)


def test_somebody_else_s_picture_and_album_can_t_be_shared(
    links, owner, stranger, picture, album_of
):
    album = album_of(owner, picture)
    for make, uid in ((links.to_image, picture.id), (links.to_album, album)):
        for who, what in ((stranger, uid), (owner, "zzzzzzzzzzz"), (owner, "../../etc")):
            with pytest.raises(NotFoundError):
                make(who, what, LinkWish())


def test_somebody_else_s_link_is_not_there(links, owner, stranger, picture):
    link = links.to_image(owner, picture.id, LinkWish())
    for ask in (
        lambda: links.get(link.id, stranger),
        lambda: links.update(link.id, stranger, LinkWish(name="mine")),
        lambda: links.revoke(link.id, stranger),
    ):
        with pytest.raises(NotFoundError):
            ask()
    assert links.page(stranger).links == ()
    assert links.get(link.id, owner) == link


def test_what_is_in_the_trash_is_not_shared(services, links, owner, picture):
    services.images.delete_image(picture.id, owner)
    with pytest.raises(GoneError, match="Restore it first"):
        links.to_image(owner, picture.id, LinkWish())


def test_what_could_not_be_made_is_not_shared(services, links, owner, wish):
    from dataclasses import replace  # noqa: PLC0415

    failed = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
    with pytest.raises(InvalidError, match="nothing to share"):
        links.to_image(owner, failed.id, LinkWish())


@pytest.mark.parametrize(
    ("field", "wish"),
    [
        ("name", LinkWish(name="x" * 121)),
        ("max_views", LinkWish(max_views=0)),
        ("max_views", LinkWish(max_views=-3)),
        ("metadata", LinkWish(metadata="some")),
        ("expires", LinkWish(expires=datetime(2020, 1, 1, tzinfo=UTC))),
        ("expires", LinkWish(expires=datetime(2099, 1, 1))),  # noqa: DTZ001  # that is the point
        ("expires", LinkWish(expires=datetime(9999, 12, 31, tzinfo=UTC))),
        ("password", LinkWish(password="abc")),
        ("password", LinkWish(password="x" * 1025)),
    ],
)
def test_a_wish_that_can_t_be_is_told_at_its_field(links, owner, picture, field, wish):
    with pytest.raises(InvalidError) as caught:
        links.to_image(owner, picture.id, wish)
    assert list(caught.value.fields) == [field]
    assert links.page(owner).links == ()


def test_a_name_is_one_line(links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish(name="  for\nAnn\x00 "))
    assert link.name == "for Ann"


def test_of_a_password_only_a_hash_is_kept(easel, links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish(password="open sesame"))
    with easel.database.reading() as session:
        row = session.get_one(Link, link.row)
    assert row.password_hash.startswith("$argon2")
    assert "sesame" not in row.password_hash + repr(link) + repr(LinkWish(password="sesame"))


def test_a_password_stays_until_it_is_changed_or_taken_away(easel, links, sharing, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish(password="open sesame"))

    def hashed():
        return sharing.grants.get(link.id).password_hash

    before = hashed()
    links.update(link.id, owner, LinkWish(name="kept"))
    assert hashed() == before
    links.update(link.id, owner, LinkWish(password="another one"))
    assert sharing.passwords.is_right(hashed(), "another one")
    assert not sharing.passwords.is_right(hashed(), "open sesame")
    links.update(link.id, owner, LinkWish(password=""))
    assert hashed() == ""


def test_a_change_meant_for_another_version_is_refused(links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish())
    links.update(link.id, owner, LinkWish(name="first"), expected={link.revision})
    with pytest.raises(ChangedError):
        links.update(link.id, owner, LinkWish(name="second"), expected={link.revision})
    with pytest.raises(ChangedError):
        links.revoke(link.id, owner, expected={link.revision})
    assert links.get(link.id, owner).name == "first"


def test_an_end_that_has_passed_may_stay_but_not_come(easel, links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish(expires=SOON))
    with easel.database.writing() as session:
        session.get_one(Link, link.row).expires_ms = 1_000_000_000_000
    old = links.get(link.id, owner)
    assert old.state == "expired"
    assert links.update(link.id, owner, LinkWish(name="old", expires=old.expires)).name == "old"
    with pytest.raises(InvalidError):
        links.update(link.id, owner, LinkWish(expires=old.expires + timedelta(days=1)))
    assert links.update(link.id, owner, LinkWish(expires=SOON)).state == "active"


def test_what_was_revoked_stays_so(links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish())
    first = links.revoke(link.id, owner)
    assert first.state == "revoked"
    assert links.revoke(link.id, owner) == first
    with pytest.raises(GoneError):
        links.update(link.id, owner, LinkWish(name="again"))


def test_revoking_changes_nothing_else(services, links, owner, picture):
    links.to_image(owner, picture.id, LinkWish())
    other = links.to_image(owner, picture.id, LinkWish())
    before = services.images.get_image(picture.id, owner)
    links.revoke(links.page(owner).links[-1].id, owner)
    assert services.images.get_image(picture.id, owner) == before
    assert links.get(other.id, owner) == other


def test_links_are_listed_newest_first_a_page_at_a_time(links, owner, stranger, picture, services):
    theirs = services.images.add_image(stranger, services.images.original_bytes(picture))
    links.to_image(stranger, theirs.id, LinkWish())
    made = [links.to_image(owner, picture.id, LinkWish(name=str(n))).id for n in range(5)]
    first = links.page(owner, limit=2)
    second = links.page(owner, first.next_cursor, limit=2)
    third = links.page(owner, second.next_cursor, limit=2)
    listed = [link.id for page in (first, second, third) for link in page.links]
    assert listed == made[::-1]
    assert third.next_cursor is None


def test_links_are_listed_by_what_they_lead_to(links, owner, picture, several, album_of):
    album = album_of(owner, *several)
    to_image = links.to_image(owner, picture.id, LinkWish())
    to_album = links.to_album(owner, album, LinkWish())
    links.to_image(owner, several[0].id, LinkWish())
    assert [link.id for link in links.page(owner, image=picture.id).links] == [to_image.id]
    assert [link.id for link in links.page(owner, album=album).links] == [to_album.id]


def test_an_album_s_link_shows_its_cover(links, owner, several, album_of):
    album = album_of(owner, *several, cover=several[3].id)
    link = links.to_album(owner, album, LinkWish())
    assert (link.picture.id, link.album, link.title) == (several[3].id, album, "Lakes")


def test_a_link_to_what_is_gone_says_so(services, links, owner, picture):
    link = links.to_image(owner, picture.id, LinkWish())
    services.images.delete_image(picture.id, owner)
    assert links.get(link.id, owner).state == "deleted"
    services.images.restore(picture.id, owner)
    assert links.get(link.id, owner).state == "active"
    services.images.delete_image(picture.id, owner)
    services.images.purge(picture.id, owner)
    gone = links.get(link.id, owner)
    assert (gone.state, gone.picture) == ("deleted", None)
