import runpy
from pathlib import Path

import pytest

from webapp.imaging.grammar import TOKENS

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(DOCS / "scripts" / "operations.py"), run_name="operations")


def test_the_page_of_operations_is_what_the_grammar_says(script):
    assert (DOCS / "operations.md").read_text("utf-8") == script["page"]()


def test_every_operation_that_can_be_seen_has_its_picture(script):
    seen = {token.word for token in TOKENS} - script["UNSEEN"]
    assert {path.stem for path in (DOCS / "img" / "operations").glob("*.webp")} == seen
