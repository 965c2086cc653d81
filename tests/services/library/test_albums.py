import random

import pytest

from webapp.errors import ChangedError, InvalidError, NotFoundError
from webapp.models import now_ms, public_id
from webapp.services.library import album_rows


@pytest.fixture
def album(library, ann, bob):
    return library.albums.create(ann, "  Lakes\nand  seas ", "Water.")


def test_an_album_begins_empty_with_its_title_on_one_line(library, ann, album):
    assert (album.title, album.description, album.count) == ("Lakes and seas", "Water.", 0)
    assert album.cover is None
    assert library.albums.get(album.id, ann) == album


@pytest.mark.parametrize("title", ["", "  ", "x" * 121, "\x00\x01"])
def test_a_title_that_can_t_be_is_refused(library, ann, title):
    with pytest.raises(InvalidError) as caught:
        library.albums.create(ann, title)
    assert set(caught.value.fields) == {"title"}


def test_a_description_has_its_bound(library, ann):
    assert library.albums.create(ann, "x", "y" * 4000).description == "y" * 4000
    with pytest.raises(InvalidError):
        library.albums.create(ann, "x", "y" * 4001)


def test_albums_come_newest_first_and_pages_bear_inserts(library, ann, bob):
    ids = [library.albums.create(ann, str(n)).id for n in range(5)]
    first = library.albums.page(ann, limit=2)
    library.albums.create(ann, "later")
    second = library.albums.page(ann, first.next_cursor, limit=2)
    third = library.albums.page(ann, second.next_cursor, limit=2)
    seen = [view.id for page in (first, second, third) for view in page.albums]
    assert seen == ids[::-1]
    assert third.next_cursor is None


def test_a_page_of_albums_shows_covers_and_counts(library, ann, album):
    images = library.keep(ann, 3)
    pending = library.keep(ann, state="pending")
    library.contents.add(album.id, ann, [*pending, *images])
    view = library.albums.page(ann).albums[0]
    assert (view.count, view.cover.id, view.is_cover_chosen) == (4, images[0], False)
    library.albums.update(album.id, ann, cover=images[2])
    view = library.albums.get(album.id, ann)
    assert (view.cover.id, view.is_cover_chosen) == (images[2], True)


def test_what_is_in_the_trash_is_neither_counted_nor_shown(library, ann, album):
    images = library.keep(ann, 3)
    library.contents.add(album.id, ann, images)
    library.albums.update(album.id, ann, cover=images[0])
    library.batches.run(ann, images[:1], "delete")
    view = library.albums.get(album.id, ann)
    assert (view.count, view.cover.id) == (2, images[1])
    assert library.inside(album.id, ann) == images[1:]


def test_a_cover_must_be_in_the_album(library, ann, album):
    outside = library.keep(ann)[0]
    with pytest.raises(InvalidError) as caught:
        library.albums.update(album.id, ann, cover=outside)
    assert caught.value.fields == {"cover": ["not_in_album"]}


def test_an_update_changes_what_is_given_and_counts(library, ann, album):
    changed = library.albums.update(album.id, ann, title="Seas")
    assert (changed.title, changed.description) == ("Seas", "Water.")
    assert changed.version == album.version + 1


def test_who_has_seen_an_older_album_changes_nothing(library, ann, album):
    library.albums.update(album.id, ann, title="Seas", expected={album.revision})
    with pytest.raises(ChangedError):
        library.albums.update(album.id, ann, title="Ponds", expected={album.revision})
    assert library.albums.get(album.id, ann).title == "Seas"


def test_a_deleted_album_leaves_its_pictures(library, ann, album):
    images = library.keep(ann, 2)
    library.contents.add(album.id, ann, images)
    library.albums.delete(album.id, ann)
    with pytest.raises(NotFoundError):
        library.albums.get(album.id, ann)
    assert library.found(ann) == images[::-1]
    assert set(images) <= set(library.changed)


def test_images_are_added_in_their_order_and_once(library, ann, album):
    images = library.keep(ann, 4)
    library.contents.add(album.id, ann, [images[2], images[0], images[2]])
    moved = library.contents.add(album.id, ann, images)
    assert (moved.changed, moved.failed) == (2, {})
    assert library.inside(album.id, ann) == [images[2], images[0], images[1], images[3]]


