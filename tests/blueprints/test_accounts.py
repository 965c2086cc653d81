import re
import time
from collections.abc import Iterator

import pytest

from tests.conftest import Browser
from webapp.extensions import limiter

PASSWORD = "charlie's password"


class Form:
    """The sign-in form in a browser of its own."""

    def __init__(self, client):
        self.client = client

    def send(self, username, password, path="/login", **more):
        page = self.client.get(path).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"username": username, "password": password, "csrf_token": token[1], **more}
        return self.client.post("/login", data=form)

    def is_in(self):
        return self.client.get("/settings").status_code == 200


@pytest.fixture
def form(app, stranger):
    return Form(app.test_client())


@pytest.fixture
def _limited(app, monkeypatch) -> Iterator[None]:
    """Count attempts while the clock stands: all of a test happens within a minute."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def test_the_right_password_signs_in(form):
    answer = form.send("charlie", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert form.is_in()


@pytest.mark.parametrize(
    ("name", "password"),
    [("charlie", "guess"), ("nobody", PASSWORD), ("", ""), ("owner", ""), ("charlie", "")],
)
def test_anything_else_does_not_and_does_not_say_which_was_wrong(form, name, password):
    answer = form.send(name, password)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "The user name or the password is wrong." in page
    assert password not in page or not password
    assert not form.is_in()


def test_the_name_stays_in_the_form_as_text(form):
    page = form.send('"><script>alert(1)</script>', "x").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_signing_in_leads_to_where_one_was_going(form):
    answer = form.send("charlie", PASSWORD, next="/queue?a=b")
    assert answer.location == "/queue?a=b"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", "//["]
)
def test_signing_in_never_leads_elsewhere(form, target):
    assert form.send("charlie", PASSWORD, next=target).location == "/"
    assert form.client.get("/login", query_string={"next": target}).location == "/"


def test_the_form_remembers_where_one_was_going(form):
    page = form.client.get("/login?next=/queue%3Fa%3Db").get_data(as_text=True)
    assert 'name="next" value="/queue?a=b"' in page


def test_a_new_session_has_a_new_key(form, app):
    form.client.get("/login")
    before = cookie(form.client)
    form.send("charlie", PASSWORD)
    first = cookie(form.client)
    form.client.post("/logout", data={"csrf_token": token_of(form.client)})
    form.send("charlie", PASSWORD)
    assert len({before, first, cookie(form.client)}) == 3


def cookie(client):
    found = client.get_cookie("easel_session")
    return None if found is None else found.value


def token_of(client):
    page = client.get("/settings").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(form):
    header = form.send("charlie", PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_signing_out_kills_the_session_wherever_its_cookie_is(app, form):
    form.send("charlie", PASSWORD)
    stolen = app.test_client()
    stolen.set_cookie("easel_session", cookie(form.client))
    assert Form(stolen).is_in()
    answer = form.client.post("/logout", data={"csrf_token": token_of(form.client)})
    assert (answer.status_code, answer.location) == (303, "/login")
    assert not form.is_in()
    assert not Form(stolen).is_in()


def test_signing_out_twice_is_fine(form):
    page = form.client.get("/login").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert form.client.post("/logout", data={"csrf_token": token}).status_code == 303


@pytest.mark.usefixtures("_limited")
def test_guessing_is_braked(form):
    statuses = [form.send("charlie", f"guess {number}").status_code for number in range(11)]
    assert statuses[:10] == [422] * 10
    assert statuses[10] == 429
    answer = form.send("charlie", PASSWORD)
    assert answer.status_code == 429
    assert "Wait a minute" in answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) > 0
    assert form.client.get("/login").status_code == 200


def test_a_link_signs_in_once_and_leaves_the_address(services, app, owner):
    token = services.accounts.sign_in_link()
    first, second = app.test_client(), app.test_client()
    answer = first.get(f"/welcome?token={token}")
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert Form(first).is_in()
    answer = second.get(f"/welcome?token={token}")
    assert answer.status_code == 410
    assert "easel login-link" in answer.get_data(as_text=True)
    assert not Form(second).is_in()


def test_whoever_has_a_password_goes_on_to_the_gallery(services, app, stranger):
    token = services.accounts.sign_in_link("charlie")
    assert app.test_client().get(f"/welcome?token={token}").location == "/"


def test_looking_at_a_link_does_not_use_it_up(services, app):
    token = services.accounts.sign_in_link()
    app.test_client().head(f"/welcome?token={token}")
    assert app.test_client().get(f"/welcome?token={token}").status_code == 303


def test_a_link_is_in_no_page_and_no_referrer(services, app):
    client = app.test_client()
    token = services.accounts.sign_in_link()
    answer = client.get(f"/welcome?token={token}")
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert token not in client.get("/welcome").get_data(as_text=True)


def test_welcome_without_a_link_is_for_those_who_are_in(anonymous, browser):
    assert anonymous.get("/welcome").location == "/login"
    assert "Choose a password" in browser.get("/welcome").get_data(as_text=True)


def test_a_password_can_be_chosen_on_arrival(services, browser):
    assert browser.post("/welcome", {"new_password": "a fine password"}).location == "/"
    assert services.accounts.check_password("owner", "a fine password")
    assert browser.get("/settings").status_code == 200


def test_a_short_password_is_refused_on_arrival(services, browser):
    answer = browser.post("/welcome", {"new_password": "short"})
    assert answer.status_code == 422
    assert "8 to 1024 characters" in answer.get_data(as_text=True)
    assert not services.accounts.named("owner").has_password


def test_a_browser_left_open_is_not_enough_to_take_an_account_over(services, form):
    form.send("charlie", PASSWORD)
    fields = {"new_password": "taken over by now", "csrf_token": token_of(form.client)}
    assert form.client.post("/welcome", data=fields).location == "/settings"
    assert services.accounts.check_password("charlie", PASSWORD)


def test_a_forgotten_password_can_be_replaced_after_a_link(services, stranger_browser):
    assert "current_password" not in stranger_browser.get("/settings").get_data(as_text=True)
    answer = stranger_browser.post("/settings/password", {"new_password": "one I remember"})
    assert answer.status_code == 303
    assert services.accounts.check_password("charlie", "one I remember")


def test_pages_ask_for_as_many_characters_as_are_wanted(browser):
    for path in ("/welcome", "/settings"):
        assert "At least 8 characters" in browser.get(path).get_data(as_text=True)


class TestSettings:
    def test_the_page_shows_who_is_in_and_what_is_set_up(self, browser):
        page = browser.get("/settings").get_data(as_text=True)
        assert "<b>owner</b>" in page
        assert "Plain" in page

    def test_a_theme_is_kept_and_used(self, services, browser):
        assert browser.post("/settings/theme", {"theme": "dark"}).status_code == 303
        assert 'data-theme="dark"' in browser.get("/").get_data(as_text=True)
        assert services.accounts.named("owner").theme == "dark"

    def test_a_theme_that_is_none_is_refused(self, browser):
        assert browser.post("/settings/theme", {"theme": "pink"}).status_code == 400

    @pytest.fixture
    def stranger_browser(self, form):
        """Return a browser in which the stranger has signed in by password."""
        form.send("charlie", PASSWORD)
        return Browser(form.client)

    def test_a_new_password_needs_the_current_one(self, services, stranger_browser):
        form = {"current_password": "wrong", "new_password": "a new password"}
        answer = stranger_browser.post("/settings/password", form)
        assert answer.status_code == 422
        assert "not your current password" in answer.get_data(as_text=True)
        assert services.accounts.check_password("charlie", PASSWORD)

    def test_a_first_password_needs_none(self, services, browser):
        answer = browser.post("/settings/password", {"new_password": "a first password"})
        assert answer.location == "/settings"
        assert services.accounts.check_password("owner", "a first password")

    def test_a_new_password_signs_out_the_other_browsers(
        self, services, app, stranger, stranger_browser
    ):
        other = Form(app.test_client())
        other.send("charlie", PASSWORD)
        form = {"current_password": PASSWORD, "new_password": "a new password"}
        assert stranger_browser.post("/settings/password", form).status_code == 303
        assert not other.is_in()
        assert stranger_browser.get("/settings").status_code == 200
        assert services.accounts.check_password("charlie", "a new password")

    def test_a_new_password_that_is_too_short_is_refused(self, services, stranger_browser):
        form = {"current_password": PASSWORD, "new_password": "short"}
        answer = stranger_browser.post("/settings/password", form)
        assert answer.status_code == 422
        assert "short" not in answer.get_data(as_text=True).replace("shortcut", "")

    @pytest.mark.usefixtures("_limited")
    def test_guessing_the_current_password_is_braked(self, stranger_browser):
        form = {"current_password": "guess", "new_password": "a new password"}
        statuses = [
            stranger_browser.post("/settings/password", form).status_code for _ in range(11)
        ]
        assert (statuses[0], statuses[-1]) == (422, 429)
