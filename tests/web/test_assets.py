import re

import pytest

from webapp.web.assets import fingerprint


def version_of(world):
    page = world.anonymous().get("/login").get_data(as_text=True)
    found = re.search(r"/static/v(\w+)/", page)
    assert found is not None
    return found[1]


def test_a_file_under_its_right_address_is_kept_for_ever(world):
    with world.anonymous().get(f"/static/v{version_of(world)}/icons.svg") as answer:
        assert answer.status_code == 200
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == 31_536_000
        assert "Set-Cookie" not in answer.headers


def test_under_an_old_address_it_is_asked_for_again(world):
    with world.anonymous().get("/static/vold/icons.svg") as answer:
        assert answer.status_code == 200
        assert not answer.cache_control.immutable
        assert answer.cache_control.max_age == 0


def test_whoever_has_it_is_told_so(world):
    path = f"/static/v{version_of(world)}/icons.svg"
    client = world.anonymous()
    with client.get(path) as answer:
        etag = answer.headers["ETag"]
    with client.get(path, headers={"If-None-Match": etag}) as answer:
        assert answer.status_code == 304


def test_a_change_of_any_file_changes_the_address(tmp_path):
    (tmp_path / "css").mkdir()
    file = tmp_path / "css" / "a.css"
    file.write_text("a", "utf-8")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    file.write_text("ab", "utf-8")
    changed = fingerprint(tmp_path)
    (tmp_path / "b.js").write_text("", "utf-8")
    assert len({before, changed, fingerprint(tmp_path)}) == 3


def test_a_page_can_t_name_a_file_that_is_not_there(world):
    with world.app.test_request_context("/login"):
        static_url = world.app.jinja_env.globals["static_url"]
        with pytest.raises(FileNotFoundError, match="missing"):
            static_url("css/nothing.css")


@pytest.mark.parametrize("path", ["/login", "/", "/create", "/settings", "/system/patterns"])
def test_every_file_that_a_page_names_is_there(world, path):
    client = world.anonymous() if path == "/login" else world.owner.client
    page = client.get(path).get_data(as_text=True)
    names = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert names
    for name in names:
        with world.anonymous().get(name) as answer:
            assert answer.status_code == 200, name