def test_what_is_no_picture_of_hers_is_not_added(library, ann, bob, album):
    theirs = library.found(bob)
    failed, thrown = library.keep(ann, state="failed"), library.keep(ann, deleted_ms=now_ms())
    nobodys = public_id()
    moved = library.contents.add(album.id, ann, [*theirs, *failed, *thrown, nobodys, "x'--"])
    assert moved.changed == 0
    codes = {uid: why.code for uid, why in moved.failed.items()}
    assert codes == dict.fromkeys([*theirs, nobodys, "x'--"], "not_found") | dict.fromkeys(
        [*failed, *thrown], "no_picture"
    )
    assert library.inside(album.id, ann) == []


def test_a_pending_picture_can_be_added(library, ann, album):
    pending = library.keep(ann, state="pending")
    assert library.contents.add(album.id, ann, pending).changed == 1


def test_images_are_taken_out(library, ann, album):
    images = library.keep(ann, 3)
    library.contents.add(album.id, ann, images)
    moved = library.contents.remove(album.id, ann, [images[1], images[1], public_id()])
    assert moved.changed == 1
    assert [why.code for why in moved.failed.values()] == ["not_found"]
    assert library.inside(album.id, ann) == [images[0], images[2]]
    assert images[1] in library.changed


def test_coming_and_going_change_the_image_for_its_owner(library, ann, album):
    image = library.keep(ann)[0]
    before = library.row(image).change
    library.contents.add(album.id, ann, [image])
    added = library.row(image).change
    library.contents.remove(album.id, ann, [image])
    assert before < added < library.row(image).change


def test_pages_of_an_album_bear_inserts_and_moves(library, ann, album):
    images = library.keep(ann, 6)
    library.contents.add(album.id, ann, images[:5])
    page = library.contents.page(album.id, ann, limit=2)
    library.contents.move(album.id, ann, images[4], "first")
    library.contents.add(album.id, ann, images[5:])
    rest = library.contents.page(album.id, ann, page.next_cursor, limit=10)
    assert [item.id for item in rest.pictures] == [images[2], images[3], images[5]]


@pytest.mark.parametrize(
    ("number", "to", "expected"), [(2, "first", "2013"), (1, "last", "0231"), (0, "first", "0123")]
)
def test_a_picture_moves_to_an_end(library, ann, album, number, to, expected):
    images = library.keep(ann, 4)
    library.contents.add(album.id, ann, images)
    library.contents.move(album.id, ann, images[number], to)
    assert library.inside(album.id, ann) == [images[int(place)] for place in expected]


@pytest.mark.parametrize(
    ("number", "direction", "expected"),
    [(2, "up", "0213"), (1, "down", "0213"), (0, "up", "0123"), (3, "down", "0123")],
)
def test_a_picture_changes_places_with_its_neighbour(
    library, ann, album, number, direction, expected
):
    images = library.keep(ann, 4)
    library.contents.add(album.id, ann, images)
    library.contents.step(album.id, ann, images[number], direction)
    assert library.inside(album.id, ann) == [images[int(place)] for place in expected]


def test_moving_again_and_again_keeps_the_order_when_gaps_are_used_up(
    library, ann, album, monkeypatch
):
    monkeypatch.setattr(album_rows, "GAP", 4)
    images = library.keep(ann, 6)
    library.contents.add(album.id, ann, images)
    expected, dice = list(images), random.Random(4)
    for _ in range(40):
        moving, target = dice.sample(images, 2)
        library.contents.move(album.id, ann, moving, before=target)
        expected.remove(moving)
        expected.insert(expected.index(target), moving)
        assert library.inside(album.id, ann) == expected


def test_moving_needs_two_that_are_in_the_album(library, ann, album):
    images = library.keep(ann, 2)
    library.contents.add(album.id, ann, images[:1])
    for moving, target in (images, images[::-1]):
        with pytest.raises(NotFoundError):
            library.contents.move(album.id, ann, moving, before=target)


def test_a_stranger_s_album_is_not_there(library, ann, bob, album):
    mine, theirs = library.keep(ann), library.albums.page(bob).albums[0]
    inside = library.inside(theirs.id, bob)
    for attempt in (
        lambda: library.albums.get(theirs.id, ann),
        lambda: library.albums.update(theirs.id, ann, title="Mine"),
        lambda: library.albums.delete(theirs.id, ann),
        lambda: library.contents.page(theirs.id, ann),
        lambda: library.contents.add(theirs.id, ann, mine),
        lambda: library.contents.remove(theirs.id, ann, inside),
        lambda: library.contents.move(theirs.id, ann, inside[0], "last"),
        lambda: library.albums.get("x'; drop table album--", ann),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert library.albums.get(theirs.id, bob) == theirs
    assert library.inside(theirs.id, bob) == inside
