from dataclasses import replace

import pytest

from tests.blueprints.api.conftest import problem


@pytest.fixture
def asked(services, owner, wish):
    for prompt in ("a lake", "a hill", "a lake", "a red lake"):
        started = services.generator.start(owner, replace(wish, prompt=prompt, count=1))
    return started


def test_each_prompt_stands_once_with_how_often_it_was_asked_for(api, asked):
    items = api.get("/api/prompts").get_json()["items"]
    told = [(item["prompt"], item["count"]) for item in items]
    assert told == [("a red lake", 1), ("a lake", 2), ("a hill", 1)]
    assert items[0]["image"] == asked.pictures[0].id
    assert items[0]["last"].endswith("Z")


def test_prompts_come_page_by_page(api, asked):
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = api.get(f"/api/prompts?limit=1&cursor={cursor}").get_json()
        seen += [item["prompt"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert seen == ["a red lake", "a lake", "a hill"]


def test_prompts_can_be_searched(api, asked):
    items = api.get("/api/prompts?q=red").get_json()["items"]
    assert [item["prompt"] for item in items] == ["a red lake"]


@pytest.mark.parametrize("cursor", ["x", "%", "\N{EURO SIGN}", "A" * 4999, "LTE"])
def test_a_cursor_that_is_none_is_refused(api, cursor):
    problem(api.get("/api/prompts", query_string={"cursor": cursor}), 400, "invalid")


def test_prompts_are_a_persons_own(stranger_api, asked):
    assert stranger_api.get("/api/prompts").get_json()["items"] == []
