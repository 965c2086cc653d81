import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from webapp.providers.sketch.provider import SketchProvider
from webapp.services.images.edit_wishes import Edit

KEPT = "Kept as a new picture."
WHOLE = {"left": "0", "top": "0", "width": "100", "height": "100"}


@pytest.fixture
def picture(services, owner):
    file = io.BytesIO()
    Image.new("RGB", (800, 400), "teal").save(file, "PNG")
    return services.images.add_image(owner, file.getvalue(), filename="teal.png")


@pytest.fixture
def path(picture):
    return f"/images/{picture.id}/edit"


@pytest.fixture
def finish(services, picture):
    services.catalogue._providers["sketch"] = SketchProvider()
    return f"/images/{picture.id}/finish"


@pytest.fixture
def newest(services, owner):
    return lambda: services.images.get_images(owner).pictures[0]


def text(answer):
    return answer.get_data(as_text=True)


class TestPage:
    def test_it_leads_to_all_that_can_be_made_of_a_picture(self, browser, picture, path):
        page = text(browser.get(path))
        for name in ("edit", "variations", "reference"):
            assert f'href="/create?{name}={picture.id}"' in page
        assert "Crop and turn" in page

    def test_htmx_gets_the_inside_of_a_dialog(self, browser, path):
        page = text(browser.fragment(path))
        assert 'id="edit"' in page
        assert "<html" not in page

    def test_finishes_are_offered_where_the_model_is(self, browser, path, finish):
        page = text(browser.get(path))
        assert 'name="finish" value="stained glass"' in re.sub(r"\s+", " ", page)

    def test_without_the_model_nothing_is_said_of_finishes(self, browser, path):
        assert "Finishes" not in text(browser.get(path))

    def test_a_picture_in_the_trash_has_to_be_put_back(
        self, services, browser, owner, picture, path
    ):
        services.images.delete_image(picture.id, owner)
        answer = browser.get(path)
        assert answer.status_code == 200
        assert "in the trash" in text(answer)
        assert "edit-form" not in text(answer)
        assert browser.post(path, WHOLE | {"turn": "90"}).status_code == 422
        assert browser.post(path.replace("edit", "finish"), {"finish": "oil"}).status_code == 422

    def test_a_pending_one_has_to_be_waited_for(self, world):
        page = text(world.owner.get(f"/images/{world.pending}/edit"))
        assert "still being made" in page

    def test_strangers_find_nothing(self, services, owner, stranger_browser, picture, path):
        services.images.set_visibility(picture.id, owner, "public")
        assert stranger_browser.get(path).status_code == 404
        assert stranger_browser.post(path, {"turn": "90"}).status_code == 404
        assert stranger_browser.post(path.replace("edit", "finish")).status_code == 404


class TestCrop:
    def test_the_result_is_shown_as_a_new_picture(
        self, services, browser, owner, picture, path, newest
    ):
        sent = {"left": "25", "top": "0", "width": "50,0", "height": "100 %", "turn": "0"}
        answer = browser.post(path, sent)
        made = newest()
        assert (made.width, made.height) == (400, 400)
        assert answer.status_code == 303
        assert answer.location == f"/images/{made.id}"
        assert KEPT in text(browser.get(answer.location))
        assert services.images.own_image(picture.id, owner) == picture

    def test_htmx_is_sent_there_too(self, browser, path, newest):
        answer = browser.post(path, WHOLE | {"turn": "90", "mirror": "1"}, htmx=True)
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == f"/images/{newest().id}"
        assert newest().parameters == {"turn": "90°", "mirror": "left to right"}

    def test_what_is_left_out_is_the_whole(self, browser, path, newest):
        assert browser.post(path, {"flip": "1"}).status_code == 303
        assert newest().parameters == {"flip": "top to bottom"}

    @pytest.mark.parametrize("htmx", [False, True])
    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"width": "wide"}, "Give a number from 0 to 100."),
            ({"width": ""}, "Give a number from 0 to 100."),
            ({"left": "101"}, "Give a number from 0 to 100."),
            ({"left": "-1"}, "Give a number from 0 to 100."),
            ({"left": "9" * 5000}, "Give a number from 0 to 100."),
            ({"left": "60", "width": "60"}, "reaches beyond the picture"),
            ({"height": "0"}, "larger than 0 %"),
            ({"ratio": "7:5"}, "Choose one of the shapes"),
            ({"ratio": "<b>"}, "Choose one of the shapes"),
            ({"turn": "45"}, "turned by 90, 180 or 270"),
            ({"turn": "left"}, "turned by 90, 180 or 270"),
            ({}, "Nothing would change."),
        ],
    )
    def test_bad_values_are_told_in_a_form_that_is_kept(
        self, browser, path, newest, picture, sent, said, htmx
    ):
        answer = browser.post(path, WHOLE | sent, htmx=htmx)
        assert answer.status_code == 422
        assert said in text(answer)
        assert ("<html" in text(answer)) is not htmx
        assert newest() == picture

    def test_a_refused_form_keeps_what_was_written(self, browser, path):
        page = text(browser.post(path, WHOLE | {"width": 'wi"de', "ratio": "16:9", "flip": "1"}))
        assert 'value="wi&#34;de"' in page
        assert re.search(r'value="16:9"\s+checked', page)
        assert re.search(r'id="crop-flip"[^>]*checked', page)

    def test_a_preview_shows_the_box_and_keeps_nothing(self, browser, path, newest, picture):
        sent = WHOLE | {"ratio": "1:1", "turn": "90", "preview": "1"}
        answer = browser.post(path, sent)
        assert answer.status_code == 200
        assert 'd="M0 0H100V100H0ZM25.0 0.0h50.0v100.0h-50.0Z"' in text(answer)
        assert "400 \N{MULTIPLICATION SIGN} 400" in text(answer)
        assert "translate(400 0) rotate(90) translate(-200 0)" in text(answer)
        assert newest() == picture


