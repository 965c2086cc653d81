import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, event

from tests.servers import temporary_database
from webapp.errors import GoneError, NotFoundError
from webapp.models import Album, AlbumImage, Image, Link, User, now_ms
from webapp.services.links.grants import Grants
from webapp.services.links.wishes import LinkWish


@pytest.fixture
def opened(sharing, owner, picture):
    """Return a function that makes a link and returns its grant."""

    def make(**wish):
        return sharing.grants.get(sharing.links.to_image(owner, picture.id, LinkWish(**wish)).id)

    return make


@pytest.mark.parametrize("key", ["zzzzzzzzzzz", "", "0OIl0OIl0OI", "x" * 200, "../../../etc"])
def test_a_key_that_never_was_is_not_there(sharing, key):
    with pytest.raises(NotFoundError):
        sharing.grants.get(key)


def test_a_picture_s_id_is_no_key(sharing, picture):
    with pytest.raises(NotFoundError):
        sharing.grants.get(picture.id)


def test_a_key_opens_its_picture_and_no_other(sharing, services, owner, opened, picture, several):
    grant = opened()
    assert sharing.shared.face(grant).id == picture.id
    with pytest.raises(NotFoundError):
        sharing.shared.picture(grant, several[0].id)
    assert sharing.names.find(grant.key).picture.id == picture.id
    with pytest.raises(NotFoundError):
        sharing.names.find(picture.id)


def test_revoking_is_seen_at_once(sharing, owner, opened):
    grant = opened()
    sharing.grants.get(grant.key)
    sharing.links.revoke(grant.key, owner)
    with pytest.raises(GoneError, match="revoked"):
        sharing.grants.get(grant.key)


def test_an_end_is_kept_though_the_link_is_remembered(sharing, opened, monkeypatch):
    grant = opened(expires=datetime.now(UTC) + timedelta(hours=1))
    assert sharing.grants.get(grant.key)
    monkeypatch.setattr("webapp.services.links.grants.now_ms", lambda: now_ms() + 3_600_000)
    with pytest.raises(GoneError, match="expired"):
        sharing.grants.get(grant.key)


@pytest.mark.parametrize(
    ("ms_left", "seconds"),
    [(90_000, 60), (60_000, 60), (20_999, 20), (20_000, 20), (19_999, 19), (999, 0), (-5000, 0)],
)
def test_nothing_is_kept_longer_than_a_link_lasts(opened, monkeypatch, ms_left, seconds):
    assert opened().seconds_left(60) == 60
    ends = opened(expires=datetime.now(UTC) + timedelta(hours=1))
    moment = ends.expires_ms - ms_left
    monkeypatch.setattr("webapp.services.links.grants.now_ms", lambda: moment)
    assert ends.seconds_left(60) == seconds


def test_the_trash_closes_a_link_and_restoring_opens_it(sharing, services, owner, opened, picture):
    grant = opened()
    sharing.names.find(grant.key)
    services.images.delete_image(picture.id, owner)
    with pytest.raises(GoneError):
        sharing.names.find(grant.key)
    services.images.restore(picture.id, owner)
    assert sharing.names.find(grant.key)
    services.images.delete_image(picture.id, owner)
    services.images.purge(picture.id, owner)
    with pytest.raises(GoneError):
        sharing.names.find(grant.key)


@pytest.mark.parametrize("limit", [{"password": "open sesame"}, {"max_views": 5}])
def test_a_link_that_is_limited_opens_no_public_address(sharing, opened, limit):
    with pytest.raises(NotFoundError, match="own page"):
        sharing.names.find(opened(**limit).key)


def test_views_are_counted_up_to_the_last(sharing, opened):
    grant = opened(max_views=2)
    sharing.grants.count_view(grant)
    assert not sharing.grants.get(grant.key).is_used_up
    sharing.grants.count_view(grant)
    assert sharing.grants.get(grant.key).is_used_up
    with pytest.raises(GoneError, match="as often as it may"):
        sharing.grants.count_view(grant)


