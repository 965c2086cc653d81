import re

import pytest

from webapp.providers.plain import png


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def pictures(services, owner):
    return [
        services.images.add_image(
            owner, png(40, 30, bytes([shade, 9, 9])), filename=f"{shade}.png"
        ).id
        for shade in range(3)
    ]


@pytest.fixture
def album(services, owner, pictures):
    made = services.library.albums.create(owner, "Lakes & <b>seas</b>")
    services.library.contents.add(made.id, owner, pictures)
    return made.id


def order(services, owner, album):
    return [item.id for item in services.library.contents.page(album, owner).pictures]


def test_the_list_shows_covers_names_and_counts(browser, album, pictures):
    page = text(browser.get("/albums"))
    assert "Lakes &amp; &lt;b&gt;seas&lt;/b&gt;" in page
    assert f"/t/square/{pictures[0]}.webp" in page
    assert "3 pictures" in page


def test_who_has_none_is_told_what_an_album_is(browser):
    assert "No albums yet" in text(browser.get("/albums"))


def test_an_album_is_made_and_opened(browser, services, owner):
    answer = browser.post("/albums", {"title": "Harbours", "description": "By night."})
    made = services.library.albums.page(owner).albums[0]
    assert (answer.status_code, answer.location) == (303, f"/albums/{made.id}")
    assert (made.title, made.description) == ("Harbours", "By night.")


def test_a_title_that_is_missing_is_asked_for(browser, services, owner):
    answer = browser.post("/albums", {"title": " ", "description": "Kept words"})
    assert answer.status_code == 422
    assert "Give the album a title" in text(answer)
    assert "Kept words" in text(answer)
    assert services.library.albums.page(owner).albums == ()


def test_a_page_shows_the_pictures_in_order_and_the_rest_on_demand(
    browser, services, owner, album, pictures, monkeypatch
):
    page = text(browser.get(f"/albums/{album}"))
    assert re.findall(r'<li class="tile[^>]*id="image-(\w+)"', page) == pictures
    assert f"/export?album={album}" in page
    key = services.images.own_image(pictures[0], owner).key
    more = text(browser.fragment(f"/albums/{album}?after=65536.{key}"))
    assert re.findall(r'id="image-(\w+)"', more) == pictures[1:]
    assert "<html" not in more


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "9" * 30 + ".1", "-1.-1", "1.9999999999"])
def test_a_cursor_that_is_none_begins_at_the_beginning(browser, album, pictures, after):
    assert pictures[0] in text(browser.get(f"/albums/{album}?after={after}"))


@pytest.mark.parametrize(
    ("to", "places"), [("first", "102"), ("up", "102"), ("down", "021"), ("last", "021")]
)
def test_a_picture_moves(browser, services, owner, album, pictures, to, places):
    answer = browser.post(f"/albums/{album}/images/{pictures[1]}/move", {"to": to}, htmx=True)
    assert 'id="arrange"' in text(answer)
    assert order(services, owner, album) == [pictures[int(place)] for place in places]


def test_an_unknown_way_is_refused(browser, services, owner, album, pictures):
    answer = browser.post(f"/albums/{album}/images/{pictures[1]}/move", {"to": "sideways"})
    assert answer.status_code == 400
    assert order(services, owner, album) == pictures


def test_cover_and_removal_lead_back_to_where_they_were_asked(
    browser, services, owner, album, pictures
):
    for way in ("cover", "remove"):
        answer = browser.post(f"/albums/{album}/images/{pictures[2]}/{way}?after=1.1")
        assert answer.location == f"/albums/{album}?arrange=1&after=1.1"
        if way == "cover":
            assert services.library.albums.get(album, owner).cover.id == pictures[2]
    assert order(services, owner, album) == pictures[:2]
    assert services.images.own_image(pictures[2], owner).deleted is None


def test_title_and_description_change(browser, services, owner, album):
    browser.post(f"/albums/{album}", {"title": "Ponds", "description": "Small."})
    changed = services.library.albums.get(album, owner)
    assert (changed.title, changed.description) == ("Ponds", "Small.")
    answer = browser.post(f"/albums/{album}", {"title": "x" * 121})
    assert answer.status_code == 422
    assert services.library.albums.get(album, owner).title == "Ponds"


