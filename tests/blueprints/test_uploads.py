import base64
import json
import re
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.imaging.pictures import encoded, gif_bomb, noise, png_header, webp_bomb
from tests.services.uploads.archives import zipped
from webapp.blueprints import uploads as views
from webapp.errors import InvalidError, TooLargeError, UpstreamError, UpstreamTimeoutError
from webapp.providers.plain import png
from webapp.services.uploads import archives, uploads
from webapp.services.uploads.staging import Arrival

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHOTO = encoded(noise(90, 60), "JPEG")
TEXT = base64.b64encode(PHOTO).decode()


def file(data, name="a.png"):
    return (BytesIO(data), name)


def all_of(services, owner):
    return services.images.get_images(owner).pictures


@pytest.fixture(autouse=True)
def _nothing_is_left(settings):
    yield
    folder = settings.data_dir / ".incoming"
    assert not folder.exists() or not list(folder.iterdir())


class TestFiles:
    def test_several_pictures_are_kept_at_once(self, services, browser, owner):
        answer = browser.post(
            "/images", {"image": [file(PHOTO, "one.jpg"), file(png(9, 9, b"abc"))]}
        )
        assert (answer.status_code, answer.location) == (303, "/")
        assert [item.filename for item in all_of(services, owner)] == ["a.png", "one.jpg"]
        assert "2 pictures were added." in browser.get("/").get_data(as_text=True)

    def test_htmx_gets_the_new_tiles(self, services, browser, owner):
        answer = browser.post("/images", {"image": file(PHOTO)}, htmx=True)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert f'id="image-{all_of(services, owner)[0].id}"' in page
        assert "<html" not in page

    @pytest.mark.parametrize(
        ("data", "name", "status", "sentence"),
        [
            (b"", "a.png", 422, "empty"),
            (PHOTO[:-300], "a.jpg", 422, "damaged"),
            (SVG, "a.svg", 422, "not a picture"),
            (SVG, "a.png", 422, "not a picture"),
            (b"<html><script>alert(1)</script></html>", "a.png", 422, "not a picture"),
            (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a.jpg", 422, "not a picture"),
            (b"GIF89a", "a.gif", 422, "damaged|not a picture"),
            (png_header(20_000, 15_000), "a.png", 422, "too (many|large)"),
            (webp_bomb(), "a.webp", 422, "too (many|large)"),
            (gif_bomb(9000, 400), "a.gif", 422, "too (many|large)"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 51_000_000, "a.png", 413, "50 MB"),
        ],
        ids=[
            *("empty", "cut", "svg", "svg as png", "html", "eps", "gif", "300 MP"),
            *("webp bomb", "gif bomb", "51 MB"),
        ],
    )
    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    def test_what_is_no_fit_picture_is_refused_with_a_reason(
        self, services, browser, owner, data, name, status, sentence, htmx
    ):
        # Encoded here: the test client would leave a temporary file open for a large one.
        boundary, body = encode_multipart({"image": FileStorage(BytesIO(data), name)})
        kind = f"multipart/form-data; boundary={boundary}"
        answer = browser.post("/images", body, htmx=htmx, content_type=kind)
        assert answer.status_code == status
        assert re.search(sentence, answer.get_data(as_text=True))
        assert all_of(services, owner) == ()
        assert not list(services.images._blobs.keys())

    def test_a_wrong_extension_does_no_harm(self, services, browser, owner):
        browser.post("/images", {"image": file(PHOTO, "photo.png")})
        picture = all_of(services, owner)[0]
        assert picture.format == "jpeg"
        assert picture.blob_key.endswith(".jpg")
        with browser.get(f"/images/{picture.id}/original") as answer:
            assert answer.mimetype == "image/jpeg"

    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    def test_a_bad_file_does_not_hold_up_the_good_ones(self, services, browser, owner, htmx):
        files = [file(PHOTO, "good.jpg"), file(SVG, "bad<b>.svg"), file(png(9, 9, b"abc"))]
        answer = browser.post("/images", {"image": files}, htmx=htmx)
        assert answer.status_code == (200 if htmx else 303)
        assert len(all_of(services, owner)) == 2
        page = (answer if htmx else browser.get("/")).get_data(as_text=True)
        assert "bad&lt;b&gt;.svg: This is not a picture" in page

    @pytest.mark.parametrize("form", [{}, {"image": (BytesIO(b""), "")}, {"url": " "}])
    def test_an_empty_form_is_asked_for_pictures(self, services, browser, owner, form):
        answer = browser.post("/images", form, htmx=True)
        assert answer.status_code == 422
        assert "Choose one or more pictures first." in answer.get_data(as_text=True)
        assert all_of(services, owner) == ()

    def test_a_body_beyond_all_reason_is_refused_unread(self, browser, app):
        app.config["MAX_CONTENT_LENGTH"] = 1000
        answer = browser.post("/images", {"image": file(b"x" * 5000)})
        assert answer.status_code == 413
        assert "send less at once" in answer.get_data(as_text=True)


class TestAgain:
    def test_the_same_picture_twice_is_kept_once(self, services, browser, owner):
        for told in ("One picture was added.", "One picture was already in your gallery."):
            browser.post("/images", {"image": file(PHOTO)})
            assert told in browser.get("/").get_data(as_text=True)
        assert len(all_of(services, owner)) == 1

    def test_htmx_is_led_to_the_picture_that_is_there(self, services, browser, owner):
        browser.post("/images", {"image": file(PHOTO)})
        page = browser.post("/images", {"image": file(PHOTO)}, htmx=True).get_data(as_text=True)
        assert "Already in your gallery." in page
        assert f"/images/{all_of(services, owner)[0].id}" in page
        assert "<li" not in page

    def test_one_in_the_trash_comes_back(self, services, browser, owner):
        kept = services.images.add_image(owner, PHOTO)
        services.images.delete_image(kept.id, owner)
        page = browser.post("/images", {"image": file(PHOTO)}, htmx=True).get_data(as_text=True)
        assert "Back from the trash." in page
        assert f'id="image-{kept.id}"' in page
        assert [item.id for item in all_of(services, owner)] == [kept.id]

    def test_several_are_counted(self, browser):
        browser.post("/images", {"image": file(PHOTO)})
        files = [file(PHOTO), file(png(9, 9, b"abc")), file(png(9, 9, b"abd")), file(SVG, "x.svg")]
        page = browser.post("/images", {"image": files}, htmx=True).get_data(as_text=True)
        assert "2 added, 1 already in your gallery, 1 not kept." in " ".join(page.split())
        assert "x.svg: This is not a picture" in page


class TestTexts:
    @pytest.mark.parametrize("head", ["", "data:image/jpeg;base64,"])
    @pytest.mark.parametrize("kind", ["multipart", "form", "json"])
    def test_a_picture_may_come_as_a_text(self, services, browser, owner, head, kind):
        values = {"image": head + TEXT}
        options: Any = {
            "multipart": {"data": values, "content_type": "multipart/form-data"},
            "form": {"data": values, "content_type": "application/x-www-form-urlencoded"},
            "json": {"data": json.dumps(values), "content_type": "application/json"},
        }[kind]
        assert browser.post("/images", **options, htmx=True).status_code == 200
        (picture,) = all_of(services, owner)
        assert services.images.original_bytes(picture) == PHOTO

    @pytest.mark.parametrize("text", ["x", "data:text/html;base64,AAAA", "\N{SNOWMAN}" * 3])
    @pytest.mark.parametrize("kind", ["multipart", "form", "json"])
    def test_a_text_that_is_none_is_refused(self, browser, text, kind):
        values = {"image": text}
        data = json.dumps(values) if kind == "json" else values
        kinds = {
            "multipart": "multipart/form-data",
            "form": "application/x-www-form-urlencoded",
            "json": "application/json",
        }
        answer = browser.post(
            "/images", data, content_type=kinds[kind], headers={"Accept": "application/json"}
        )
        assert answer.status_code == 400
        assert answer.get_json()["errors"] == {"image": ["invalid_image"]}

    @pytest.mark.parametrize(
        "body",
        [b"[" * 60_000, b"", b"{", b'{"image": "QUJD', b'{"image": "\\ud800"}', b'{"image": 5}'],
    )
    def test_a_body_that_is_no_json_is_refused(self, browser, body):
        answer = browser.post("/images", body, content_type="application/json", htmx=True)
        assert answer.status_code in (400, 422)

    @pytest.mark.parametrize("kind", ["text/plain", "image/png", "multipart/form-data", "x"])
    def test_a_body_of_another_kind_is_refused(self, browser, kind):
        assert browser.post("/images", b"abc", content_type=kind).status_code == 400

    def test_a_text_that_is_too_long_is_refused_unread(self, browser, services, monkeypatch):
        monkeypatch.setattr(services.uploads, "max_bytes", 1000)
        body = json.dumps({"image": "A" * 100_000})
        answer = browser.post("/images", body, content_type="application/json", htmx=True)
        assert answer.status_code == 413


class TestToken:
    @pytest.mark.parametrize("form", [{}, {"csrf_token": "x"}])
    def test_nothing_is_kept_without_it(self, services, browser, owner, form):
        answer = browser.client.post("/images", data={"image": file(PHOTO), **form})
        assert answer.status_code == 400
        assert all_of(services, owner) == ()

    def test_it_may_be_in_the_form(self, services, browser, owner):
        form = {"image": file(PHOTO), "csrf_token": browser.token()}
        assert browser.client.post("/images", data=form).status_code == 303
        assert len(all_of(services, owner)) == 1

    def test_strangers_are_asked_to_sign_in(self, anonymous):
        assert "/login" in anonymous.post("/images", data={"image": file(PHOTO)}).location
        assert "/login" in anonymous.get("/upload").location


class TestAddress:
    def test_a_picture_is_fetched(self, services, browser, owner, monkeypatch):
        def fetched(url, files, *, most_bytes, seconds):
            path = files.new()
            path.write_bytes(PHOTO)
            return Arrival(path, "a.jpg", "url")

        monkeypatch.setattr(uploads, "fetched", fetched)
        browser.post("/images", {"url": "https://pictures.example/a.jpg"})
        assert [item.filename for item in all_of(services, owner)] == ["a.jpg"]

    @pytest.mark.parametrize(
        ("error", "status"),
        [
            (InvalidError("It is private.", code="private_address"), 422),
            (TooLargeError("It is large."), 413),
            (UpstreamError("It is odd."), 502),
            (UpstreamTimeoutError("It is late."), 504),
        ],
    )
    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    def test_what_goes_wrong_is_told(self, browser, monkeypatch, error, status, htmx):
        def fetched(*_, **__):
            raise error

        monkeypatch.setattr(uploads, "fetched", fetched)
        answer = browser.post("/images", {"url": "https://pictures.example/a.jpg"}, htmx=htmx)
        assert answer.status_code == status
        assert str(error) in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        "url",
        [
            *("http://127.0.0.1/", "http://localhost:8000/", "http://2130706433/", "http://[::1]/"),
            *("http://169.254.169.254/latest/meta-data", "http://0x7f.1/", "file:///etc/passwd"),
            *("http://user:secret@example.org/", "javascript:alert(1)", "x" * 5000),
        ],
    )
    def test_an_address_in_here_is_refused(self, browser, url):
        answer = browser.post("/images", {"url": url}, htmx=True)
        assert answer.status_code == 422
        assert "secret" not in answer.get_data(as_text=True).split("upload-bad")[1]

    def test_a_page_that_refuses_one_keeps_it_in_the_form(self, browser):
        answer = browser.post("/images", {"url": "http://10.0.0.1/lake.png"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "This address leads into a private network" in page
        assert 'value="http://10.0.0.1/lake.png"' in page
        assert '<form class="upload-form"' in page

    def test_programs_are_refused_one_in_json(self, browser):
        url = {"url": "http://10.0.0.1/lake.png"}
        answer = browser.post("/images", url, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")

    def test_one_that_is_filled_in_is_not_fetched(self, browser, monkeypatch):
        monkeypatch.setattr(uploads, "fetched", lambda *_, **__: pytest.fail("it was"))
        page = browser.get('/upload?url=https://a.example/"><script>').get_data(as_text=True)
        assert 'value="https://a.example/&#34;&gt;&lt;script&gt;"' in page


class TestArchive:
    def test_the_pictures_in_it_are_kept(self, services, browser, owner):
        archive = zipped({"../../a.png": png(9, 9, b"abc"), "b/c.jpg": PHOTO, "d.txt": b"text"})
        page = browser.post("/images", {"image": file(archive, "all.zip")}, htmx=True)
        assert "2 added, 1 not kept." in " ".join(page.get_data(as_text=True).split())
        assert {item.filename for item in all_of(services, owner)} == {"a.png", "c.jpg"}

    def test_one_that_is_broken_is_refused(self, browser):
        answer = browser.post("/images", {"image": file(b"PK\3\4 and so on", "a.zip")}, htmx=True)
        assert answer.status_code == 422
        assert "The archive is damaged or was cut off." in answer.get_data(as_text=True)

    @pytest.mark.parametrize("name", ["folder/", ".hidden.png"])
    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    def test_one_without_pictures_is_told_by_its_name(self, browser, name, htmx):
        archive = zipped({name: b"" if name[-1] == "/" else PHOTO})
        files = [file(PHOTO, "a.jpg"), file(archive, "holiday.zip")]
        answer = browser.post("/images", {"image": files}, htmx=htmx)
        page = (answer if htmx else browser.get("/")).get_data(as_text=True)
        assert "holiday.zip: There are no pictures in this archive." in page

    def test_what_takes_too_long_is_left_and_skipped_when_it_comes_again(
        self, services, browser, owner, monkeypatch
    ):
        pictures = {f"{number}.png": png(9, 9, b"ab%c" % number) for number in range(4)}
        archive = zipped(pictures)
        seconds = iter(range(100))  # one for each look at the clock
        clock = SimpleNamespace(monotonic=lambda: next(seconds))
        monkeypatch.setattr(archives, "time", clock)
        monkeypatch.setattr(views, "time", SimpleNamespace(monotonic=lambda: 0))
        monkeypatch.setattr(views, "ARCHIVE_SECONDS", 3)
        page = browser.post("/images", {"image": file(archive, "all.zip")}, htmx=True)
        told = " ".join(page.get_data(as_text=True).split())
        assert "3 added, 1 not kept." in told
        assert "One file of the archive was left for lack of time. Send the archive again" in told
        seconds = iter([0] * 10)
        page = browser.post("/images", {"image": file(archive, "all.zip")}, htmx=True)
        assert "1 added, 3 already in your gallery." in " ".join(
            page.get_data(as_text=True).split()
        )
        assert len(all_of(services, owner)) == 4


class TestMessages:
    LONG = "".join(chr(0x4E00 + number * 83 % 20_000) for number in range(250))

    def test_long_names_do_not_lose_the_messages(self, browser, services, owner):
        files = [file(SVG, f"{self.LONG[place:]}{self.LONG[:place]}.svg") for place in range(9)]
        answer = browser.post("/images", {"image": [file(PHOTO), *files]})
        assert answer.status_code == 303
        assert all(len(cookie) < 4093 for cookie in answer.headers.getlist("Set-Cookie"))
        page = browser.get("/").get_data(as_text=True)
        assert "One picture was added." in page
        assert f"{self.LONG[:39]}…: This is not a picture" in page
        assert re.search(r"And \d more like these\.", page)

    def test_a_few_are_told_each(self, browser):
        files = [file(SVG, f"{name}.svg") for name in "abcde"]
        browser.post("/images", {"image": [file(PHOTO), *files]})
        page = browser.get("/").get_data(as_text=True)
        assert page.count("This is not a picture") == 5
        assert "more like these" not in page
