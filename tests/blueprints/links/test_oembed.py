"""oEmbed: programs learn of an address what guests may see there, and no more."""

import json
import re
from urllib.parse import quote

import pytest

HOST = "http://localhost"


def ask(client, path, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return client.get(f"/oembed?url={quote(HOST + path, safe='')}{query}")


def test_a_share_page_is_described_and_its_picture_is_there(anonymous, link, sharing, owner):
    key = link(name="For Ann")
    answer = ask(anonymous, f"/s/{key}")
    told = answer.get_json()
    assert (told["type"], told["version"], told["title"]) == ("photo", "1.0", "For Ann")
    assert (told["width"], told["height"]) == (600, 400)
    assert answer.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert "Set-Cookie" not in answer.headers
    picture = anonymous.get(told["url"].removeprefix(HOST))
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert sharing.links.get(key, owner).views == 0


@pytest.mark.parametrize(
    ("limits", "size"),
    [
        ({"maxwidth": 500}, (480, 320)),
        ({"maxheight": 110}, (160, 107)),
        ({"maxwidth": 320, "maxheight": 1000}, (320, 213)),
        ({"maxwidth": 5000}, (600, 400)),
    ],
)
def test_the_picture_fits_into_what_is_asked_for(anonymous, link, limits, size):
    told = ask(anonymous, f"/s/{link()}", **limits).get_json()
    assert (told["width"], told["height"]) == size


def test_nothing_larger_than_asked_for_is_given(anonymous, link):
    assert ask(anonymous, f"/s/{link()}", maxwidth=20).status_code == 404


@pytest.mark.parametrize("value", ["0", "-1", "x", "1e3"])
def test_a_size_that_is_none_is_told(anonymous, link, value):
    assert ask(anonymous, f"/s/{link()}", maxwidth=value).status_code == 400


def test_xml_says_the_same_and_names_are_text(anonymous, link):
    key = link(name="<b>&</b>")
    answer = ask(anonymous, f"/s/{key}", format="xml")
    assert answer.mimetype == "text/xml"
    text = answer.get_data(as_text=True)
    assert "<title>&lt;b&gt;&amp;&lt;/b&gt;</title>" in text
    told = ask(anonymous, f"/s/{key}").get_json()
    assert re.findall(r"<(\w+)>[^<]*</\1>", text) == sorted(told, key=list(told_order()).index)


def told_order():
    return (
        "type",
        "version",
        "title",
        "url",
        "width",
        "height",
        "provider_name",
        "provider_url",
        "cache_age",
    )


def test_another_format_is_not_implemented(anonymous, link):
    assert ask(anonymous, f"/s/{link()}", format="yaml").status_code == 501


def test_the_prompt_is_told_only_where_the_link_says_so(anonymous, link, services, owner, picture):
    assert ask(anonymous, f"/s/{link()}").get_json()["title"] == "A picture"
    told = ask(anonymous, f"/s/{link(metadata='full')}").get_json()
    assert told["title"] == "a secret lake"
    services.images.set_visibility(picture.id, owner, "public")
    answer = ask(anonymous, f"/t/w320/{picture.id}.webp")
    assert answer.status_code == 200
    assert "secret" not in json.dumps(answer.get_json())


def test_what_guests_can_t_see_is_not_described_to_anybody(
    anonymous, browser, sharing, owner, link, picture
):
    revoked = link()
    sharing.links.revoke(revoked, owner)
    for client in (anonymous, browser):
        assert ask(client, f"/t/w320/{picture.id}.webp").status_code == 404
        assert ask(client, f"/s/{link(password='open sesame')}").status_code == 404
        assert ask(client, f"/s/{link(max_views=3)}").status_code == 404
        assert ask(client, f"/s/{revoked}").status_code == 410


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://[",
        "https://elsewhere.example/s/zzzzzzzzzzz",
        "http://localhost/",
        "http://localhost/settings",
        "http://localhost/s/zzzzzzzzzzz",
        "http://localhost/t/w320/",
        "ftp://localhost/s/zzzzzzzzzzz",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_shared_picture_of_ours_is_not_there(anonymous, url):
    answer = anonymous.get(f"/oembed?url={quote(url, safe='')}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_a_share_page_leads_to_its_description(anonymous, link):
    html = anonymous.get(f"/s/{link()}").get_data(as_text=True)
    found = re.search(r'type="application/json\+oembed"\s+href="([^"]+)"', html)
    assert found is not None
    address = found[1].replace("&amp;", "&").removeprefix(HOST)
    assert anonymous.get(address).get_json()["type"] == "photo"
