"""The page of tokens."""

import re

import pytest

PATH = "/settings/tokens"


def made(answer):
    return re.search(r'id="token-secret">(easel_[\w-]{43})<', answer.get_data(as_text=True))


def test_a_token_is_shown_once_and_works(browser, services, owner):
    form = {"name": "backup", "scopes": ["images:read", "generate"], "expires": "30"}
    answer = browser.post(PATH, form)
    secret = made(answer)[1]
    bearer = services.tokens.check(secret)
    assert (bearer.viewer, bearer.scopes) == (owner, {"images:read", "generate"})
    assert bearer.expires is not None
    assert answer.headers["Cache-Control"] == "no-store"
    listed = browser.get(PATH).get_data(as_text=True)
    assert "backup" in listed
    assert secret not in listed
    assert secret[:10] in listed


def test_one_that_never_ends_has_to_be_chosen(browser, services, owner):
    browser.post(PATH, {"name": "usual", "scopes": ["images:read"]})
    browser.post(PATH, {"name": "lasting", "scopes": ["images:read"], "expires": "never"})
    lasting, usual = services.tokens.own(owner)
    assert usual.expires is not None
    assert lasting.expires is None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "", "scopes": ["images:read"]}, "Give the token a name"),
        ({"name": "x"}, "needs a scope"),
        ({"name": "x", "scopes": ["root"]}, "Unknown scope: root"),
        ({"name": "x", "scopes": ["images:read"], "expires": "7000"}, "one of the times on offer"),
    ],
)
def test_a_mistake_is_told_and_what_was_chosen_stays(browser, services, owner, form, sentence):
    answer = browser.post(PATH, form)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert not services.tokens.own(owner)
    chosen = re.findall(r'value="([\w:]+)" checked', answer.get_data(as_text=True))
    assert set(chosen) == {"images:read"} & set(form.get("scopes", ()))


def test_members_are_not_offered_what_admins_may_do(browser, stranger_browser, services, stranger):
    assert 'value="admin"' in browser.get(PATH).get_data(as_text=True)
    assert 'value="admin"' not in stranger_browser.get(PATH).get_data(as_text=True)
    refused = stranger_browser.post(PATH, {"name": "x", "scopes": ["admin"]})
    assert refused.status_code == 422
    assert not services.tokens.own(stranger)


def test_the_page_leads_to_what_a_token_is_for(browser):
    assert 'href="/api/docs"' in browser.get(PATH).get_data(as_text=True)
    assert browser.get("/api/docs").status_code == 200


def test_a_revoked_token_is_worth_nothing(browser, services, owner):
    secret = services.tokens.create(owner, "old")
    token = services.tokens.own(owner)[0].id
    assert browser.post(f"{PATH}/{token}/revoke").status_code == 303
    assert services.tokens.check(secret) is None
    assert "revoked" in browser.get(PATH).get_data(as_text=True)


def test_others_tokens_are_neither_seen_nor_revoked(stranger_browser, services, owner):
    secret = services.tokens.create(owner, "of the owner")
    token = services.tokens.own(owner)[0].id
    assert "of the owner" not in stranger_browser.get(PATH).get_data(as_text=True)
    assert stranger_browser.post(f"{PATH}/{token}/revoke").status_code == 404
    assert services.tokens.check(secret)


def test_a_name_is_only_ever_text(browser):
    name = "<script>alert(1)</script>"
    page = browser.post(PATH, {"name": name, "scopes": ["images:read"]}).get_data(as_text=True)
    assert name not in page
    assert "&lt;script&gt;" in page


def test_strangers_are_asked_to_sign_in(anonymous):
    assert anonymous.get(PATH).status_code in (302, 303)
    assert anonymous.post(PATH, data={"name": "x"}).status_code in (302, 303, 400)
