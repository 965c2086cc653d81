import threading

import pytest

from webapp.errors import ChangedError, InvalidError, NotFoundError
from webapp.services.library import Filter, Patch


def test_all_of_a_patch_is_done_at_once(library, ann):
    image = library.keep(ann)[0]
    wish = Patch(visibility="public", tags=["Sea"], focal=(0.25, 0.5), takes_focal=True)
    picture = library.patcher.patch(image, ann, wish)
    assert (picture.visibility, picture.focal) == ("public", (0.25, 0.5))
    assert library.found(ann, "tag=sea&visibility=public") == [image]
    assert library.changed == [image, image]
    key = library.row(image).id
    assert (library.events.deleted, library.events.saved) == ([key], [key])


def test_what_a_patch_does_not_name_stays(library, ann):
    image = library.keep(ann, focal_x=0.25, focal_y=0.5)[0]
    before = library.row(image)
    library.patcher.patch(image, ann, Patch(visibility="private"))
    after = library.row(image)
    assert (after.change, after.version, after.focal_x) == (before.change, before.version, 0.25)
    assert library.patcher.patch(image, ann, Patch(takes_focal=True)).focal is None


@pytest.mark.parametrize(
    "wish",
    [
        Patch(visibility="secret", tags=["sea"]),
        Patch(visibility="public", tags=["a,b"]),
        Patch(visibility="public", focal=(0.5, 1.5), takes_focal=True),
    ],
)
def test_a_patch_with_a_mistake_changes_nothing(library, ann, wish):
    image = library.keep(ann)[0]
    with pytest.raises(InvalidError):
        library.patcher.patch(image, ann, wish)
    assert (library.row(image).visibility, library.found(ann, "tag=sea")) == ("private", [])


def test_a_stranger_patches_nothing(library, ann, bob):
    theirs = library.found(bob)[0]
    with pytest.raises(NotFoundError):
        library.patcher.patch(theirs, ann, Patch(visibility="public"))


def test_of_two_who_saw_the_same_one_is_refused(library, ann):
    image = library.keep(ann)[0]
    seen = library.finder.page(ann, Filter()).pictures[0].revision
    done, refused, start = [], [], threading.Barrier(2)

    def patch(visibility):
        start.wait()
        try:
            library.patcher.patch(image, ann, Patch(visibility=visibility), {seen})
            done.append(visibility)
        except ChangedError:
            refused.append(visibility)

    threads = [threading.Thread(target=patch, args=(word,)) for word in ("public", "unlisted")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert library.row(image).visibility == done[0]