def test_an_album_opens_what_is_in_it_now(easel, sharing, owner, several, album_of):
    album = album_of(owner, *several[:3])
    grant = sharing.grants.get(sharing.links.to_album(owner, album, LinkWish()).id)
    shared = sharing.shared
    assert [item.id for item in shared.page(grant).pictures] == [item.id for item in several[:3]]
    assert shared.picture(grant, several[1].id).id == several[1].id
    with pytest.raises(NotFoundError):
        shared.picture(grant, several[4].id)
    with easel.database.writing() as session:
        session.execute(delete(AlbumImage).where(AlbumImage.image_id == several[1].key))
    with pytest.raises(NotFoundError):
        shared.picture(grant, several[1].id)


def test_an_album_never_opens_somebody_else_s_picture(
    sharing, services, owner, stranger, several, album_of
):
    theirs = services.images.add_image(stranger, services.images.original_bytes(several[0]))
    album = album_of(owner, several[0], theirs)
    grant = sharing.grants.get(sharing.links.to_album(owner, album, LinkWish()).id)
    assert [item.id for item in sharing.shared.page(grant).pictures] == [several[0].id]
    with pytest.raises(NotFoundError):
        sharing.shared.picture(grant, theirs.id)


def test_a_deleted_album_is_gone_even_if_its_row_s_number_comes_again(
    easel, sharing, owner, stranger, several, album_of
):
    album = album_of(owner, *several)
    link = sharing.links.to_album(owner, album, LinkWish())
    grant = sharing.grants.get(link.id)
    with easel.database.writing() as session:
        session.execute(delete(Album).where(Album.uid == album))
    album_of(stranger, *several)
    assert sharing.shared.page(grant).pictures == ()
    with pytest.raises(GoneError):
        sharing.shared.album(grant)
    with pytest.raises(NotFoundError):
        sharing.shared.picture(grant, several[0].id)


def test_an_album_is_paged_in_its_order_without_gaps(sharing, services, owner, several, album_of):
    album = album_of(owner, *reversed(several))
    services.images.delete_image(several[2].id, owner)
    grant = sharing.grants.get(sharing.links.to_album(owner, album, LinkWish()).id)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = sharing.shared.page(grant, cursor, limit=2)
        seen += [item.id for item in page.pictures]
        cursor = page.next_cursor
    assert seen == [several[place].id for place in (4, 3, 1, 0)]
    middle = sharing.shared.beside(grant, services.images.get_image(several[1].id, owner))
    assert (middle.previous, middle.next) == (several[3].id, several[0].id)


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "1.2.3", "-1.2", f"{10**30}.1", "1." + "9" * 30, "\N{ARABIC-INDIC DIGIT THREE}.1"],
)
def test_a_cursor_that_is_none_asks_for_the_first_page(sharing, owner, several, album_of, cursor):
    album = album_of(owner, *several)
    grant = sharing.grants.get(sharing.links.to_album(owner, album, LinkWish()).id)
    assert len(sharing.shared.page(grant, cursor).pictures) == 5


def test_an_empty_album_has_no_face(sharing, owner, album_of):
    grant = sharing.grants.get(sharing.links.to_album(owner, album_of(owner), LinkWish()).id)
    with pytest.raises(NotFoundError, match="no picture"):
        sharing.shared.face(grant)


def test_a_known_key_costs_the_database_nothing(easel, sharing, opened):
    grant = opened()
    sharing.names.find(grant.key)
    asked = []
    note = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(easel.database.engine, "before_cursor_execute", note)
    sharing.names.find(grant.key)
    event.remove(easel.database.engine, "before_cursor_execute", note)
    assert asked == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_at_once_only_so_many_get_the_last_views(kind, tmp_path):
    with temporary_database(kind, tmp_path) as database:
        with database.writing() as session:
            session.add(User(id=1, name="ann"))
            session.flush()
            session.add(Image(id=1, owner_id=1, state="ready", width=8, height=8))
            session.flush()
            session.add(Link(uid="Fyj5NgQL7r7", owner_id=1, image_id=1, max_views=3))
        grants = Grants(database, None, lambda _key: None)
        grant = grants.get("Fyj5NgQL7r7")
        start, refused = threading.Barrier(8), []

        def view():
            start.wait()
            try:
                grants.count_view(grant)
            except GoneError as error:
                refused.append(error)

        threads = [threading.Thread(target=view) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 5
        assert grants.get("Fyj5NgQL7r7").is_used_up
