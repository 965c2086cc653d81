"""The page of webhooks: adding, testing, changing, and what was told."""

import re

import pytest

from webapp.providers.base.reach import Answer
from webapp.services.webhooks.events import EVENTS
from webapp.services.webhooks.shelf import GONE

URL = "https://hooks.example/easel"


@pytest.fixture
def hook(services, owner):
    """Return a webhook of the owner's, whose receiver is played by the test, and its answers."""
    answers = [200]
    services.webhooks.sender._post = lambda *_: Answer(answers[0], b"<b>thanks</b>")
    made, _ = services.webhooks.shelf.create(owner, URL, [*EVENTS])
    return made, answers


def page_of(answer, status=200):
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_settings_lead_there(browser):
    assert 'href="/settings/webhooks"' in page_of(browser.get("/settings"))


def test_a_secret_is_shown_once(browser, services, owner):
    made = page_of(browser.post("/settings/webhooks", {"url": URL, "events": ["image.created"]}))
    secret = re.findall(r"whsec_[\w+/=]+", made)[0]
    (hook,) = services.webhooks.shelf.all(owner)
    assert hook.events == ("image.created",)
    for path in ("/settings/webhooks", f"/settings/webhooks/{hook.id}"):
        page = page_of(browser.get(path))
        assert URL in page
        assert secret not in page


def test_a_page_with_a_secret_is_kept_by_nobody(browser):
    answer = browser.post("/settings/webhooks", {"url": URL, "events": ["image.created"]})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_mistake_is_told_and_what_was_typed_stays(browser, services, owner):
    page = page_of(browser.post("/settings/webhooks", {"url": "http://10.0.0.1/x"}), 422)
    assert 'value="http://10.0.0.1/x"' in page
    assert "private network" in page
    page = page_of(browser.post("/settings/webhooks", {"url": URL}), 422)
    assert "Choose at least one event." in page
    assert services.webhooks.shelf.all(owner) == ()


def test_a_test_shows_up_in_the_log(browser, hook):
    path = f"/settings/webhooks/{hook[0].id}"
    assert browser.post(f"{path}/test").headers["Location"].endswith(f"{path}#log")
    page = page_of(browser.get(path))
    assert "<code>ping</code>" in page
    assert "&lt;b&gt;thanks&lt;/b&gt;" in page
    assert page.count("Tell again") == 1


def test_telling_again_adds_to_the_log(browser, services, owner, hook):
    services.webhooks.log.test(hook[0].id, owner)
    (first,) = services.webhooks.log.page(hook[0].id, owner).deliveries
    path = f"/settings/webhooks/{hook[0].id}/deliveries/{first.id}/redeliver"
    assert browser.post(path).status_code == 303
    assert len(services.webhooks.log.page(hook[0].id, owner).deliveries) == 2


def test_the_log_alone_is_for_pages_that_wait(browser, services, owner, hook):
    services.webhooks.log.test(hook[0].id, owner)
    path = f"/settings/webhooks/{hook[0].id}/deliveries"
    fragment = page_of(browser.fragment(path))
    assert fragment.lstrip().startswith("<section")
    assert "hx-trigger" not in fragment
    assert "<html" in page_of(browser.get(path))


def test_a_log_in_which_something_waits_asks_again(browser, services, owner, hook):
    services.jobs._runner.send = lambda _ids: None
    services.webhooks.log.test(hook[0].id, owner)
    page = page_of(browser.get(f"/settings/webhooks/{hook[0].id}"))
    assert 'hx-trigger="every 1s"' in page
    assert "It is on its way." in page


def test_a_long_log_has_pages(browser, services, owner, hook):
    for _ in range(21):
        services.webhooks.log.test(hook[0].id, owner)
    page = page_of(browser.get(f"/settings/webhooks/{hook[0].id}"))
    assert page.count('class="delivery"') == 20
    older = re.findall(r'href="([^"]+cursor=[^"]+)"', page)[0]
    assert page_of(browser.get(older)).count('class="delivery"') == 1


def test_it_is_changed(browser, services, owner, hook):
    path = f"/settings/webhooks/{hook[0].id}"
    sent = {"url": URL + "/2", "events": ["image.deleted"]}
    assert browser.post(path, sent).status_code == 303
    found = services.webhooks.shelf.get(hook[0].id, owner)
    assert (found.url, found.events) == (URL + "/2", ("image.deleted",))
    page = page_of(browser.post(path, {"url": "no address", "events": ["image.deleted"]}), 422)
    assert 'value="no address"' in page
    assert services.webhooks.shelf.get(hook[0].id, owner).url == URL + "/2"


def test_it_is_switched_off_and_on(browser, services, owner, hook):
    path = f"/settings/webhooks/{hook[0].id}"
    browser.post(f"{path}/switch")
    assert "This webhook is switched off." in page_of(browser.get(path))
    assert "Switched off" in page_of(browser.get("/settings/webhooks"))
    browser.post(f"{path}/test")
    assert "Switch it on first." in page_of(browser.get(path))
    browser.post(f"{path}/switch", {"on": "1"})
    assert services.webhooks.shelf.get(hook[0].id, owner).is_active


def test_one_that_easel_switched_off_says_why(browser, services, owner, hook):
    hook[1][0] = 410
    services.webhooks.log.test(hook[0].id, owner)
    for path in ("/settings/webhooks", f"/settings/webhooks/{hook[0].id}"):
        assert GONE in page_of(browser.get(path))


def test_a_new_secret_is_shown_once(browser, hook):
    path = f"/settings/webhooks/{hook[0].id}"
    assert "whsec_" in page_of(browser.post(f"{path}/rotate"))
    assert "whsec_" not in page_of(browser.get(path))


def test_it_is_deleted(browser, services, owner, hook):
    path = f"/settings/webhooks/{hook[0].id}"
    assert browser.post(f"{path}/delete").headers["Location"].endswith("/settings/webhooks")
    assert services.webhooks.shelf.all(owner) == ()
    assert browser.get(path).status_code == 404


def test_strangers_find_nothing(stranger_browser, services, owner, hook):
    services.webhooks.log.test(hook[0].id, owner)
    (first,) = services.webhooks.log.page(hook[0].id, owner).deliveries
    path = f"/settings/webhooks/{hook[0].id}"
    assert URL not in page_of(stranger_browser.get("/settings/webhooks"))
    assert stranger_browser.get(path).status_code == 404
    assert stranger_browser.get(f"{path}/deliveries").status_code == 404
    ends = ("switch", "rotate", "delete", "test", f"deliveries/{first.id}/redeliver")
    for end in ("", *(f"/{name}" for name in ends)):
        sent = {"url": URL, "events": ["image.created"]}
        assert stranger_browser.post(path + end, sent).status_code == 404
    assert services.webhooks.shelf.get(hook[0].id, owner).revision == hook[0].revision


def test_nobody_else_is_let_in(anonymous, hook):
    assert anonymous.get("/settings/webhooks").status_code in (303, 401)
    assert anonymous.post(f"/settings/webhooks/{hook[0].id}/delete").status_code in (303, 400, 401)
