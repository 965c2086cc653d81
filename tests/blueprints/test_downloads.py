import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.imaging.metadata import builders as make
from tests.imaging.metadata.test_comfyui import plain as comfyui_graph
from tests.imaging.pictures import encoded
from webapp.imaging.metadata import read_label, read_recipe
from webapp.models import Image

GPS = b"\1\2\3\4GPS-IS-HERE"
PHOTO = make.jpeg_with(make.tiff({make.MAKE: b"Nikon Corporation\0", 0x8825: (7, GPS)}))
COMFYUI = make.png_texts(prompt=make.as_json(comfyui_graph()), workflow='{"nodes": []}')


@pytest.fixture
def made(services, owner, wish):
    started = services.generator.start(owner, wish).pictures[0]
    return services.images.own_image(started.id, owner)


@pytest.fixture
def photo(services, owner):
    return services.images.add_image(owner, PHOTO, filename="anna at home.jpg")


def address(picture, **query):
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/images/{picture.id}/original?{words}"


def data_of(browser, path, **options):
    with browser.get(path, **options) as answer:
        assert answer.status_code == 200
        return answer.get_data()


class TestDownload:
    def test_what_is_saved_holds_its_recipe_and_says_that_ai_made_it(self, browser, made):
        data = data_of(browser, address(made, download=1))
        recipe = read_recipe(data)
        assert recipe is not None
        assert (recipe.prompt, recipe.seed) == (made.prompt, made.seed)
        assert read_label(data) == "trainedAlgorithmicMedia"

    def test_what_is_looked_at_is_the_original(self, browser, services, made):
        assert data_of(browser, address(made)) == services.images.original_bytes(made)

    def test_one_download_can_be_stripped(self, browser, photo):
        assert b"GPS-IS-HERE" in data_of(browser, address(photo, download=1))
        assert b"GPS-IS-HERE" in data_of(browser, address(photo, download=1, metadata="full"))
        assert b"GPS-IS-HERE" not in data_of(browser, address(photo, download=1, metadata="none"))

    def test_whoever_asks_for_it_stripped_gets_nothing_else(self, browser, photo):
        assert b"GPS-IS-HERE" not in data_of(browser, address(photo, metadata="none"))

    def test_the_name_of_a_stripped_file_does_not_tell_either(self, browser, made, photo):
        with browser.get(address(made, download=1)) as answer:
            assert "a_lake_at_dawn" in answer.headers["Content-Disposition"]
        for picture in (made, photo):
            with browser.get(address(picture, download=1, metadata="none")) as answer:
                name = answer.headers["Content-Disposition"]
            assert re.search(rf"filename=easel-{picture.id}\.(png|jpg)", name)

    @pytest.mark.parametrize("metadata", ["full", "none"])
    def test_a_part_of_it_a_head_and_a_tag_will_do(self, browser, made, metadata):
        path = address(made, download=1, metadata=metadata)
        data = data_of(browser, path)
        with browser.get(path, headers={"Range": "bytes=10-19"}) as part:
            assert (part.status_code, part.get_data()) == (206, data[10:20])
            assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
            tag = part.headers["ETag"]
        with browser.client.head(path) as head:
            assert head.content_length == len(data)
            assert head.get_data() == b""
        with browser.get(path, headers={"If-None-Match": tag}) as same:
            assert same.status_code == 304

    def test_the_tag_of_one_variant_is_none_of_another(self, browser, made):
        tags = set()
        for query in ({}, {"download": 1}, {"download": 1, "metadata": "none"}):
            with browser.get(address(made, **query)) as answer:
                tags.add(answer.headers["ETag"])
                assert answer.headers["Cache-Control"] == "private, no-cache"
        assert len(tags) == 3

    def test_what_cant_be_stripped_is_refused_with_a_sentence(self, services, browser, owner):
        picture = services.images.add_image(owner, encoded(make.picture(), "GIF"))
        answer = browser.get(address(picture, download=1, metadata="none"))
        assert answer.status_code == 422
        assert "taken out" in answer.get_data(as_text=True)

    def test_another_choice_is_refused(self, browser, photo):
        assert browser.get(address(photo, download=1, metadata="half")).status_code == 400

    @pytest.mark.parametrize(
        "query", ["?download=1", "?metadata=none", "?download=1&metadata=full"]
    )
    def test_strangers_get_none_of_it(self, stranger_browser, anonymous, photo, query):
        path = f"/images/{photo.id}/original{query}"
        assert stranger_browser.get(path).status_code == 404
        assert anonymous.get(path).status_code == 303


