import re

import pytest

from tests.imaging.pictures import png_header
from webapp.imaging.inline import data_uri
from webapp.jobs import NullRunner
from webapp.providers.plain import png

FORM = {"prompt": "a lake at dawn", "aspect_ratio": "3:2", "count": "2", "model": "plain:plain-1"}


@pytest.fixture
def runner():
    return NullRunner()


def all_of(services, owner):
    return services.images.get_images(owner).pictures


def text(answer):
    return answer.get_data(as_text=True)


def test_a_prompt_becomes_pending_pictures_without_script(services, browser, owner):
    answer = browser.post("/generations", FORM)
    assert (answer.status_code, answer.location) == (303, "/")
    pictures = all_of(services, owner)
    assert [item.state for item in pictures] == ["pending", "pending"]
    page = text(browser.get("/"))
    for picture in pictures:
        assert f'id="image-{picture.id}"' in page
    assert "In the queue" in page


def test_htmx_gets_the_new_tiles_at_once(services, browser, owner):
    page = text(browser.post("/generations", FORM, htmx=True))
    for picture in all_of(services, owner):
        assert f'id="image-{picture.id}"' in page
    assert "<html" not in page
    assert "every 1s" in page


def test_elsewhere_than_in_the_gallery_it_is_said(browser):
    at = {"HX-Current-URL": "http://localhost/queue"}
    assert "2 images are on their way" in text(
        browser.post("/generations", FORM, htmx=True, headers=at)
    )
    at = {"HX-Current-URL": "http://localhost/?show=all"}
    assert "on their way" not in text(browser.post("/generations", FORM, htmx=True, headers=at))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"prompt": ""}, "Describe the picture first."),
        ({"prompt": " \r\n "}, "Describe the picture first."),
        ({"prompt": "x" * 10_001}, "Use at most 10,000 characters"),
        ({"count": "0"}, "Ask for 1 to 16 pictures"),
        ({"count": "17"}, "Ask for 1 to 16 pictures"),
        ({"count": "two"}, "Ask for 1 to 16 pictures"),
        ({"count": "-1"}, "Ask for 1 to 16 pictures"),
        ({"seed": "x"}, "A seed is a whole number"),
        ({"seed": "-1"}, "A seed is a whole number"),
        ({"seed": "4294967296"}, "A seed is a whole number"),
        ({"seed": "1.5"}, "A seed is a whole number"),
        ({"aspect_ratio": "7:5"}, "is not among the ratios"),
        ({"size": "8K"}, "makes pictures of size"),
        ({"model": "plain:other"}, "There is no model"),
        ({"model": "dalle"}, "There is no provider"),
        ({"template": "nope"}, "There is no template"),
        ({"template": "wide-landscape", "var_light": "lava"}, "is one of dawn"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
def test_what_can_t_be_made_is_refused_in_the_form(
    services, browser, owner, change, sentence, htmx
):
    answer = browser.post("/generations", FORM | change, htmx=htmx)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'id="composer"' in text(answer)
    assert ("<html" in text(answer)) is not htmx
    assert all_of(services, owner) == ()


def test_a_seed_that_is_none_stays_as_it_was_typed(browser):
    answer = browser.post("/generations", FORM | {"seed": "twelve"}, htmx=True)
    assert 'value="twelve"' in text(answer)


def test_the_draft_survives_a_reload(browser, stranger_browser):
    answer = browser.post("/draft", FORM | {"prompt": "half a <thought>", "seed": "7"})
    assert answer.status_code == 200
    for path in ("/", "/create", "/queue"):
        assert "half a &lt;thought&gt;" in text(browser.get(path))
    assert "thought" not in text(stranger_browser.get("/create"))


def test_what_was_sent_is_the_draft_even_where_it_was_refused(browser):
    browser.post("/generations", FORM | {"prompt": "too many kites", "count": "99"})
    assert "too many kites" in text(browser.get("/"))


def test_the_composer_can_take_up_a_template(services, browser):
    for path, ask in (("/composer", browser.fragment), ("/create", browser.get)):
        page = text(ask(f"{path}?template=wide-landscape"))
        assert 'name="var_subject"' in page
        assert services.prompts.template("wide-landscape").title in page


def test_the_composer_can_leave_a_template(browser):
    browser.post("/draft", {"template": "wide-landscape"})
    assert 'name="var_subject"' in text(browser.get("/create"))
    assert 'name="var_subject"' not in text(browser.fragment("/composer?template="))


def test_the_composer_keeps_what_was_typed_for_another_model(browser):
    form = {"model": "plain:plain-1", "prompt": "a kite", "count": "4", "seed": "9"}
    page = text(browser.post("/composer", form, htmx=True))
    assert "a kite</textarea>" in page
    assert re.search(r'value="9"', page)


def test_a_picture_can_be_used_again(services, browser, owner):
    browser.post("/generations", FORM | {"negative_prompt": "boats"})
    uid = all_of(services, owner)[0].id
    browser.post("/draft", {"prompt": "something else"})
    page = text(browser.fragment(f"/composer?image={uid}"))
    assert "a lake at dawn</textarea>" in page
    assert "boats</textarea>" in page


def test_somebody_elses_picture_can_t(services, browser, stranger_browser, owner):
    browser.post("/generations", FORM)
    uid = all_of(services, owner)[0].id
    assert stranger_browser.get(f"/create?image={uid}").status_code == 404


def test_a_template_is_filled_and_remembered(services, browser, owner):
    form = FORM | {
        "template": "wide-landscape",
        "var_subject": "dunes {light}",
        "var_light": "dusk",
    }
    browser.post("/generations", form)
    picture = all_of(services, owner)[0]
    assert "dunes {light} at dusk" in picture.prompt
    assert services.prompts.template("wide-landscape").title in text(
        browser.get(f"/images/{picture.id}")
    )


def test_past_prompts_are_shown(services, browser, stranger_browser, owner):
    browser.post("/generations", FORM)
    stranger_browser.post("/generations", FORM | {"prompt": "somebody's secret"})
    page = text(browser.get("/create"))
    assert "Asked before" in page
    assert "somebody's secret" not in page
    assert "somebody&#39;s secret" not in page


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
def test_work_can_be_stopped_and_begun_again(services, browser, owner, htmx):
    browser.post("/generations", FORM)
    uid = all_of(services, owner)[0].id
    answer = browser.post(f"/images/{uid}/cancel", htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert services.images.get_image(uid, owner).error_kind == "cancelled"
    if htmx:
        assert "Cancelled" in text(answer)
    answer = browser.post(f"/images/{uid}/retry", htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert services.images.get_image(uid, owner).is_pending


def test_without_script_one_comes_back_to_where_one_was(services, browser, owner):
    browser.post("/generations", FORM)
    uid = all_of(services, owner)[0].id
    at = {"Referer": "http://localhost/queue"}
    assert browser.post(f"/images/{uid}/cancel", headers=at).location == "/queue"


def test_what_can_t_be_tried_again_says_so(services, browser, owner):
    browser.post("/generations", FORM)
    uid = all_of(services, owner)[0].id
    answer = browser.post(f"/images/{uid}/retry", htmx=True)
    assert answer.status_code == 400
    assert "Only a picture that could not be made" in text(answer)


class TestQueue:
    def test_it_shows_the_work_by_state(self, services, browser, owner):
        assert "Nothing is being made" in text(browser.get("/queue"))
        browser.post("/generations", FORM)
        uid = all_of(services, owner)[0].id
        services.generator.cancel(uid, owner)
        page = text(browser.get("/queue"))
        assert "Waiting" in page
        assert "Without a picture" in page
        assert "<html" not in text(browser.fragment("/queue"))

    def test_the_navigation_counts_what_waits(self, browser):
        browser.post("/generations", FORM)
        badge = re.search(r'id="nav-badge"[^>]*>\s*([^<]*)', text(browser.get("/")))
        assert badge is not None
        assert "2" in badge[1] or "2" in text(browser.get("/")).split('id="nav-badge"')[1][:200]


class TestLive:
    def version(self, browser):
        found = re.search(r"/live\?v=(\d+)", text(browser.get("/")))
        assert found is not None
        return int(found[1])

    def test_nothing_new_is_nothing(self, browser):
        answer = browser.fragment(f"/live?v={self.version(browser)}")
        assert (answer.status_code, answer.get_data()) == (204, b"")
        assert answer.headers["Cache-Control"] == "no-store"

    def test_what_is_new_arrives(self, services, browser, owner):
        before = self.version(browser)
        browser.post("/generations", FORM)
        page = text(browser.fragment(f"/live?v={before}"))
        for picture in all_of(services, owner):
            assert f'id="image-{picture.id}"' in page
        assert f"/live?v={self.version(browser)}" in page

    def test_what_is_ready_is_told(self, services, browser, owner):
        browser.post("/generations", FORM | {"count": "1"})
        before = self.version(browser)
        services.maker.run(services.jobs.claim(1, "me"))
        page = text(browser.fragment(f"/live?v={before}"))
        assert "The image is ready" in page
        assert f"/t/w640/{all_of(services, owner)[0].id}.webp" in page

    def test_what_is_deleted_goes_away(self, services, browser, owner, a_picture):
        uid = services.images.add_image(owner, a_picture).id
        before = self.version(browser)
        services.images.delete_image(uid, owner)
        page = text(browser.fragment(f"/live?v={before}"))
        assert f'<li id="image-{uid}" hidden></li>' in page

    def test_nobody_hears_of_others(self, services, browser, stranger_browser):
        before = self.version(stranger_browser)
        browser.post("/generations", FORM)
        assert stranger_browser.fragment(f"/live?v={before}").status_code == 204

    def test_too_much_at_once_asks_for_the_page_anew(self, browser):
        answer = browser.fragment("/live?v=999999")
        assert answer.headers["HX-Refresh"] == "true"


def test_health_is_told_to_anybody(anonymous, browser):
    assert anonymous.get("/healthz").json == {"status": "ok"}
    browser.post("/generations", FORM)
    assert anonymous.get("/readyz").json["jobs"]["queued"] == 2


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [(png_header(9990, 9990), "has too many pixels"), (b"no picture", "can&#39;t be read")],
    ids=["large", "none"],
)
def test_a_mask_that_can_t_be_used_is_refused_at_its_place(
    services, browser, owner, mask, sentence
):
    picture = services.images.add_image(owner, png(60, 40, b"abc"))
    sent = {"reference": picture.id, "mask": data_uri(mask, "image/png")}
    answer = browser.post("/generations", FORM | sent, htmx=True)
    assert answer.status_code == 422
    place = text(answer).partition('id="composer-mask-error"')[2]
    assert sentence in place.partition("</p>")[0]
    assert [item.id for item in all_of(services, owner)] == [picture.id]


@pytest.mark.parametrize("path", ["/", "/create"])
def test_the_first_templates_are_offered(browser, services, owner, path):
    offered = services.prompts.cards(owner)
    page = text(browser.get(path))
    assert len(offered) == len([card for card in offered if card.title in page]) > 0
