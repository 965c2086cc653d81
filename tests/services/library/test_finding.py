import pytest
from sqlalchemy import event

from webapp.errors import InvalidError, NotFoundError
from webapp.models import now_ms
from webapp.services.library import Filter
from webapp.services.library.finding import matching


def pages(library, owner, wanted, limit=2):
    """Return the ids on each page, with an image added after the first."""
    found: list[list[str]] = []
    cursor = None
    while not found or cursor is not None:
        page = library.finder.page(owner, wanted, cursor, limit)
        found.append([picture.id for picture in page.pictures])
        cursor = page.next_cursor
        if len(found) == 1:
            library.keep(owner, prompt="a lake")
    return found


def test_pages_come_newest_first_and_bear_inserts(library, ann, bob):
    ids = library.keep(ann, 5, prompt="a lake")[::-1]
    assert pages(library, ann, Filter()) == [ids[:2], ids[2:4], ids[4:]]


def test_every_word_stands_in_the_prompt_or_the_file_s_name(library, ann, bob):
    lake = library.keep(ann, prompt="A Lake at dawn")[0]
    scan = library.keep(ann, prompt="dawn", filename="LAKE-1.png")[0]
    library.keep(ann, prompt="a pond at dawn")
    assert library.found(ann, "q=lake+DAWN") == [scan, lake]
    assert library.found(ann, "q=dawn%20lake-1") == [scan]


@pytest.mark.parametrize("word", ["ÖSTERREICH", "österreich", "Österreich"])
def test_letters_beyond_ascii_are_found_in_any_case(library, ann, word):
    ids = [library.keep(ann, prompt=text)[0] for text in ("Österreich", "ÖSTERREICH", "österreich")]
    assert library.found(ann, f"q={word}") == ids[::-1]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "' or 1=1 --", "100%"])
def test_signs_are_looked_for_as_they_are(library, ann, text):
    exact = library.keep(ann, prompt=f"x{text}y")[0]
    library.keep(ann, prompt="abc")
    wanted = Filter.of({"q": text})
    assert [item.id for item in library.finder.page(ann, wanted).pictures] == [exact]


def test_state_visibility_and_trash_are_conditions(library, ann, bob):
    ready = library.keep(ann, visibility="public")[0]
    pending = library.keep(ann, state="pending")[0]
    failed = library.keep(ann, state="failed")[0]
    thrown = library.keep(ann, deleted_ms=now_ms())[0]
    assert library.found(ann) == [failed, pending, ready]
    assert library.found(ann, "state=pending") == [pending]
    assert library.found(ann, "state=failed&trash=0") == [failed]
    assert library.found(ann, "visibility=public") == [ready]
    assert library.found(ann, "trash=1") == [thrown]


def test_a_tag_and_an_album_are_conditions_too(library, ann, bob):
    images = library.keep(ann, 4, prompt="a lake")
    album = library.albums.create(ann, "Lakes").id
    library.contents.add(album, ann, [images[2], images[0], images[1]])
    for image in images[1:]:
        library.tags.set(image, ann, ["sea"])
    assert library.found(ann, "tag=Sea") == images[:0:-1]
    assert library.found(ann, f"album={album}") == [images[2], images[1], images[0]]
    assert library.found(ann, f"album={album}&tag=sea") == [images[2], images[1]]
    assert library.found(ann, f"album={album}&tag=sea&q=pond") == []
    library.batches.run(ann, images[2:3], "delete")
    assert library.found(ann, "tag=sea&trash=1") == [images[2]]
    assert pages(library, ann, Filter(tag="sea"), 1) == [[images[3]], [images[1]]]


def test_a_stranger_s_album_is_not_there(library, ann, bob):
    theirs = library.albums.page(bob).albums[0].id
    for query in (f"album={theirs}", f"album={theirs}&tag=sea"):
        with pytest.raises(NotFoundError):
            library.found(ann, query)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=done", "state"),
        ("visibility=secret", "visibility"),
        ("trash=perhaps", "trash"),
        ("album=x", "album"),
        ("tag=a%2Cb", "tag"),
        ("q=" + "x" * 501, "q"),
        ("q=" + "+".join("abcdefghijk"), "q"),
        ("tgs=sea", "query"),
        ("tag=sea&tag=lake", "query"),
        ("lake", "query"),
        ("", "query"),
        ("?", "query"),
        ("q=", "query"),
        ("all=1&q=lake", "query"),
        ("q=" + "x" * 4000, "query"),
    ],
)
def test_a_query_with_a_slip_of_the_pen_finds_nothing_but_an_error(query, field):
    with pytest.raises(InvalidError) as caught:
        Filter.parse(query)
    assert set(caught.value.fields) == {field}


def test_everything_is_asked_for_by_name():
    assert Filter.parse("all=1") == Filter.parse("?all=1") == Filter()


def test_an_empty_query_is_no_condition():
    assert Filter.of({}) == Filter() == Filter.of({"q": "", "tag": "", "trash": ""})


def test_what_stands_beside_a_page_takes_a_fixed_number_of_queries(library, ann, bob):
    images = library.keep(ann, 30)
    album = library.albums.create(ann, "All").id
    library.contents.add(album, ann, images)
    for image in images:
        library.tags.set(image, ann, ["lake", "sea"])
    asked = []
    event.listen(library.database.engine, "before_cursor_execute", lambda *call: asked.append(call))
    found = library.finder.page(ann, Filter(), limit=30).pictures
    beside = library.finder.details(found)
    assert len([call for call in asked if "SELECT" in call[2]]) == 6
    assert all(item.tags == ("lake", "sea") for item in beside.values())
    assert all(item.albums == (album,) for item in beside.values())
    assert len(beside) == 30


def test_tags_and_albums_are_read_in_the_order_of_their_index(library, ann, bob):
    if library.database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables")
    album = library.albums.create(ann, "Lakes").id
    for wanted, index in (
        (Filter(tag="sea"), "ix_image_tag_owner"),
        (Filter(album=album), "sqlite_autoindex_album_image_1"),
        (Filter(), "ix_image_gallery"),
    ):
        with library.database.reading() as session:
            query = matching(session, ann, wanted, before=99).limit(20)
            text = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            plan = session.connection().exec_driver_sql(f"explain query plan {text}").all()
        steps = " / ".join(row[3] for row in plan)
        assert index in steps.split(" / ")[0]
        assert "TEMP B-TREE" not in steps
