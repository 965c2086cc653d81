import pytest
from sqlalchemy import delete, event

from webapp.models import Image, ImageParent
from webapp.services.images.lineage import MOST_GENERATIONS, MOST_PICTURES


@pytest.fixture
def database(services):
    return services.ledger._database


@pytest.fixture
def family(database, owner, noise):
    """Return a function that makes pictures with parents; it returns their keys."""

    def make(*parents, count=1, role="reference", person=owner):
        with database.writing() as session:
            rows = [
                Image(owner_id=person.id, state="ready", width=1, height=1) for _ in range(count)
            ]
            session.add_all(rows)
            session.flush()
            uids = {row.id: row.uid for row in session.query(Image)}
            session.add_all(
                ImageParent(
                    child_id=row.id,
                    position=position,
                    parent_id=parent,
                    parent_uid=uids[parent],
                    role=role,
                )
                for row in rows
                for position, parent in enumerate(parents)
            )
            return [row.id for row in rows]

    return make


@pytest.fixture
def lineage(services, database, owner):
    """Return a function that reads the graph around a picture's key."""

    def read(key, person=owner):
        with database.reading() as session:
            uid = session.get_one(Image, key).uid
        return services.lineage.of(services.images.own_image(uid, person))

    return read


@pytest.fixture
def ids(database):
    """Return a function from keys to ids."""

    def ids(*keys):
        with database.reading() as session:
            return [session.get_one(Image, key).uid for key in keys]

    return ids


def levels(graph):
    return {item.id: item.level for item in graph.relatives}


def parents(graph):
    return {item.id: dict(item.parents) for item in graph.relatives}


def test_a_picture_on_its_own_has_no_lineage(family, lineage, ids):
    [alone] = family()
    graph = lineage(alone)
    assert not graph
    assert levels(graph) == dict.fromkeys(ids(alone), 0)
    assert not graph.is_cut


def test_the_graph_shows_what_it_came_from_and_what_came_of_it(family, lineage, ids):
    [old] = family()
    [middle] = family(old, role="source")
    young = family(middle, count=2)
    graph = lineage(middle)
    a, b, c, d = ids(old, middle, *young)
    assert graph
    assert levels(graph) == {a: -1, b: 0, c: 1, d: 1}
    assert parents(graph) == {a: {}, b: {a: "source"}, c: {b: "reference"}, d: {b: "reference"}}
    assert [len(level) for level in graph.levels] == [1, 1, 2]


def test_siblings_are_no_part_of_it(family, lineage, ids):
    [old] = family()
    one, _other = family(old, count=2)
    assert set(levels(lineage(one))) == set(ids(old, one))


def test_a_diamond_is_shown_once_with_all_its_edges(family, lineage, ids):
    [top] = family()
    left, right = family(top, count=2)
    [bottom] = family(left, right)
    graph = lineage(bottom)
    a, b, c, d = ids(top, left, right, bottom)
    assert levels(graph) == {a: -2, b: -1, c: -1, d: 0}
    assert list(parents(graph)[d]) == [b, c]
    assert parents(graph)[b] == parents(graph)[c] == {a: "reference"}
    assert levels(lineage(top)) == {a: 0, b: 1, c: 1, d: 2}


def test_an_edge_around_the_picture_is_shown_as_well(family, lineage, ids):
    [old] = family()
    [middle] = family(old)
    [young] = family(middle, old)
    assert parents(lineage(middle))[ids(young)[0]] == dict.fromkeys(ids(middle, old), "reference")


def test_a_deep_chain_is_cut_at_both_ends(family, lineage, ids):
    chain = family()
    for _ in range(2 * MOST_GENERATIONS + 4):
        chain += family(chain[-1])
    middle = len(chain) // 2
    graph = lineage(chain[middle])
    assert graph.is_cut
    seen = chain[middle - MOST_GENERATIONS : middle + MOST_GENERATIONS + 1]
    assert set(levels(graph)) == set(ids(*seen))


def test_a_chain_that_just_fits_is_not_cut(family, lineage):
    chain = family()
    for _ in range(MOST_GENERATIONS):
        chain += family(chain[-1])
    for end in (chain[0], chain[-1]):
        graph = lineage(end)
        assert not graph.is_cut
        assert len(graph.relatives) == MOST_GENERATIONS + 1


def test_a_thousand_children_are_cut(family, lineage):
    [parent] = family()
    family(parent, count=1000)
    graph = lineage(parent)
    assert graph.is_cut
    assert len(graph.relatives) == MOST_PICTURES


def test_as_many_children_as_there_is_room_for_are_not_cut(family, lineage):
    [parent] = family()
    family(parent, count=MOST_PICTURES - 1)
    graph = lineage(parent)
    assert not graph.is_cut
    assert len(graph.relatives) == MOST_PICTURES


def test_many_edges_hide_no_pictures(family, lineage):
    [old] = family()
    parents = family(old, count=16)
    family(*parents, count=30)
    graph = lineage(old)
    assert not graph.is_cut
    assert len(graph.relatives) == 1 + 16 + 30


def test_a_circle_that_cannot_be_does_no_harm(family, lineage, database, ids):
    [one] = family()
    [other] = family(one)
    with database.writing() as session:
        uid = session.get_one(Image, other).uid
        for position, key in enumerate((other, one)):
            session.add(
                ImageParent(
                    child_id=one, position=position, parent_id=key, parent_uid=uid, role="recipe"
                )
            )
    graph = lineage(one)
    assert set(levels(graph)) == set(ids(one, other))
    assert not graph.is_cut


def test_a_purged_parent_is_shown_as_gone(services, family, lineage, ids, owner):
    [old] = family()
    [middle] = family(old)
    [young] = family(middle)
    [gone, shown] = ids(old, middle)
    services.images.purge(gone, owner)
    graph = lineage(young)
    [relative] = [item for item in graph.relatives if item.picture is None]
    assert (relative.id, relative.level) == (gone, -2)
    assert parents(graph)[shown] == {gone: "reference"}


def test_a_parent_of_two_that_is_gone_is_shown_once(services, family, lineage, ids, owner):
    [old] = family()
    two = family(old, count=2)
    [young] = family(*two)
    [gone] = ids(old)
    services.images.purge(gone, owner)
    graph = lineage(young)
    assert [item.id for item in graph.relatives if item.picture is None] == [gone]


def test_what_is_in_the_trash_is_shown_as_such(services, family, lineage, ids, owner):
    [old] = family()
    [young] = family(old)
    services.images.delete_image(ids(old)[0], owner)
    [parent] = [item for item in lineage(young).relatives if item.level == -1]
    assert parent.picture.deleted is not None


def test_a_strangers_pictures_are_never_part_of_it(
    services, family, lineage, ids, stranger, database
):
    [secret] = family(person=stranger)
    [theirs] = family(secret, person=stranger)
    [mine] = family(theirs)
    family(mine, person=stranger)
    with database.writing() as session:
        session.execute(delete(Image).where(Image.id == secret))
    graph = lineage(mine)
    assert levels(graph) == dict.fromkeys(ids(mine), 0)
    assert parents(graph) == {ids(mine)[0]: {}}


def test_the_number_of_queries_does_not_grow_with_the_family(
    services, family, lineage, database, owner
):
    parents = family(count=5)
    for _ in range(4):
        parents = family(*parents, count=5)
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        graph = lineage(parents[0])
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert len(graph.relatives) == 21
    assert len(asked) < 2 * MOST_GENERATIONS + 10
