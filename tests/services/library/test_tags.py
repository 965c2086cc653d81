import pytest

from webapp.errors import InvalidError, NotFoundError
from webapp.services.library.tags import MOST_TAGS, TagCount, normal_tag


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Sea ", "sea"),
        ("Blue\u00a0 \t Hour", "blue hour"),
        ("Cafe\u0301", "caf\u00e9"),
        ("STRA\u00dfE", "stra\u00dfe"),
        ("#1", "#1"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_tag_is_kept_in_one_form(written, kept):
    assert normal_tag(written) == kept
    assert normal_tag(kept) == kept


@pytest.mark.parametrize("text", ["", " ", "a,b", "a\x00b", "x" * 65, "\x1b[1m", "\udcff"])
def test_what_can_t_be_a_tag_is_refused(text):
    with pytest.raises(InvalidError) as caught:
        normal_tag(text)
    assert set(caught.value.fields) == {"tags"}


def test_tags_are_set_added_and_removed(library, ann):
    image = library.keep(ann)[0]
    assert library.tags.set(image, ann, ["Sea", "lake", "sea"]) == ("lake", "sea")
    assert library.tags.add(image, ann, ["dusk", "SEA"]) == ("dusk", "lake", "sea")
    assert library.tags.remove(image, ann, ["Lake", "never"]) == ("dusk", "sea")
    assert library.tags.set(image, ann, []) == ()


def test_a_change_of_tags_is_one_of_the_image(library, ann):
    image = library.keep(ann)[0]
    before = library.row(image).change
    library.tags.add(image, ann, ["sea"])
    added = library.row(image).change
    library.tags.add(image, ann, ["sea"])
    assert before < added == library.row(image).change


def test_a_picture_has_its_fill_of_tags(library, ann):
    image = library.keep(ann)[0]
    library.tags.set(image, ann, map(str, range(MOST_TAGS)))
    with pytest.raises(InvalidError):
        library.tags.add(image, ann, ["one more"])
    assert len(library.tags.page(ann).tags) == MOST_TAGS


def test_the_list_of_tags_counts_what_is_hers_and_outside_the_trash(library, ann, bob):
    images = library.keep(ann, 3)
    for image in images:
        library.tags.set(image, ann, ["sea"])
    library.tags.add(images[0], ann, ["100%", "dusk"])
    library.batches.run(ann, images[2:], "delete")
    page = library.tags.page(ann)
    assert page.tags == (TagCount("100%", 1), TagCount("dusk", 1), TagCount("sea", 2))
    assert library.tags.page(ann, "0%").tags == (TagCount("100%", 1),)
    assert library.tags.page(ann, "_").tags == ()


def test_tags_come_in_pages(library, ann):
    image = library.keep(ann)[0]
    library.tags.set(image, ann, "edcba")
    seen, after = [], None
    for _ in range(3):
        page = library.tags.page(ann, after=after, limit=2)
        seen += [item.tag for item in page.tags]
        after = page.next_cursor
    assert (seen, after) == (list("abcde"), None)


def test_a_stranger_tags_nothing(library, ann, bob):
    theirs = library.found(bob)[0]
    for attempt in (library.tags.set, library.tags.add, library.tags.remove):
        with pytest.raises(NotFoundError):
            attempt(theirs, ann, ["sea"])
