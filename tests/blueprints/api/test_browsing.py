"""The API as pages: what browsers get, and what their forms send."""

import json
import re
import tracemalloc
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from webapp.web.browsing.linked import linked, ticked

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def page(answer, status=200):
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    return answer.get_data(as_text=True)


def found(pattern, text):
    """Return what the group of a pattern matches in a text."""
    match = re.search(pattern, text)
    assert match is not None
    return match[1]


def send(browser, path, **fields):
    return browser.client.post(path, data={"csrf_token": browser.token()} | fields)


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/api/models", BROWSER, "text/html"),
        ("/api/models", "*/*", "application/json"),
        ("/api/models", "", "application/json"),
        ("/api/models", "application/json", "application/json"),
        ("/api/models", "text/html", "text/html"),
        ("/api/models.json", BROWSER, "application/json"),
        ("/api/models.html", "application/json", "text/html"),
        ("/api/models.html/", "*/*", "text/html"),
        ("/api/models/", BROWSER, "text/html"),
        ("/api.html", "*/*", "text/html"),
        ("/api/openapi.json", BROWSER, "application/json"),
    ],
)
def test_suffix_and_accept_choose_the_form(browser, path, accept, kind):
    answer = browser.client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_both_forms_have_the_same_to_say(browser):
    answer = browser.client.get("/api/usage.json").get_json()
    shown = page(browser.client.get("/api/usage.html"))
    text = Markup(shown[shown.index("<code>") : shown.index("</code>")]).striptags()
    assert all(f'"{name}":' in text for name in answer)


def test_a_cache_is_told_that_the_form_depends_on_what_is_accepted(browser):
    for accept in (BROWSER, "*/*"):
        assert "Accept" in browser.client.get("/api/models", headers={"Accept": accept}).vary


def test_the_root_leads_to_the_resources(browser):
    shown = page(browser.client.get("/api.html"))
    assert 'href="http://localhost/api/models"' in shown
    assert 'href="http://localhost/api/generations"' in shown


def test_an_address_elsewhere_is_no_link():
    assert "<a" not in linked({"url": "http://localhost.evil.example/"}, "http://localhost")
    assert "<a" in linked({"url": "http://localhost/api"}, "http://localhost")


def test_what_people_write_is_shown_as_text():
    shown = linked({"prompt": "</code><script>alert(1)</script>", "<b>": "`x`"}, "http://localhost")
    assert "<script" not in shown
    assert "<b>" not in shown
    assert "<script" not in ticked("`<script>`")


def test_a_long_text_is_shortened_and_counted():
    shown = linked({"preview": "x" * 10_000}, "http://localhost")
    assert len(shown) < 1000
    assert re.search(r"9,7\d\d more characters", shown)


def test_a_text_too_long_to_be_a_link_is_shortened():
    shown = linked({"prompt": "http://localhost/" + "x" * 10_000}, "http://localhost")
    assert "<a" not in shown
    assert len(shown) < 1000


def test_a_picture_within_an_answer_takes_no_more_memory_than_it_has_characters():
    answer = {"image": "data:image/png;base64," + "A" * 16_000_000, "prompt": '\\"' * 100_000}
    tracemalloc.start()
    try:
        linked(answer, "http://localhost")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=40),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_nothing_is_lost_between_the_marks(value):
    text = re.sub(r"</?(?:span|a)[^>]*>", "", str(linked(value, "http://localhost")))
    assert json.loads(Markup(text).unescape()) == value


def test_a_form_makes_pictures(browser):
    shown = page(browser.client.get("/api/generations.html"))
    assert 'action="/api/generations.html"' in shown
    made = page(send(browser, "/api/generations.html", prompt="a lake", count="2"), 202)
    assert "202 Accepted" in made
    listed = browser.client.get("/api/generations.json").get_json()["items"]
    assert [(item["prompt"], item["count"]) for item in listed] == [("a lake", 2)]


def test_what_is_refused_keeps_what_was_typed(browser):
    shown = page(send(browser, "/api/generations.html", prompt="a <lake>", count="many"), 400)
    assert "a &lt;lake&gt;" in shown
    assert 'value="many"' in shown
    assert re.search(r'id="[\w-]+-error"[^>]*>This must be', shown)


def test_a_form_without_the_pages_token_changes_nothing(browser):
    answer = browser.client.post("/api/generations.html", data={"prompt": "a lake"})
    assert "This form has been open for too long" in page(answer, 400)
    assert browser.client.get("/api/generations.json").get_json()["items"] == []


class Drawn(HTMLParser):
    """What the forms of a page would send, by their addresses, if nobody changed anything."""

    def __init__(self, page):
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.kinds: dict[str, str] = {}
        self._fields: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self._fields = self.forms[values.get("action") or ""] = {}
        if name := values.get("name"):
            self._fields[name] = values.get("value") or ""
            self.kinds[name] = values.get("type", tag)
            self._open = name
        if tag == "option" and "selected" in values:
            self._fields[self._open] = values.get("value") or ""

    def handle_data(self, data):
        if self.kinds.get(self._open) == "textarea":
            self._fields[self._open] += data

    def handle_endtag(self, tag):
        if tag in ("textarea", "select"):
            self._open = ""


def changing(browser, path):
    """Return the form that changes what is at a path, as it is drawn."""
    drawn = Drawn(page(browser.client.get(f"{path}.html")))
    return drawn.forms[f"{path}.html?_method=PATCH"]


LINK = {"name": "For Ann", "expires": "2090-01-31T12:00:00Z", "max_views": 9}