class TestNginx:
    """nginx may send what is kept, and never what was written anew."""

    @pytest.fixture(autouse=True)
    def _nginx(self, app, settings):
        app.config["EASEL_NGINX_DIR"] = settings.data_dir

    def test_a_file_as_it_was_kept_is_left_to_nginx(self, browser, photo):
        for query in ({}, {"download": 1}):
            assert "X-Accel-Redirect" in browser.get(address(photo, **query)).headers

    def test_what_was_written_anew_is_sent_by_easel(self, browser, made, photo):
        for picture, query in ((made, {"download": 1}), (photo, {"metadata": "none"})):
            with browser.get(address(picture, **query)) as answer:
                assert "X-Accel-Redirect" not in answer.headers
                assert answer.get_data()


class TestSetting:
    def test_prompts_stay_out_of_downloads_from_then_on(self, browser, made):
        assert 'name="strips_downloads" value="1" checked' not in settings_page(browser)
        answer = browser.post("/settings/downloads", {"strips_downloads": "1"})
        assert (answer.status_code, answer.location) == (303, "/settings#downloads")
        assert re.search(r'name="strips_downloads"\s+value="1"\s+checked', settings_page(browser))
        assert read_recipe(data_of(browser, address(made, download=1))) is None
        assert read_recipe(data_of(browser, address(made, download=1, metadata="full")))

    def test_it_can_be_taken_back(self, browser, made):
        browser.post("/settings/downloads", {"strips_downloads": "1"})
        browser.post("/settings/downloads", {})
        assert read_recipe(data_of(browser, address(made, download=1)))

    def test_it_is_each_persons_own(self, app, browser, services, stranger, stranger_browser):
        browser.post("/settings/downloads", {"strips_downloads": "1"})
        assert not services.downloads.strips(stranger)

    def test_strangers_are_asked_to_sign_in(self, anonymous):
        assert anonymous.post("/settings/downloads").status_code in (303, 400)


class TestPage:
    def test_it_says_what_made_an_upload(self, services, browser, owner):
        picture = services.images.add_image(owner, COMFYUI)
        page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
        for word in (
            *("Made with ComfyUI", "a glass bottle", "text, watermark", "156680208700286"),
            *("v1-5-pruned.safetensors", "Scheduler", "normal", "Use again"),
        ):
            assert word in page

    def test_what_went_into_a_picture_is_linked(self, services, browser, owner, wish, photo):
        picture = services.generator.start(owner, replace(wish, references=(photo.id,))).pictures[0]
        page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
        references = page.partition('class="recipe-references"')[2]
        assert f'href="/images/{photo.id}"' in references

    def test_an_upload_with_a_prompt_can_be_used_again(self, services, browser, owner):
        picture = services.images.add_image(owner, COMFYUI)
        page = browser.get(f"/create?image={picture.id}").get_data(as_text=True)
        assert "a glass bottle" in page

    def test_a_photograph_was_made_with_nothing(self, browser, photo):
        page = browser.get(f"/images/{photo.id}").get_data(as_text=True)
        assert "Made with" not in page
        assert "metadata=none" in page

    def test_what_a_file_says_is_only_text(self, services, browser, owner):
        evil = "<script>alert(1)</script>"
        text = f"{evil}\nNegative prompt: {evil}\nSteps: 20, Seed: 1, Model: {evil}, Size: 9x9"
        picture = services.images.add_image(owner, make.png_texts(parameters=text))
        assert picture.prompt == evil
        page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
        assert "<script>alert" not in page

    def test_it_tells_what_a_picture_cost(self, services, browser, owner, made):
        change = update(Image).where(Image.uid == made.id).values(cost=34_000)
        services.usage._database.change(change)
        assert "$0.034" in browser.get(f"/images/{made.id}").get_data(as_text=True)


def settings_page(browser):
    return browser.get("/settings").get_data(as_text=True)
