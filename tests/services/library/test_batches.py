import threading
import time

import pytest
from sqlalchemy import event, update

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.models import Image, Job, UndoStep, User, now_ms, public_id
from webapp.services.images import since
from webapp.services.library import Filter, Patch, batches, chosen, undoing

MOST_SECONDS, MOST_WORK, MOST_STATEMENTS = 300, 60, 1000
"""There and back: seconds until it is done, those that this process works, and what it asks of the
database. With nothing else to do a machine takes about six, and one that is shared waits too; the
statements are about 460 wherever it is.
"""


@pytest.fixture
def small_pieces(monkeypatch):
    """Make work of a few images come in several pieces."""
    monkeypatch.setattr(chosen, "AT_ONCE", 2)
    monkeypatch.setattr(undoing, "AT_ONCE", 2)


def states(library, owner, query=""):
    """Return what of a person's images an action could change."""
    page = library.finder.page(owner, Filter.parse(query) if query else Filter(), limit=100)
    beside = library.finder.details(page.pictures)
    return {
        item.id: (item.visibility, item.state, item.error_kind, beside[item.key].tags)
        for item in page.pictures
    }


def change(library, uid, **values):
    """Change an image behind the back of the library."""
    with library.database.writing() as session:
        session.execute(update(Image).where(Image.uid == uid).values(**values))


ACTIONS = [
    ("delete", ""),
    ("restore", ""),
    ("tag", "Dusk"),
    ("untag", "sea"),
    ("add_to_album", "full"),
    ("remove_from_album", "half"),
    ("set_visibility", "public"),
    ("retry", ""),
]


@pytest.fixture
def mixed(library, ann, bob):
    """Give ann images in every state, and albums of which one has half of them."""
    ids = library.keep(ann, 3) + library.keep(ann, 2, visibility="public")
    ids += library.keep(ann, state="pending")
    ids += library.keep(ann, 2, state="failed", error_kind="timeout", error_message="Too slow.")
    ids += library.keep(ann, 2, deleted_ms=now_ms() - 5000)
    with library.database.writing() as session:
        session.get_one(User, ann.id).image_count -= 2
    for image in ids[::2]:
        library.tags.set(image, ann, ["sea", "lake"])
    albums = {name: library.albums.create(ann, name).id for name in ("full", "half")}
    library.contents.add(albums["half"], ann, [ids[3], ids[0], ids[4]])
    return ids, albums


@pytest.mark.parametrize(("action", "target"), ACTIONS)
def test_undo_brings_back_exactly_what_was(library, ann, bob, mixed, small_pieces, action, target):
    ids, albums = mixed
    target = albums.get(target, target)

    def everything():
        inside = [library.inside(album, ann) for album in albums.values()]
        return states(library, ann), states(library, ann, "trash=1"), inside, library.count(ann)

    before, theirs = everything(), states(library, bob)
    deleted = {uid: library.row(uid).deleted_ms for uid in ids}
    outcome = library.batches.run(ann, ids, action, target)
    after = everything()
    assert after != before
    assert after[3][0] == after[3][1]
    assert outcome.changed > 0
    assert library.undoer.undo(outcome.undo, ann) == outcome.changed
    assert everything() == before
    assert {uid: library.row(uid).deleted_ms for uid in ids} == deleted
    assert states(library, bob) == theirs


def test_an_action_says_what_it_changed_and_why_not_the_rest(library, ann, bob, mixed):
    ids, albums = mixed
    theirs, nobodys = library.found(bob)[0], public_id()
    outcome = library.batches.run(
        ann, [*ids, ids[0], theirs, nobodys, "<b>"], "add_to_album", albums["full"]
    )
    assert outcome.changed == 6
    codes = {uid: why.code for uid, why in outcome.failed.items()}
    assert codes == dict.fromkeys((theirs, nobodys, "<b>"), "not_found") | dict.fromkeys(
        ids[6:], "no_picture"
    )
    assert library.inside(albums["full"], ann) == ids[:6]


def test_what_is_so_already_is_neither_changed_nor_a_failure(library, ann):
    ids = library.keep(ann, 2, visibility="public")
    outcome = library.batches.run(ann, ids, "set_visibility", "public")
    assert outcome == batches.BatchOutcome(0, {}, None)


