import re
from dataclasses import replace
from io import BytesIO

import pytest

from tests.imaging.pictures import encoded, noise
from webapp.providers.plain import png

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHOTO = encoded(noise(90, 60), "JPEG")


def file(data, name="a.png"):
    return (BytesIO(data), name)


def all_of(services, owner):
    return services.images.get_images(owner).pictures


@pytest.fixture
def picture(services, owner):
    return services.images.add_image(owner, PHOTO, prompt="a noisy field", filename="noise.jpg")


class TestPage:
    def test_it_shows_the_picture_with_what_made_it(self, services, browser, owner, wish):
        made = services.generator.start(owner, wish).pictures[0]
        page = browser.get(f"/images/{made.id}").get_data(as_text=True)
        assert "<!doctype html>" in page.lower()
        for fact in ("a lake at dawn", "plain-1", "64 \N{MULTIPLICATION SIGN} 42", "/t/w1280/"):
            assert fact in page

    def test_htmx_gets_the_inside_of_a_dialog(self, browser, picture):
        page = browser.fragment(f"/images/{picture.id}").get_data(as_text=True)
        assert "a noisy field" in page
        assert "<html" not in page

    def test_both_answers_say_that_they_differ(self, browser, picture):
        assert "HX-Request" in browser.get(f"/images/{picture.id}").vary

    def test_neighbours_are_linked(self, services, browser, owner, picture):
        newer = services.images.add_image(owner, png(9, 9, b"abc"))
        assert f"/images/{newer.id}" in browser.get(f"/images/{picture.id}").get_data(as_text=True)

    def test_one_in_the_trash_leads_there(self, services, browser, owner, picture):
        services.images.delete_image(picture.id, owner)
        assert browser.get(f"/images/{picture.id}").location == "/trash"

    def test_a_purged_one_is_gone(self, services, browser, owner, picture):
        services.images.purge(picture.id, owner)
        assert browser.get(f"/images/{picture.id}").status_code == 410

    @pytest.mark.parametrize(
        "prompt",
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "{{1234567*7654321}} {% raw %}",
            "&lt;b&gt;",
        ],
    )
    def test_html_in_a_prompt_is_text_everywhere(self, services, browser, owner, wish, prompt):
        made = services.generator.start(owner, replace(wish, prompt=prompt)).pictures[0]
        services.images.add_image(owner, PHOTO, filename=prompt)
        pages = ["/", f"/images/{made.id}", f"/images/{made.id}/embed", "/queue", "/create"]
        pages += [f"/create?image={made.id}", "/live?v=0"]
        services.images.delete_image(made.id, owner)
        services.images.restore(made.id, owner)
        for path in pages:
            page = browser.get(path).get_data(as_text=True)
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path
            assert "onmouseover='alert" not in page, path
            assert str(1234567 * 7654321) not in page, path


class TestEmbed:
    def test_the_code_is_shown_as_text_with_absolute_addresses(self, browser, picture):
        page = browser.get(f"/images/{picture.id}/embed").get_data(as_text=True)
        assert "&lt;img src=" in page
        assert f"http://localhost/t/w640/{picture.id}.webp?v={picture.version}" in page

    @pytest.mark.parametrize("kind", ["html", "markdown", "url"])
    @pytest.mark.parametrize("crop", ["original", "square", "wide"])
    @pytest.mark.parametrize("width", [320, 640, 1280])
    def test_every_choice_works_and_so_does_its_address(
        self, services, anonymous, browser, owner, picture, width, crop, kind
    ):
        services.images.set_visibility(picture.id, owner, "unlisted")
        path = f"/images/{picture.id}/embed?width={width}&crop={crop}&as={kind}"
        page = browser.fragment(path).get_data(as_text=True)
        url = re.search(r"http://localhost(/t/\w+/\w+\.webp\?v=\w+)", page)
        assert url is not None
        assert anonymous.get(url[1]).status_code == 200

    @pytest.mark.parametrize("query", ["width=1", "crop=x", "as=x", "width=&crop="])
    def test_what_is_not_on_offer_is_refused(self, browser, picture, query):
        assert browser.get(f"/images/{picture.id}/embed?{query}").status_code == 400

    def test_it_says_who_can_see_the_picture_and_offers_to_change_it(self, browser, picture):
        path = f"/images/{picture.id}"
        assert "Only you can see this picture" in browser.get(f"{path}/embed").get_data(
            as_text=True
        )
        answer = browser.post(f"{path}/visibility", {"visibility": "unlisted"}, htmx=True)
        assert "Anyone with this link can see" in answer.get_data(as_text=True)
        answer = browser.post(f"{path}/visibility", {"visibility": "private"})
        assert answer.location == f"{path}/embed"

    def test_a_failed_picture_has_nothing_to_embed(self, services, browser, owner, wish):
        failed = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
        assert browser.get(f"/images/{failed.id}/embed").status_code == 404