def test_deleting_is_asked_about_and_leaves_the_pictures(browser, services, owner, album, pictures):
    assert "stay in the gallery" in text(browser.get(f"/albums/{album}/delete"))
    assert browser.post(f"/albums/{album}/delete").location == "/albums"
    assert browser.get(f"/albums/{album}").status_code == 404
    assert services.gallery.count(owner) == 3


def test_a_stranger_finds_and_changes_nothing(stranger_browser, services, owner, album, pictures):
    for path in (f"/albums/{album}", f"/albums/{album}/delete"):
        assert stranger_browser.get(path).status_code == 404
    image = f"/albums/{album}/images/{pictures[0]}"
    for path, form in (
        (f"/albums/{album}", {"title": "Mine"}),
        (f"/albums/{album}/delete", {}),
        (f"{image}/cover", {}),
        (f"{image}/remove", {}),
        (f"{image}/move", {"to": "last"}),
        (f"/images/{pictures[0]}/tags", {"tags": "mine"}),
        (f"/images/{pictures[0]}/tags/remove", {"tag": "mine"}),
        (f"/images/{pictures[0]}/albums", {"album": album}),
        (f"/images/{pictures[0]}/albums", {"title": "Theirs"}),
        (f"/images/{pictures[0]}/albums/remove", {"album": album}),
    ):
        assert stranger_browser.post(path, form).status_code == 404, path
    assert order(services, owner, album) == pictures
    assert album not in text(stranger_browser.get("/albums"))


def test_nobody_sees_albums_before_signing_in(anonymous, album):
    assert anonymous.get(f"/albums/{album}").status_code in (302, 303, 401)


class TestLabels:
    def test_tags_are_added_several_at_once_and_taken_off(self, browser, services, owner, pictures):
        url = f"/images/{pictures[0]}/tags"
        fragment = text(browser.post(url, {"tags": "Sea, lake,, <i>"}, htmx=True))
        assert 'id="labels"' in fragment
        assert "&lt;i&gt;" in fragment
        browser.post(f"{url}/remove", {"tag": "sea"}, htmx=True)
        picture = services.images.own_image(pictures[0], owner)
        assert services.library.finder.details([picture])[picture.key].tags == ("<i>", "lake")

    def test_without_script_one_comes_back_to_the_picture(self, browser, pictures):
        answer = browser.post(f"/images/{pictures[0]}/tags", {"tags": "sea"})
        assert answer.location == f"/images/{pictures[0]}#labels"
        assert "Remove the tag sea" in text(browser.get(f"/images/{pictures[0]}"))

    def test_a_tag_that_can_t_be_is_told(self, browser, pictures):
        answer = browser.post(f"/images/{pictures[0]}/tags", {"tags": "x" * 65}, htmx=True)
        assert answer.status_code == 422
        assert "A tag has 1 to 64 characters" in text(answer)
        browser.post(f"/images/{pictures[0]}/tags", {"tags": "x" * 65})
        assert "A tag has 1 to 64 characters" in text(browser.get(f"/images/{pictures[0]}"))

    def test_a_picture_goes_into_an_album_and_out_of_it(self, browser, services, owner, pictures):
        album = services.library.albums.create(owner, "Harbours").id
        url = f"/images/{pictures[0]}/albums"
        assert "Take out of the album Harbours" in text(
            browser.post(url, {"album": album}, htmx=True)
        )
        assert order(services, owner, album) == pictures[:1]
        browser.post(f"{url}/remove", {"album": album})
        assert order(services, owner, album) == []

    def test_a_new_album_is_made_on_the_way(self, browser, services, owner, pictures):
        browser.post(f"/images/{pictures[0]}/albums", {"title": "Harbours"})
        made = services.library.albums.page(owner).albums[0]
        assert (made.title, made.count) == ("Harbours", 1)

    def test_no_album_is_no_answer(self, browser, pictures):
        answer = browser.post(f"/images/{pictures[0]}/albums", {"album": ""}, htmx=True)
        assert answer.status_code == 422
        assert "Choose an album" in text(answer)
