"""What sets up programs that upload."""

import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from webapp.web.uploaders import PLACEHOLDER, UPLOADERS, bookmark

PATH = "/settings/uploaders"
TOKEN = re.compile(r"easel_[\w-]{43}")


def token_in(text):
    found = TOKEN.search(text)
    assert found is not None
    return found[0]


def test_the_page_offers_each_of_them(browser):
    page = browser.get(PATH).get_data(as_text=True)
    for uploader in UPLOADERS.values():
        assert f"{PATH}/{uploader.name}" in page
    assert not TOKEN.search(page)


def test_sharex_gets_what_it_needs(browser, services):
    answer = browser.post(f"{PATH}/sharex")
    assert answer.headers["Content-Disposition"] == "attachment; filename=easel.sxcu"
    assert answer.headers["Cache-Control"] == "no-store"
    facts = json.loads(answer.get_data())
    assert facts["RequestURL"] == "http://localhost/api/images"
    assert facts["FileFormName"] == "image"
    assert facts["URL"] == "{json:sizes.w1920}"
    secret = token_in(facts["Headers"]["Authorization"])
    assert services.tokens.check(secret).scopes == {"images:write"}


def test_the_token_of_an_uploader_ends_after_a_year(browser, services):
    answer = browser.post(f"{PATH}/shell")
    expires = services.tokens.check(token_in(answer.get_data(as_text=True))).expires
    assert expires is not None
    assert 364 <= (expires - datetime.now(UTC)).days <= 365


@pytest.mark.parametrize("name", UPLOADERS)
def test_each_download_has_a_token_of_its_own(browser, services, owner, name):
    first, second = (browser.post(f"{PATH}/{name}").get_data(as_text=True) for _ in range(2))
    assert token_in(first) != token_in(second)
    titles = {token.name for token in services.tokens.own(owner)}
    assert titles == {UPLOADERS[name].title}


@pytest.mark.parametrize("name", UPLOADERS)
def test_without_a_token_there_is_a_place_for_it(browser, services, owner, name):
    assert PLACEHOLDER in browser.get(f"{PATH}/{name}").get_data(as_text=True)
    assert not services.tokens.own(owner)


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_other(browser, method):
    assert getattr(browser, method)(f"{PATH}/telepathy").status_code == 404


@pytest.mark.parametrize("name", ["flameshot", "shell"])
def test_the_scripts_are_plain_sh(tmp_path, name):
    script = tmp_path / "script.sh"
    script.write_text(UPLOADERS[name].write("http://127.0.0.1/api/images", PLACEHOLDER))
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here: apt install nodejs")
@pytest.mark.parametrize(
    ("selected", "images", "opened"),
    [
        ("https://a.example/b.png ", [], "https://a.example/b.png"),
        ("some words", [("s.png", 1, 1), ("l.png", 9, 9)], "l.png"),
        ("", [], "https://page.example/?a=b&c"),
    ],
)
def test_the_bookmark_finds_the_picture(selected, images, opened):
    shown = [{"currentSrc": name, "width": w, "height": h} for name, w, h in images]
    text = bookmark("http://localhost/upload?url=").removeprefix("javascript:")
    page = f"""
        globalThis.getSelection = () => {json.dumps(selected)};
        globalThis.document = {{images: {json.dumps(shown)}, contentType: "text/html"}};
        globalThis.location = {{href: "https://page.example/?a=b&c"}};
        globalThis.open = (url) => console.log(new URL(url).searchParams.get("url"));
        {text}"""
    told = subprocess.run(["node", "-e", page], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == opened


def test_what_an_uploader_sends_is_unlisted_and_its_address_opens_for_anybody(
    app, services, owner, a_picture
):
    headers = {"Authorization": f"Bearer {services.tokens.create(owner, 'x', ['images:write'])}"}
    form = {"image": (io.BytesIO(a_picture), "shot.png"), "visibility": "unlisted"}
    answer = app.test_client().post("/api/images", data=form, headers=headers)
    assert (answer.status_code, answer.get_json()["visibility"]) == (201, "unlisted")
    url = answer.get_json()["sizes"]["w1920"]
    assert app.test_client().get(url.removeprefix("http://localhost")).status_code == 200


def test_an_upload_for_nobody_in_particular_is_not_kept(app, services, owner, a_picture):
    headers = {"Authorization": f"Bearer {services.tokens.create(owner, 'x', ['images:write'])}"}
    form = {"image": (io.BytesIO(a_picture), "shot.png"), "visibility": "everybody"}
    answer = app.test_client().post("/api/images", data=form, headers=headers)
    assert "visibility" in answer.get_json()["errors"]
    assert not services.images.get_images(owner).pictures