class TestOriginal:
    def test_it_is_sent_as_it_came(self, browser, picture):
        with browser.get(f"/images/{picture.id}/original") as answer:
            assert (answer.get_data(), answer.mimetype) == (PHOTO, "image/jpeg")
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_it_can_be_saved_under_a_name_that_tells_what_it_is(self, browser, picture):
        with browser.get(f"/images/{picture.id}/original?download=1") as answer:
            disposition = answer.headers["Content-Disposition"]
        assert disposition == f"attachment; filename=a_noisy_field-{picture.id}.jpg"

    @pytest.mark.parametrize(
        "prompt",
        ["👩‍🎨", "../../etc/passwd", 'a"; filename=evil.exe', "a\r\nSet-Cookie: x=y", "مرحبا"],
    )
    def test_the_name_is_safe_whatever_the_prompt_says(self, services, browser, owner, prompt):
        picture = services.images.add_image(owner, PHOTO, prompt=prompt)
        with browser.get(f"/images/{picture.id}/original?download=1") as answer:
            disposition = answer.headers["Content-Disposition"]
            assert "Set-Cookie" not in answer.headers
        assert re.fullmatch(rf"attachment; filename=[\w.-]*-{picture.id}\.jpg", disposition)

    def test_whoever_has_it_is_told_so_and_parts_can_be_had(self, browser, picture):
        path = f"/images/{picture.id}/original"
        with browser.get(path) as answer:
            etag = answer.headers["ETag"]
        with browser.client.get(path, headers={"If-None-Match": etag}) as again:
            assert again.status_code == 304
        with browser.client.get(path, headers={"Range": "bytes=0-3"}) as part:
            assert (part.status_code, part.get_data()) == (206, PHOTO[:4])

    def test_a_pending_or_missing_one_is_not_found(self, services, browser, picture):
        services.images._blobs.delete(picture.blob_key)
        assert browser.get(f"/images/{picture.id}/original").status_code == 404


class TestTrash:
    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    def test_deleting_moves_to_the_trash_and_can_be_undone(
        self, services, browser, owner, picture, htmx, method
    ):
        headers = {"X-CSRFToken": browser.token()} | ({"HX-Request": "true"} if htmx else {})
        path = f"/images/{picture.id}" + ("/delete" if method == "POST" else "")
        answer = browser.client.open(path, method=method, headers=headers)
        assert answer.status_code == (200 if htmx else 303)
        assert all_of(services, owner) == ()
        if htmx:
            assert f"/images/{picture.id}/restore" in answer.get_data(as_text=True)
        assert f'id="trash-{picture.id}"' in browser.get("/trash").get_data(as_text=True)
        answer = browser.post(f"/images/{picture.id}/restore", htmx=htmx)
        assert answer.status_code == (200 if htmx else 303)
        assert [item.id for item in all_of(services, owner)] == [picture.id]

    def test_one_can_be_deleted_for_good(self, services, browser, owner, picture):
        services.images.delete_image(picture.id, owner)
        answer = browser.post(f"/trash/{picture.id}/purge", htmx=True)
        assert f"#trash-{picture.id}" in answer.get_data(as_text=True)
        assert browser.get(f"/images/{picture.id}").status_code == 410

    def test_without_script_it_is_asked_first_and_said_afterwards(
        self, services, browser, owner, picture
    ):
        services.images.delete_image(picture.id, owner)
        assert "Empty the trash?" in browser.get("/trash/empty").get_data(as_text=True)
        assert browser.post("/trash/empty").location == "/trash"
        page = browser.get("/trash").get_data(as_text=True)
        assert "Deleted 1 for good." in page
        assert "The trash is empty" in page
        browser.post("/trash/empty")

    def test_more_of_it_comes_page_by_page(self, services, browser, owner):
        uids = [services.images.add_image(owner, png(9, 9, bytes([n, 1, 2]))).id for n in range(61)]
        for uid in uids:
            services.images.delete_image(uid, owner)
        first = browser.get("/trash").get_data(as_text=True)
        more = re.search(r'href="(/trash\?before=\d+)"', first)
        assert more is not None
        second = browser.fragment(more[1]).get_data(as_text=True)
        shown = re.findall(r'id="trash-(\w{11})"', first + second)
        assert shown == uids[::-1]
        assert "before=" not in second

    def test_bytes_of_the_trash_are_told(self, services, browser, owner, picture):
        services.images.delete_image(picture.id, owner)
        assert "kB" in browser.get("/trash").get_data(as_text=True)


def test_the_page_shows_the_colours_of_a_picture(browser, services, owner, a_picture):
    picture = services.images.add_image(owner, a_picture)
    page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
    assert picture.palette
    for colour in picture.palette:
        assert f'fill="{colour}"' in page
        assert f">{colour}<" in page
