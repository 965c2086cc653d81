"""Styles and scripts keep their rules: colours are tokens, one file speaks to htmx."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
BEHAVIOURS = sorted((STATIC / "js" / "behaviours").glob("*.js"))
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|"
    r"(?<![\w-])(?:white|black|red|green|blue|grey|gray|orange|yellow)(?![\w-])",
    re.IGNORECASE,
)
LONGEST_SHEET, LONGEST_BEHAVIOUR = 150, 60


def name_of(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", [p for p in SHEETS if p.name != "tokens.css"], ids=name_of)
def test_colours_stand_in_the_tokens_alone(path):
    assert COLOUR.findall(without_comments(path)) == []


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_a_sheet_is_short_and_knows_its_layer(path):
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_SHEET
    assert "@layer" in text


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_every_token_in_use_is_defined(path):
    text = "\n".join(sheet.read_text() for sheet in SHEETS)
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", path.read_text())) <= defined


def test_every_ratio_that_a_tile_can_have_has_its_class():
    from webapp.web.filters import RATIOS  # noqa: PLC0415  # the one word shared with Python

    text = (STATIC / "css" / "layout.css").read_text()
    assert all(f".r{ratio} " in text for ratio in RATIOS)


@pytest.mark.parametrize("path", [p for p in SCRIPTS if p.name != "main.js"], ids=name_of)
def test_only_one_script_names_events_of_htmx(path):
    assert "htmx:" not in path.read_text()


@pytest.mark.parametrize("path", BEHAVIOURS, ids=name_of)
def test_a_behaviour_is_short(path):
    assert len(path.read_text().splitlines()) <= LONGEST_BEHAVIOUR


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_needs_no_evaluation_and_no_inline_style(path):
    text = path.read_text()
    assert not re.search(
        r"\beval\(|new Function|innerHTML\s*=|insertAdjacentHTML|"
        # One property, by name, is nothing that the policy forbids.
        r"\.style\.(?!(?:set|get)Property(?:Value)?\()|\.style\s*=",
        text,
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_imports_lead_to_files_that_are_there(path):
    for target in re.findall(r'from "([^"]+)"', path.read_text()):
        assert (path.parent / target).is_file()


def test_vendored_files_are_as_they_were_published():
    notes = (STATIC / "vendor" / "README.md").read_text()
    listed = re.findall(r"^([0-9a-f]{64})  (\S+)$", notes, re.MULTILINE)
    assert len(listed) >= 3
    for digest, name in listed:
        content = (STATIC / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        integrity = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert f"sha384-{integrity}  {name}" in notes


@pytest.mark.parametrize("name", ["vendor/htmx-LICENSE.txt", "font/OFL.txt", "icons-LICENSE.txt"])
def test_licences_travel_with_what_they_cover(name):
    assert (STATIC / name).stat().st_size > 200