def test_a_query_chooses_all_that_it_finds(library, ann, bob, small_pieces):
    lakes = library.keep(ann, 5, prompt="a lake")
    library.keep(ann, prompt="a pond")
    outcome = library.batches.run(ann, Filter.parse("q=LAKE"), "tag", "sea")
    assert outcome.changed == 5
    assert library.found(ann, "tag=sea") == lakes[::-1]
    assert len(library.found(bob)) == 2


def test_pending_pictures_are_cancelled_and_asked_for_again(library, ann):
    image = library.keep(ann, state="pending")[0]
    outcome = library.batches.run(ann, [image], "delete")
    assert library.row(image).error_kind == "cancelled"
    assert library.jobs.counts()["cancelled"] == 1
    assert ("deleted", image) in library.events.told
    library.undoer.undo(outcome.undo, ann)
    assert library.row(image).state == "pending"
    assert library.jobs.counts()["queued"] == 1


def test_what_may_have_been_paid_for_is_not_asked_for_again_by_undo(library, ann):
    image = library.keep(ann, state="pending", asked_key="k")[0]
    outcome = library.batches.run(ann, [image], "delete")
    library.undoer.undo(outcome.undo, ann)
    assert (library.row(image).state, library.row(image).error_kind) == ("failed", "cancelled")


def test_only_what_may_succeed_is_tried_again(library, ann):
    ready = library.keep(ann)[0]
    slow = library.keep(ann, state="failed", error_kind="timeout")[0]
    paid = library.keep(ann, state="failed", error_kind="timeout", asked_key="k")[0]
    hopeless = library.keep(ann, state="failed", error_kind="blocked")[0]
    outcome = library.batches.run(ann, [ready, slow, paid, hopeless], "retry")
    assert outcome.changed == 1
    assert {uid: why.code for uid, why in outcome.failed.items()} == {
        ready: "not_failed",
        paid: "may_have_cost",
        hopeless: "not_retryable",
    }
    assert library.row(slow).state == "pending"


def test_undo_leaves_what_was_changed_since(library, ann, mixed):
    ids, albums = mixed
    shown = library.batches.run(ann, ids[:3], "set_visibility", "public").undo
    change(library, ids[0], visibility="unlisted")
    assert library.undoer.undo(shown, ann) == 2
    assert library.row(ids[0]).visibility == "unlisted"

    thrown = library.batches.run(ann, ids[:3], "delete").undo
    change(library, ids[1], deleted_ms=None)
    assert library.undoer.undo(thrown, ann) == 2

    added = library.batches.run(ann, ids[:3], "add_to_album", albums["full"]).undo
    library.contents.move(albums["full"], ann, ids[2], "first")
    assert library.undoer.undo(added, ann) == 2
    assert library.inside(albums["full"], ann) == [ids[2]]

    tagged = library.batches.run(ann, ids[:3], "tag", "new").undo
    library.tags.remove(ids[0], ann, ["new"])
    assert library.undoer.undo(tagged, ann) == 2


@pytest.mark.parametrize("how", ["patch", "batch"])
def test_undo_leaves_a_choice_that_was_made_again_since(library, ann, how):
    image, other = library.keep(ann, 2)

    def choose(word):
        if how == "patch":
            library.patcher.patch(image, ann, Patch(visibility=word))
        else:
            library.batches.run(ann, [image], "set_visibility", word)

    shown = library.batches.run(ann, [image, other], "set_visibility", "public").undo
    choose("private")
    choose("public")
    assert library.undoer.undo(shown, ann) == 1
    assert library.row(image).visibility == "public"
    assert library.row(other).visibility == "private"


@pytest.mark.parametrize("how", ["set", "patch", "batch"])
def test_undo_leaves_a_tag_that_was_given_again_since(library, ann, how):
    image, other = library.keep(ann, 2)
    tagged = library.batches.run(ann, [image, other], "tag", "sea").undo
    if how == "set":
        library.tags.remove(image, ann, ["sea"])
        library.tags.add(image, ann, ["sea", "lake"])
    elif how == "patch":
        library.patcher.patch(image, ann, Patch(tags=()))
        library.patcher.patch(image, ann, Patch(tags=("sea", "lake")))
    else:
        library.batches.run(ann, [image], "untag", "sea")
        library.batches.run(ann, [image], "tag", "sea")
    assert library.undoer.undo(tagged, ann) == 1
    assert "sea" in tags_of(library, ann, image)
    assert tags_of(library, ann, other) == ()


