"""The templates keep their rules: fragments say what they need, and nothing inline."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
PAGES = sorted(TEMPLATES.rglob("*.html"))
FRAGMENTS = [path for path in PAGES if path.name.startswith("_")]
VOID = frozenset({"img", "input", "meta", "link", "use", "br", "rect", "circle", "path"})
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
COMMENT = re.compile(r"\{#\s*needs: .+? / (replaces|adds|takes away): .+?#\}", re.DOTALL)
LONGEST = 100


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


class Roots(HTMLParser):
    """Collects the outermost elements, in all branches of a template."""

    def __init__(self) -> None:
        super().__init__()
        self.roots: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.open:
            self.roots.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def roots_of(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    parser = Roots()
    parser.feed(JINJA.sub("x", path.read_text()))
    return parser.roots


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_a_fragment_says_what_it_needs_and_replaces(path):
    assert COMMENT.match(path.read_text())


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_a_fragment_stands_alone(path):
    text = path.read_text()
    assert "{% extends" not in text
    assert "{% block" not in text


@pytest.mark.parametrize("path", FRAGMENTS, ids=name_of)
def test_a_fragment_has_one_root_with_an_id_or_is_made_of_parts(path):
    roots = roots_of(path)
    if not roots:  # it only chooses between other fragments
        assert "{% include" in path.read_text()
        return
    if {tag for tag, _ in roots} == {"hx-partial"}:
        assert all(attributes.get("hx-target") for _, attributes in roots)
        return
    assert all(attributes.get("id") for _, attributes in roots)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_holds_nothing_that_the_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"\shx-on[:\s=]", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert "js:" not in text
    assert "javascript:" not in text
    assert not re.search(r"\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_trigger_has_no_filter(path):
    triggers = re.findall(r'hx-trigger="([^"]*)"', path.read_text())
    assert not [trigger for trigger in triggers if "[" in trigger]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_template_can_be_read_at_once(path):
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_what_htmx_posts_also_works_without_it(path):
    for tag in re.findall(r"<(?:form|a)\b[^>]*hx-post[^>]*>", path.read_text(), re.DOTALL):
        assert " action=" in tag.replace("\n", " ") or " href=" in tag.replace("\n", " ")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_form_that_posts_carries_the_token(path):
    text = path.read_text()
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.DOTALL):
        assert "{{ csrf() }}" in form


def test_every_icon_in_use_is_in_the_sprite_and_no_other():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    text = "\n".join(path.read_text() for path in PAGES)
    callers = r"\b(?:post_|compose_)?(?:icon|button|into|link)"
    calls = re.findall(callers + r"\(((?:[^()]|\([^()]*\))*)\)", text)
    calls += re.findall(r"set picture = (\{.*\})\[", text)  # the theme's three
    words = set(re.findall(r"[\"']([a-z0-9-]+)[\"']", " ".join(calls)))
    plain = set(re.findall(r"\bicon\(\"([a-z0-9-]+)\"\)", text))
    assert plain <= sprite
    assert sprite <= words


def test_every_sheet_and_script_that_a_layout_names_is_there():
    text = "\n".join(path.read_text() for path in PAGES)
    for path in re.findall(r"static_url\(['\"]([\w./-]+)['\"]\)", text):
        assert (STATIC / path).is_file()