class TestFinish:
    def test_it_starts_a_picture_and_goes_there(self, browser, finish, newest):
        answer = browser.post(finish, {"finish": "oil", "strength": "40"})
        assert answer.location == f"/images/{newest().id}"
        assert newest().parameters["finish"] == "oil"

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"finish": "gold"},
            {"finish": "oil", "strength": "101"},
            {"finish": "oil", "strength": "x"},
        ],
    )
    def test_what_makes_no_sense_is_refused(self, browser, finish, newest, picture, sent):
        for htmx in (False, True):
            answer = browser.post(finish, sent, htmx=htmx)
            assert answer.status_code == 422
            assert "edit-finish-error" in text(answer)
        assert newest() == picture


class TestImagePage:
    def test_an_upload_offers_what_can_be_done_with_it(self, browser, picture):
        page = text(browser.get(f"/images/{picture.id}"))
        for word in ("Variations", "Edit", "Use as reference", "Embed", "Download"):
            assert word in page
        assert "Use again" not in page
        assert "Where it belongs" not in page

    def test_its_lineage_tells_what_it_was_made_from_and_what_it_became(
        self, services, browser, owner, picture
    ):
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        page = text(browser.get(f"/images/{child.id}"))
        assert "Cropped or turned from: teal.png." in page
        assert "Made from" in page
        assert f'id="kin-{picture.id}"' in page
        page = text(browser.get(f"/images/{picture.id}"))
        assert "Became" in page
        assert re.search(rf'id="kin-{picture.id}">\s*<a [^>]*aria-current="true"', page)

    def test_a_parent_that_is_gone_is_told(self, services, browser, owner, picture):
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        services.images.delete_image(picture.id, owner)
        assert "In the trash" in text(browser.get(f"/images/{child.id}"))
        services.images.purge(picture.id, owner)
        page = text(browser.get(f"/images/{child.id}"))
        assert "Deleted" in page
        assert "Cropped or turned from: a deleted picture." in page
        assert f"/images/{picture.id}" not in page

    def test_a_recipe_can_be_run_again_from_a_node(self, services, browser, owner, wish):
        parent = services.generator.start(owner, wish).pictures[0]
        child = services.editor.edit(parent.id, owner, Edit(turn=90))
        page = text(browser.get(f"/images/{child.id}"))
        assert f'class="kin-again" href="/create?image={parent.id}"' in re.sub(r"\s+", " ", page)

    @pytest.mark.parametrize(
        ("kind", "title", "can_retry"),
        [("quota", "Nothing left at the provider", True), ("blocked", "Refused", False)],
    )
    def test_a_failure_says_what_to_do_next(
        self, services, browser, owner, wish, kind, title, can_retry
    ):
        failed = services.generator.start(owner, replace(wish, prompt=f"!{kind}")).pictures[0]
        page = text(browser.get(f"/images/{failed.id}"))
        assert title in page
        assert ("Try again<" in re.sub(r"\s+<", "<", page)) is can_retry
        assert "Edit and retry" in page
