"""What nginx answers without Easel."""

import pytest

pytestmark = pytest.mark.slow

TYPES = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}
OF_A_SERVER = {"date", "server", "connection", "etag", "last-modified", "x-cache", "accept-ranges"}


def test_nginx_finds_nothing_to_say_against_the_configuration(site):
    assert site.nginx.warnings == ""


def test_what_was_asked_for_once_is_answered_without_easel(own_site):
    site = own_site
    uid = site.shared()
    stranger = site.stranger()
    asked = [address for address, _ in site.addresses(uid)]
    first = {address: stranger.get(address) for address in asked}
    assert {answer.headers["x-cache"] for answer in first.values()} <= {"miss", "hit"}
    assert site.server.stop() == 0
    for address in asked:
        again = stranger.get(address)
        assert (again.status, again.body) == (200, first[address].body)
        assert again.headers["x-cache"] == "hit"
    for other in (
        "/",
        f"/t/w320/{uid}.webp",
        f"{asked[0]}?v=1",
        f"{asked[0]}?x=1",
        f"/t/w160/{uid}",
    ):
        assert stranger.get(other).status == 502


def test_nginx_says_of_a_picture_what_easel_says(site):
    uid = site.shared()
    stranger = site.stranger()
    for address, keeping in site.addresses(uid):
        easel = stranger.get(address)
        nginx = stranger.get(address)
        assert "last-modified" in nginx.headers, "nginx has not answered this"
        assert nginx.headers["cache-control"] == keeping
        assert nginx.headers["x-cache"] == "hit"
        assert nginx.body == easel.body
        of_easel, of_nginx = (
            {name: value for name, value in answer.headers.items() if name not in OF_A_SERVER}
            for answer in (easel, nginx)
        )
        assert of_nginx == of_easel


@pytest.mark.parametrize("extension", TYPES)
def test_each_format_has_its_type(site, extension):
    uid = site.shared()
    stranger = site.stranger()
    stranger.get(f"/t/w160/{uid}.{extension}")
    again = stranger.get(f"/t/w160/{uid}.{extension}")
    assert "last-modified" in again.headers
    assert again.headers["content-type"] == TYPES[extension]


def test_head_range_and_304_are_answered_from_the_file(site):
    stranger = site.stranger()
    for address, keeping in site.addresses(site.shared()):
        whole = stranger.get(address).body
        tag = stranger.get(address).headers["etag"]
        head = stranger.ask("HEAD", address)
        assert (head.status, head.headers["content-length"]) == (200, str(len(whole)))
        part = stranger.get(address, range="bytes=3-9")
        assert (part.status, part.body) == (206, whole[3:10])
        same = stranger.get(address, if_none_match=tag)
        assert (same.status, same.body) == (304, b"")
        for answer in (head, part, same):
            assert answer.headers["last-modified"]
            assert answer.headers["cache-control"] == keeping
            assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_other_methods_are_refused_by_easel_also_where_there_is_a_file(site):
    address = f"/t/w160/{site.shared()}.webp"
    site.stranger().get(address)
    refused = site.stranger().ask("PUT", address, accept="application/json")
    assert refused.status == 405
    assert refused.headers["content-type"] == "application/problem+json"


def test_easel_answers_as_ever_where_nginx_may_not_read_the_files(site):
    uid = site.shared()
    address = f"/t/w160/{uid}.webp"
    right = site.stranger().get(address).body
    (name,) = site.files(uid)
    (site.shown / "public" / uid[:2] / uid / name).chmod(0)
    answer = site.stranger().get(address)
    assert (answer.status, answer.body) == (200, right)
