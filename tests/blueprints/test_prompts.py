from dataclasses import replace

import pytest

from webapp.jobs import NullRunner


@pytest.fixture
def runner():
    return NullRunner()


def text(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def ask(services, owner, wish):
    return lambda prompt: services.generator.start(owner, replace(wish, prompt=prompt))


def test_what_was_asked_is_there_and_can_be_searched(browser, stranger_browser, ask):
    for prompt in ("a red kite", "a blue kite", "100% rye"):
        ask(prompt)
    assert "a red kite" in text(browser.get("/prompts"))
    found = text(browser.fragment("/prompts?q=KITE+red"))
    assert "a red kite" in found
    assert "a blue kite" not in found
    assert "<html" not in found
    assert "100% rye" in text(browser.get("/prompts?q=%25"))
    assert "a red kite" not in text(browser.get("/prompts?q=%25"))
    assert "You have not asked for" in text(browser.get("/prompts?q=zeppelin"))
    assert "kite" not in text(stranger_browser.get("/prompts"))


def test_history_comes_in_pages(browser, ask, services, owner):
    for number in range(45):
        ask(f"prompt number {number}")
    page = text(browser.get("/prompts"))
    cursor = services.prompts.history_page(owner).next_cursor
    assert f"before={cursor}" in page
    more = text(browser.fragment(f"/prompts?before={cursor}"))
    assert more.count("prompt number") == 5
    assert 'hx-target="#prompt-rows"' in more


def test_a_dynamic_prompt_is_spelled_out(browser):
    query = {"prompt": "a {red|<blue>} kite"}
    for answer in (
        browser.fragment("/prompts/expansions", query_string=query),
        browser.post("/prompts/expansions", query, htmx=True),
    ):
        assert "2 prompts" in text(answer)
        assert "a &lt;blue&gt; kite" in text(answer)
        assert "<html" not in text(answer)
    assert "<html" in text(browser.get("/prompts/expansions", query_string=query))


def test_more_than_the_cap_is_counted(browser):
    page = text(browser.fragment("/prompts/expansions", query_string={"prompt": "{a|b}" * 40}))
    assert "A billion prompts or more" in page
    assert "First 8" in page