@pytest.fixture
def changeable(api, services, owner, a_picture):
    """Return the addresses of things that can be changed, with every field filled in."""
    image = services.images.add_image(owner, a_picture).id
    wish = {"tags": ["Sea"], "focal_point": {"x": 0.25, "y": 0.5}}
    api.open("PATCH", f"/api/images/{image}", json=wish)
    made = {
        "albums": {"title": "Kites", "description": "Of all colours."},
        "links": LINK | {"image": image, "password": "open sesame"},
        "templates": {"title": "Kites", "sections": [{"text": "a kite"}], "description": "Fly."},
        "webhooks": {"url": "https://example.com/hook", "events": ["image.created"]},
    }
    ids = {noun: api.post(f"/api/{noun}", body).get_json()["id"] for noun, body in made.items()}
    return {noun: f"/api/{noun}/{uid}" for noun, uid in (ids | {"images": image}).items()}


@pytest.mark.parametrize("noun", ["albums", "links", "templates", "webhooks", "images"])
def test_a_form_that_is_sent_as_it_is_drawn_changes_nothing(browser, api, changeable, noun):
    path = changeable[noun]
    before = api.get(path).get_json()
    page(browser.client.post(f"{path}.html?_method=PATCH", data=changing(browser, path)))
    after = api.get(path).get_json()
    assert after == before | {name: after[name] for name in ("version", "updated") if name in after}


@pytest.mark.parametrize(
    ("noun", "name", "empty"),
    [
        ("links", "name", ""),
        ("links", "expires", None),
        ("links", "max_views", None),
        ("albums", "description", ""),
        ("templates", "description", ""),
        ("images", "tags", []),
        ("images", "focal_point", None),
    ],
)
def test_what_is_emptied_in_a_form_is_gone(browser, api, changeable, noun, name, empty):
    path = changeable[noun]
    form = changing(browser, path)
    assert form[name]
    page(browser.client.post(f"{path}.html?_method=PATCH", data=form | {name: " "}))
    assert api.get(path).get_json()[name] == empty


@pytest.mark.parametrize(
    ("noun", "name"), [("albums", "title"), ("templates", "title"), ("webhooks", "url")]
)
def test_what_is_needed_can_not_be_emptied(browser, api, changeable, noun, name):
    path = changeable[noun]
    before = api.get(path).get_json()
    form = changing(browser, path) | {name: ""}
    page(browser.client.post(f"{path}.html?_method=PATCH", data=form), 400)
    assert api.get(path).get_json() == before


def test_a_password_is_neither_shown_nor_taken_away_by_a_form(browser, api, changeable):
    path = changeable["links"]
    form = changing(browser, path)
    assert form["password"] == ""
    refused = form | {"password": "a new secret", "max_views": "many"}
    shown = page(browser.client.post(f"{path}.html?_method=PATCH", data=refused), 400)
    assert "a new secret" not in shown
    drawn = Drawn(shown)
    assert drawn.kinds["password"] == "password"
    assert drawn.forms[f"{path}.html?_method=PATCH"]["max_views"] == "many"
    page(browser.client.post(f"{path}.html?_method=PATCH", data=form))
    assert api.get(path).get_json()["has_password"]


def test_a_form_can_stand_for_another_method_behind_html_alone(browser):
    made = send(
        browser, "/api/templates.html", title="Tea", sections='[{"title": "", "text": "a cup"}]'
    )
    ref = found(r"/api/templates/([1-9A-HJ-NP-Za-km-z]{11})", made.headers["Location"])
    for path in (
        f"/api/templates/{ref}?_method=DELETE",
        f"/api/templates/{ref}.json?_method=DELETE",
    ):
        assert send(browser, path).status_code == 405
    done = send(browser, f"/api/templates/{ref}.html?_method=DELETE")
    assert "204 No Content" in page(done)
    assert browser.client.get(f"/api/templates/{ref}.json").status_code in (404, 410)


def test_getting_never_becomes_another_method(browser):
    answer = browser.client.get("/api/models.html?_method=DELETE")
    assert answer.status_code == 200


def test_a_list_leads_to_its_next_page(browser):
    for prompt in ("one", "two"):
        send(browser, "/api/generations.html", prompt=prompt)
    first = page(browser.client.get("/api/generations.html?limit=1"))
    url = Markup(found(r'href="([^"]+)">Next page', first)).unescape()
    assert '"prompt": "one"' in Markup(page(browser.client.get(url))).striptags()


def test_a_stranger_is_led_to_the_door(nobody):
    shown = page(nobody.get("/api/generations", headers={"Accept": BROWSER}), 401)
    assert "/login?next=" in shown


def test_an_address_that_is_none_is_told_as_a_page_too(browser):
    shown = page(browser.client.get("/api/nothing", headers={"Accept": BROWSER}), 404)
    assert "There is nothing at this address." in shown


def test_the_reference_needs_no_account_and_has_every_operation(nobody, app):
    document = nobody.get("/api/openapi.json").get_json()
    shown = page(nobody.get("/api/docs"))
    names = [item["operationId"] for path in document["paths"].values() for item in path.values()]
    assert len(names) > 5
    assert [name for name in names if f'id="{name}"' not in shown] == []
    assert [
        name for name in document["components"]["schemas"] if f"model-{name}" not in shown
    ] == []


def test_the_reference_fetches_nothing_from_elsewhere(nobody):
    shown = page(nobody.get("/api/docs"))
    assert re.findall(r'(?:src|href)="(?:https?:)?//(?!localhost)[^"]*"', shown) == []
