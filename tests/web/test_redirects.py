import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.web.redirects import back, local


@pytest.fixture(scope="module")
def at(world):
    """Return what a function of redirects says during a request."""

    def at(function, *arguments, **request):
        with world.app.test_request_context("/login", **request):
            return function(*arguments)

    return at


@pytest.mark.parametrize(
    "target", ["/", "/queue", "/images/x?y=1&z=//a", "/a#b", "/ü", "/?next=http://x"]
)
def test_a_path_of_ours_is_followed(at, target):
    assert at(local, target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "queue",
        "http://evil.example/",
        "https:evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        " ///evil.example",
        "  ///evil.example",
        "  /\\\\evil.example",
        "  /queue",
        "//[",
        "http://[::1",
        "//evil.example\\@localhost/",
        "?next=/",
        "\0",
    ],
)
def test_anything_else_leads_to_the_gallery(at, target):
    assert at(local, target) == "/"


@given(st.text(st.sampled_from("/\\:@?#[]%.\t\n a\x7f"), max_size=12))
def test_no_target_leads_elsewhere(world, target):
    with world.app.test_request_context("/login"):
        path = local(target)
    assert path.startswith("/")
    assert path[1:2] not in ("/", "\\")
    assert not any(ord(letter) < 32 for letter in path)


@pytest.mark.parametrize(
    ("referrer", "target"),
    [
        ("http://localhost/queue?a=b", "/queue?a=b"),
        ("http://localhost/", "/"),
        ("http://localhost:81/queue", "/"),
        ("http://evil.example/queue", "/"),
        ("http://localhost@evil.example/queue", "/"),
        ("http://localhost//evil.example", "/"),
        ("http://localhost/\\evil.example", "/"),
        ("http://[", "/"),
        ("junk", "/"),
        ("", "/"),
    ],
)
def test_back_leads_to_a_page_of_ours_alone(at, referrer, target):
    assert at(back, headers={"Referer": referrer}) == target