def test_undo_minds_no_change_of_something_else(library, ann):
    ids = library.keep(ann, 2)
    shown = library.batches.run(ann, ids, "set_visibility", "public").undo
    tagged = library.batches.run(ann, ids, "tag", "sea").undo
    library.tags.add(ids[0], ann, ["lake"])
    library.batches.run(ann, ids, "tag", "pond")
    assert library.undoer.undo(shown, ann) == 2
    assert library.undoer.undo(tagged, ann) == 2
    assert tags_of(library, ann, ids[0]) == ("lake", "pond")


def test_actions_are_undone_one_after_the_other_back_to_the_first(library, ann):
    ids = library.keep(ann, 2)
    words = ("public", "unlisted", "public")
    tokens = [library.batches.run(ann, ids, "set_visibility", word).undo for word in words]
    for token, then in zip(reversed(tokens), ("unlisted", "public", "private"), strict=True):
        assert library.undoer.undo(token, ann) == 2
        assert {library.row(uid).visibility for uid in ids} == {then}


def test_changes_by_hand_leave_no_notes_where_nothing_can_be_undone(library, ann):
    image = library.keep(ann)[0]
    library.patcher.patch(image, ann, Patch(visibility="public", tags=("sea",)))
    library.tags.add(image, ann, ["lake"])
    with library.database.reading() as session:
        assert session.query(UndoStep).count() == 0


def test_undo_leaves_a_later_try_alone(library, ann):
    again, once = library.keep(ann, 2, state="failed", error_kind="timeout")
    tried = library.batches.run(ann, [again, once], "retry").undo
    change(library, again, state="failed", error_kind="unavailable")
    with library.database.writing() as session:
        session.execute(
            update(Job).where(Job.subject_id == library.row(again).id).values(state="failed")
        )
    library.generator.retry(again, ann)
    assert library.undoer.undo(tried, ann) == 1
    assert library.row(again).state == "pending"
    assert library.row(once).error_kind == "timeout"
    assert library.jobs.counts()["queued"] == 1


def tags_of(library, owner, uid):
    """Return the tags of an image."""
    return states(library, owner)[uid][3]


def test_undo_bears_that_images_and_albums_are_gone(library, ann, mixed):
    ids, albums = mixed
    token = library.batches.run(ann, ids[:3], "add_to_album", albums["full"]).undo
    library.albums.delete(albums["full"], ann)
    assert library.undoer.undo(token, ann) == 0
    token = library.batches.run(ann, ids[:3], "tag", "new").undo
    with library.database.writing() as session:
        session.delete(session.get_one(Image, library.row(ids[0]).id))
    assert library.undoer.undo(token, ann) == 2


def test_a_token_works_once_for_a_day_and_for_its_owner(library, ann, bob, monkeypatch):
    ids = library.keep(ann, 2)
    token = library.batches.run(ann, ids, "delete").undo
    for wrong in (token[:-1], "", "x" * 4000, "'; --"):
        with pytest.raises(NotFoundError):
            library.undoer.undo(wrong, ann)
    with pytest.raises(NotFoundError):
        library.undoer.undo(token, bob)
    assert library.undoer.undo(token, ann) == 2
    with pytest.raises(GoneError):
        library.undoer.undo(token, ann)
    late = library.batches.run(ann, ids, "delete").undo
    age(library, since.VALID_MS + 1)
    with pytest.raises(GoneError):
        library.undoer.undo(late, ann)
    assert library.undoer.sweep() == 0
    age(library, since.VALID_MS)
    assert library.undoer.sweep() == 2
    with pytest.raises(NotFoundError):
        library.undoer.undo(late, ann)


def age(library, ms):
    with library.database.writing() as session:
        session.execute(update(UndoStep).values(created_ms=UndoStep.created_ms - ms))


