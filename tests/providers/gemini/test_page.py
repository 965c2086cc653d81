import json
import re
import runpy
from pathlib import Path

import pytest

from webapp.providers import providers_from

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(DOCS / "scripts" / "providers.py"), run_name="providers")


@pytest.fixture(scope="module")
def text():
    return (DOCS / "providers.md").read_text("utf-8")


def test_the_page_of_providers_says_what_the_tables_and_the_tests_say(script, text):
    assert script["page"](text) == text


def test_the_page_has_a_place_for_every_table(script, text):
    for name in script["TABLES"]:
        for edge in ("begin", "end"):
            assert script["MARK"].format(edge=edge, name=name) in text


@pytest.mark.parametrize("setting", ["API_KEY", "BASE_URL", "API_VERSION", "TIMEOUT"])
def test_every_setting_of_gemini_is_explained(text, setting):
    assert f"`EASEL_GEMINI__{setting}`" in text


def test_the_example_of_a_table_is_one_that_is_taken(text):
    example = re.search(r"EASEL_MODELS='(.*?)'", text, re.DOTALL)
    assert example
    sections = {"gemini": {"api_key": "x"}}
    made = providers_from(lambda name: sections.get(name, {}), example[1])
    assert set(json.loads(example[1])["gemini"]) <= {caps.id for caps in made["gemini"].models()}
