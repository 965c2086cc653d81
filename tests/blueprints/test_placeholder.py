from io import BytesIO

import pytest
from PIL import Image as PillowImage


@pytest.fixture
def anonymous(world):
    return world.anonymous()


@pytest.fixture
def ask(anonymous):
    return anonymous.get


def shown(answer):
    image = PillowImage.open(BytesIO(answer.get_data()))
    image.load()
    return image


@pytest.mark.parametrize(
    ("spec", "size", "kind"),
    [
        ("600x400", (600, 400), "PNG"),
        ("600x400/", (600, 400), "PNG"),
        ("1x1", (1, 1), "PNG"),
        ("2000x2000.webp", (2000, 2000), "WEBP"),
        ("2000x1.jpg", (2000, 1), "JPEG"),
        ("3x2.JPEG", (3, 2), "JPEG"),
        ("3x2.gif", (3, 2), "GIF"),
        ("3x2.avif", (3, 2), "AVIF"),
        ("007x05", (7, 5), "PNG"),
    ],
)
def test_it_has_the_size_and_format_asked_for(ask, spec, size, kind):
    answer = ask(f"/placeholder/{spec}")
    assert answer.status_code == 200
    assert (shown(answer).size, shown(answer).format) == (size, kind)


@pytest.mark.parametrize(
    "spec",
    [
        *("0x1", "1x0", "2001x1", "1x2001", "99999x99999", "x", "10", "10x", "axb", "-1x1"),
        *("1x1.", "1.5x2", "10X10", "1x1x1", "1x1.png.webp", "100000x1", "%00x1"),
    ],
)
def test_a_size_that_can_t_be_is_refused(ask, spec):
    answer = ask(f"/placeholder/{spec}")
    assert answer.status_code == 400
    assert answer.get_data(as_text=True) == "Invalid image request"
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(
    ("query", "named"),
    [("bg=red", "'red'"), ("fg=12345", "'12345'"), ("bg=%3Cscript%3E", "script"), ("bg=", "''")],
)
def test_a_colour_that_is_none_is_named(ask, query, named):
    answer = ask(f"/placeholder/20x20?{query}")
    assert answer.status_code == 400
    assert named in answer.get_data(as_text=True)
    assert answer.mimetype == "text/plain"


def test_an_extension_that_is_none_is_named(ask):
    answer = ask("/placeholder/20x20.svg")
    assert answer.status_code == 400
    assert "svg" in answer.get_data(as_text=True)


def test_colours_are_those_asked_for(ask):
    image = shown(ask("/placeholder/40x40?bg=ff8800&text=")).convert("RGB")
    assert image.getcolors() == [(1600, (255, 136, 0))]
    short = shown(ask("/placeholder/40x40?bg=f80&text=")).convert("RGB")
    assert short.getcolors() == image.getcolors()


def test_the_size_stands_in_the_middle_unless_a_text_is_given(ask):
    plain = shown(ask("/placeholder/400x200")).convert("L")
    left, top, right, bottom = plain.getbbox()
    assert abs((left + right) / 2 - 200) < 8
    assert abs((top + bottom) / 2 - 100) < 12
    assert ask("/placeholder/400x200").get_data() != ask("/placeholder/400x200?text=Hi").get_data()
    same = ask("/placeholder/400x200?text=400+X+200").get_data()
    assert ask("/placeholder/400x200").get_data() == same


def test_a_text_that_does_not_fit_is_left_out(ask):
    assert len(shown(ask("/placeholder/10x10?text=Supercalifragilistic")).getcolors()) == 1


@pytest.mark.parametrize("text", ["<script>", "👩‍🎨", "مرحبا", "%00", "x" * 3000, "a%0Ab", "%FF"])
def test_any_text_gives_a_picture(ask, text):
    assert shown(ask(f"/placeholder/300x80?text={text}")).size == (300, 80)


def test_it_is_kept_for_an_hour_by_anybody(ask):
    answer = ask("/placeholder/60x40")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary


def test_whoever_has_it_already_is_told_so(ask):
    etag = ask("/placeholder/60x40").headers["ETag"]
    answer = ask("/placeholder/60x40", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.get_data()) == (304, b"")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    other = ask("/placeholder/60x41", headers={"If-None-Match": etag})
    assert other.status_code == 200


def test_head_and_parts_work(ask, anonymous):
    whole = ask("/placeholder/60x40").get_data()
    head = anonymous.head("/placeholder/60x40")
    assert int(head.headers["Content-Length"]) == len(whole)
    part = ask("/placeholder/60x40", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.get_data()) == (206, b"\x89PNG\r\n\x1a\n")


def test_the_page_shows_how_with_an_example_that_works(ask):
    page = ask("/placeholder/").get_data(as_text=True)
    assert "1 to 2000" in page
    assert "http://localhost/placeholder/480x270.png" in page
    assert shown(ask("/placeholder/480x270.png?bg=1f6f6a&text=Hello")).size == (480, 270)


def test_the_page_is_found_without_its_slash(ask):
    assert ask("/placeholder").status_code in (301, 308)