def test_two_who_undo_the_same_do_it_once_between_them(library, ann, small_pieces):
    ids = library.keep(ann, 9)
    token = library.batches.run(ann, ids, "delete").undo
    counts, start = [], threading.Barrier(3)

    def undo():
        start.wait()
        try:
            counts.append(library.undoer.undo(token, ann))
        except GoneError:
            counts.append(0)

    threads = [threading.Thread(target=undo) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 9
    assert library.count(ann) == (9, 9)


def test_work_that_breaks_off_can_be_undone_as_far_as_it_came(
    library, ann, small_pieces, monkeypatch
):
    ids, done = library.keep(ann, 6), []

    def stumble(uid):
        done.append(uid)
        if len(done) == 6:
            raise RuntimeError

    monkeypatch.setattr(library.batches._bench, "_changed", stumble)
    outcome = library.batches.run(ann, ids, "delete")
    thrown = [uid for uid in ids if library.row(uid).deleted_ms is not None]
    assert thrown == ids[:2]
    assert outcome.changed == 2
    assert outcome.failed == dict.fromkeys(ids[2:], batches.NOT_REACHED)
    assert library.undoer.undo(outcome.undo, ann) == 2
    assert library.count(ann) == (6, 6)


def test_work_that_fails_at_once_is_an_error(library, ann, monkeypatch):
    def stumble(_uid):
        raise RuntimeError

    monkeypatch.setattr(library.batches._bench, "_changed", stumble)
    with pytest.raises(RuntimeError):
        library.batches.run(ann, library.keep(ann, 2), "delete")
    assert library.count(ann) == (2, 2)


@pytest.mark.parametrize(
    ("action", "target", "field"),
    [
        ("explode", "", "action"),
        ("tag", "a,b", "tag"),
        ("set_visibility", "secret", "visibility"),
    ],
)
def test_what_can_t_be_done_is_refused_before_anything_is(library, ann, action, target, field):
    ids = library.keep(ann, 2)
    with pytest.raises(InvalidError) as caught:
        library.batches.run(ann, ids, action, target)
    assert set(caught.value.fields) == {field}


def test_a_stranger_s_album_takes_nothing(library, ann, bob):
    ids, theirs = library.keep(ann, 2), library.albums.page(bob).albums[0].id
    for action in ("add_to_album", "remove_from_album"):
        with pytest.raises(NotFoundError):
            library.batches.run(ann, ids, action, theirs)
    assert library.albums.get(theirs, bob).count == 2


def test_nobody_acts_on_more_than_is_good(library, ann, monkeypatch):
    monkeypatch.setattr(batches, "MOST_IMAGES", 3)
    ids = library.keep(ann, 4)
    for wanted in (ids, Filter()):
        with pytest.raises(InvalidError) as caught:
            library.batches.run(ann, wanted, "delete")
        assert caught.value.code == "too_many_images"
    assert library.batches.run(ann, ids[1:], "delete").changed == 3


def test_a_picture_with_its_fill_of_tags_takes_no_more(library, ann):
    full, free = library.keep(ann, 2)
    library.tags.set(full, ann, map(str, range(50)))
    outcome = library.batches.run(ann, [full, free], "tag", "new")
    assert (outcome.changed, outcome.failed[full].code) == (1, "too_many_tags")


def test_open_pages_and_others_hear_of_it(library, ann, bob):
    ids = library.keep(ann, 3)
    version = library.feed.version(ann)
    library.batches.run(ann, ids, "set_visibility", "unlisted")
    assert {item.id for item in library.feed.since(ann, version).changed} == set(ids)
    assert sorted(library.changed) == sorted(ids * 2)  # before the commit and after it
    version = library.feed.version(ann)
    library.batches.run(ann, ids[:2], "delete")
    assert set(library.feed.since(ann, version).removed) == set(ids[:2])


@pytest.mark.slow
def test_ten_thousand_are_changed_and_brought_back_while_somebody_waits(library, ann):
    ids = [uid for _ in range(20) for uid in library.keep(ann, 500)]
    said: list[str] = []
    event.listen(
        library.database.engine, "before_cursor_execute", lambda *call: said.append(call[2])
    )
    for action, target in (("tag", "sea"), ("set_visibility", "public"), ("delete", "")):
        said.clear()
        start, work = time.monotonic(), time.process_time()
        outcome = library.batches.run(ann, ids, action, target)
        assert outcome.changed == 10_000
        assert library.undoer.undo(outcome.undo, ann) == 10_000
        assert time.monotonic() - start < MOST_SECONDS
        assert time.process_time() - work < MOST_WORK
        assert len(said) < MOST_STATEMENTS
    assert library.count(ann) == (10_000, 10_000)
