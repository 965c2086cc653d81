from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import InvalidError
from webapp.imaging.presets import PRESETS, box
from webapp.services.images.embeds import CROPS, KINDS, WIDTHS, EmbedChoice, choice_of, embed
from webapp.services.pictures import Picture

PICTURE = Picture(
    id="abcdefghijk", created=datetime(2026, 11, 21, tzinfo=UTC), width=3000, height=2000
)


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def code_of(picture, **choice):
    return embed(
        picture,
        EmbedChoice(**choice),
        url_of=lambda preset: f"https://easel.example/t/{preset}/{picture.id}.webp?v=1&x=2",
        size_of=lambda preset: box(PRESETS[preset], picture.width, picture.height),
    )


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300))
def test_html_code_is_one_image_whatever_the_prompt_says(prompt):
    page = Tags(code_of(replace(PICTURE, prompt=prompt)).code)
    assert page.text == ""
    ((tag, attributes),) = page.tags
    assert tag == "img"
    assert set(attributes) == {"src", "srcset", "width", "height", "loading", "alt"}
    assert attributes["src"] == "https://easel.example/t/w640/abcdefghijk.webp?v=1&x=2"
    said = " ".join(prompt.split())
    assert attributes["alt"] == (said if len(said) <= 240 else said[:239].rstrip() + "…")


@given(st.text(st.sampled_from("\\[]()!*_`<>#&;\"' \nab…"), min_size=1, max_size=40))
def test_markdown_code_is_one_image_whatever_the_prompt_says(prompt):
    code = code_of(replace(PICTURE, prompt=prompt), kind="markdown").code
    text, rest = markdown_image(code)
    assert rest == "(https://easel.example/t/w640/abcdefghijk.webp?v=1&x=2)"
    assert text == " ".join(prompt.split())


def markdown_image(code):
    """Read `![text]` as Markdown does; return the text without escapes, and what follows."""
    assert code.startswith("![")
    text, place = "", 2
    while code[place] != "]":
        assert code[place] not in "[<>*_`\n"
        place += code[place] == "\\"
        text += code[place]
        place += 1
    return text, code[place + 1 :]


def test_the_url_alone_can_be_had():
    made = code_of(PICTURE, kind="url", width=320)
    assert made.code == made.url == "https://easel.example/t/w320/abcdefghijk.webp?v=1&x=2"


@pytest.mark.parametrize("crop", [crop for crop, _ in CROPS])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_choice_has_a_preset_of_that_size(crop, width):
    made = code_of(PICTURE, crop=crop, width=width)
    ratio = {"original": 1.5, "square": 1, "wide": 16 / 9}[crop]
    assert made.size == (width, round(width / ratio))
    ((_, attributes),) = Tags(made.code).tags
    assert (attributes["width"], attributes["height"]) == tuple(map(str, made.size))


def test_a_sharper_picture_is_offered_where_there_is_one():
    assert "w1280" in code_of(PICTURE, width=640).code
    assert "srcset" not in code_of(PICTURE, width=1280).code


def test_a_small_picture_is_offered_in_its_own_size_alone():
    made = code_of(replace(PICTURE, width=200, height=100), width=640)
    assert made.size == (200, 100)
    assert "srcset" not in made.code


@pytest.mark.parametrize(("visibility", "visible"), [("private", False), ("unlisted", True)])
def test_it_says_whether_others_can_see_it(visibility, visible):
    assert code_of(replace(PICTURE, visibility=visibility)).is_visible is visible


def test_a_choice_is_read_from_a_form():
    assert choice_of("320", "square", "markdown") == EmbedChoice(320, "square", "markdown")
    assert {kind for kind, _ in KINDS} == {"html", "markdown", "url"}


@pytest.mark.parametrize(
    ("width", "crop", "kind"),
    [
        ("", "original", "html"),
        ("641", "original", "html"),
        ("1e9", "original", "html"),
        ("-320", "original", "html"),
        ("٣٢٠", "original", "html"),
        ("640", "circle", "html"),
        ("640", "original", "bbcode"),
        ("640", "", ""),
    ],
)
def test_a_choice_that_is_not_on_offer_is_refused(width, crop, kind):
    with pytest.raises(InvalidError):
        choice_of(width, crop, kind)
