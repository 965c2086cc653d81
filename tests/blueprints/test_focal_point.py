import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from tests.conftest import an_app, browser_of
from webapp.app import easel_of
from webapp.jobs import NullRunner
from webapp.settings import Settings

RED, BLUE = (220, 30, 30), (30, 30, 220)
SENTENCE = "Give a number from 0 to 100."


def halves() -> bytes:
    """Return a PNG of 800 x 400 that is red on the left and blue on the right."""
    image = Image.new("RGB", (800, 400), RED)
    image.paste(BLUE, (400, 0, 800, 400))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def picture(services, owner):
    return services.images.add_image(owner, halves(), filename="halves.png")


@pytest.fixture
def path(picture):
    return f"/images/{picture.id}/focal-point"


def now(services, owner, picture):
    return services.images.own_image(picture.id, owner)


def crops_on(page: str) -> dict[str, str]:
    """Return the address of each crop on a page, by its preset."""
    found = re.findall(r'src="(/t/([\w-]+)/\w+\.webp\?v=\w+)"[^>]*\n[^>]*width="\d+"', page)
    return {preset: url for url, preset in found if not re.fullmatch(r"w\d+", preset)}


def colour_of(browser, url, at=0.5):
    with browser.get(url) as answer:
        image = Image.open(io.BytesIO(answer.get_data())).convert("RGB")
    found = image.getpixel((int(image.width * at), image.height // 2))
    assert isinstance(found, tuple)
    return RED if found[0] > found[2] else BLUE


class TestPage:
    def test_it_shows_one_crop_for_each_ratio_with_the_names_of_its_presets(self, browser, path):
        page = browser.get(path).get_data(as_text=True)
        assert set(crops_on(page)) == {"square", "og", "wide320"}
        assert "square, avatar, square320, square640, square1280" in page
        assert "Link preview" in page

    def test_htmx_gets_the_inside_of_a_dialog(self, browser, path):
        page = browser.fragment(path).get_data(as_text=True)
        assert 'id="focal-point"' in page
        assert "<html" not in page

    def test_nobody_has_chosen_at_first(self, browser, path):
        page = browser.get(path).get_data(as_text=True)
        assert "Nobody has chosen a point yet" in page
        assert re.search(r'id="focal-left"[^>]*value="50"', page)

    def test_a_chosen_point_stands_in_the_fields_and_on_the_picture(
        self, services, browser, owner, picture, path
    ):
        services.images.set_focal_point(picture.id, owner, (0.125, 0.9))
        page = browser.get(path).get_data(as_text=True)
        assert re.search(r'id="focal-left"[^>]*value="12.5"', page)
        assert re.search(r'id="focal-top"[^>]*value="90"', page)
        assert 'cx="12.5%" cy="90.0%"' in page
        assert "You chose this point." in page

    def test_the_picture_leads_there_and_says_what_crops_keep(
        self, services, browser, owner, picture, path
    ):
        page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
        assert f'href="{path}"' in page
        assert "They keep the middle of the picture." in page
        services.images.set_focal_point(picture.id, owner, (0, 0))
        page = browser.get(f"/images/{picture.id}").get_data(as_text=True)
        assert "They keep the point that you chose." in page


def test_presets_of_ones_own_are_shown_where_they_crop(
    tmp_path, empty_database, compiled_templates
):
    own = """{"tall-card": {"width": 300, "height": 400, "fit": "cover"},
              "banner": {"width": 1000, "height": 100, "fit": "inside"},
              "square_big": {"width": 2000, "height": 2000, "fit": "cover"}}"""
    settings = Settings.from_env({"EASEL_PRESETS": own, "EASEL_DATA_DIR": str(tmp_path)})
    with an_app(settings, NullRunner(), empty_database) as app:
        app.jinja_env.bytecode_cache = compiled_templates
        services = easel_of(app).services
        owner = services.accounts.named("owner")
        with app.app_context():
            picture = services.images.add_image(owner, halves())
        browser = browser_of(app, owner)
        page = browser.get(f"/images/{picture.id}/focal-point").get_data(as_text=True)
    assert set(crops_on(page)) == {"square", "og", "wide320", "tall-card"}
    assert "Tall card" in page
    assert "3:4" in page
    assert "square1280, square_big" in page
    assert "banner" not in page


class TestSaving:
    def test_without_script_it_leads_back_and_says_so(
        self, services, browser, owner, picture, path
    ):
        answer = browser.post(path, {"left": "25", "top": "75.5"})
        assert (answer.status_code, answer.location) == (303, path)
        assert now(services, owner, picture).focal == (0.25, 0.755)
        assert "Crops now keep this point in view." in browser.get(path).get_data(as_text=True)

    def test_htmx_gets_the_dialog_anew_the_panel_and_a_message(
        self, services, browser, owner, picture, path
    ):
        answer = browser.post(path, {"left": "25", "top": "75"}, htmx=True)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<html" not in page
        assert "They keep the point that you chose." in page
        assert "Crops now keep this point in view." in page
        assert now(services, owner, picture).focal == (0.25, 0.75)

    def test_the_crops_have_new_addresses_and_show_the_point(self, browser, picture, path):
        def shown(answer):
            """Return the square's address, and its colours near the left and the right edge."""
            url = crops_on(answer.get_data(as_text=True))["square"]
            return url, [colour_of(browser, url, at) for at in (0.1, 0.9)]

        # The square is half of the picture: around the middle, or one of its halves.
        middle = shown(browser.get(path))
        left = shown(browser.post(path, {"left": "10", "top": "50"}, htmx=True))
        right = shown(browser.post(path, {"left": "90", "top": "50"}, htmx=True))
        assert [colours for _, colours in (middle, left, right)] == [
            [RED, BLUE],
            [RED, RED],
            [BLUE, BLUE],
        ]
        assert len({url for url, _ in (middle, left, right)}) == 3
        assert f"v={picture.version}" in middle[0]

    def test_the_middle_takes_the_choice_back(self, services, browser, owner, picture, path):
        browser.post(path, {"left": "10", "top": "10"})
        answer = browser.post(path, {"left": "junk", "top": "", "middle": "1"}, htmx=True)
        assert answer.status_code == 200
        assert "Crops keep the middle again." in answer.get_data(as_text=True)
        assert now(services, owner, picture).focal is None

    def test_the_same_point_again_changes_nothing(self, services, browser, owner, picture, path):
        browser.post(path, {"left": "10", "top": "10"})
        version = now(services, owner, picture).version
        browser.post(path, {"left": "10,0", "top": " 10 % "})
        assert now(services, owner, picture).version == version

    @pytest.mark.parametrize(
        ("left", "top", "focal"),
        [("0", "100", (0, 1)), ("100", "0", (1, 0)), ("33,3", "66.66 %", (0.333, 0.6666))],
    )
    def test_edges_commas_and_percent_signs_are_fine(
        self, services, browser, owner, picture, path, left, top, focal
    ):
        assert browser.post(path, {"left": left, "top": top}).status_code == 303
        assert now(services, owner, picture).focal == focal


BAD = [
    *("abc", "", " ", "-1", "100.01", "150", "1000", "NaN", "nan", "inf", "-inf", "Infinity"),
    *("1e1", "0x10", "1_0", "\N{ARABIC-INDIC DIGIT FIVE}", "1.2.3", "<b>", "5\x00", "9" * 5000),
]


class TestRefusal:
    @pytest.mark.parametrize("text", BAD, ids=lambda text: ascii(text)[:12])
    @pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "page"])
    def test_what_is_no_percentage_is_told_beside_its_field(
        self, services, browser, owner, picture, path, text, htmx
    ):
        answer = browser.post(path, {"left": "12.5", "top": text}, htmx=htmx)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert page.count(SENTENCE) == 1
        assert re.search(rf'id="focal-top-error"[^>]*>{SENTENCE}', page)
        assert now(services, owner, picture) == picture

    def test_nothing_that_was_typed_is_lost(self, browser, path):
        page = browser.post(path, {"left": "12.5", "top": '"far" up'}).get_data(as_text=True)
        assert re.search(r'id="focal-left"[^>]*value="12.5"', page)
        assert re.search(r'id="focal-top"[^>]*value="&#34;far&#34; up"', page)

    def test_missing_fields_are_told_each(self, services, browser, owner, picture, path):
        answer = browser.post(path, {})
        assert answer.status_code == 422
        assert answer.get_data(as_text=True).count(SENTENCE) == 2
        assert now(services, owner, picture) == picture

    def test_a_post_without_the_token_is_refused(self, services, browser, owner, picture, path):
        answer = browser.client.post(path, data={"left": "10", "top": "10"})
        assert answer.status_code == 400
        assert now(services, owner, picture) == picture

    def test_strangers_find_nothing_even_if_the_picture_is_shared(
        self, services, stranger_browser, anonymous, owner, picture, path
    ):
        shared = services.images.set_visibility(picture.id, owner, "public")
        assert stranger_browser.get(path).status_code == 404
        assert stranger_browser.post(path, {"left": "10", "top": "10"}).status_code == 404
        assert anonymous.get(path).status_code == 303
        assert now(services, owner, picture) == shared


class TestClick:
    """Where no script runs, the picture itself is a button that sends where it was clicked on."""

    @pytest.mark.parametrize(
        ("name", "size"), [("small", (256, 128)), ("medium", (400, 200)), ("large", (640, 320))]
    )
    def test_the_place_is_a_share_of_the_size_that_the_page_gave(
        self, services, browser, owner, picture, path, name, size
    ):
        page = browser.get(path).get_data(as_text=True)
        shown = re.search(rf'name="{name}"[^>]*width="(\d+)"[^>]*height="(\d+)"', page)
        assert shown is not None
        assert tuple(map(int, shown.groups())) == size
        place = {f"{name}.x": str(size[0] // 4), f"{name}.y": str(size[1] * 3 // 4)}
        assert browser.post(path, place).status_code == 303
        focal = now(services, owner, picture).focal
        assert focal == pytest.approx((0.25, 0.75), abs=0.005)

    def test_the_last_pixel_counts(self, services, browser, owner, picture, path):
        browser.post(path, {"small.x": "255", "small.y": "127"})
        assert now(services, owner, picture).focal == pytest.approx((1, 1), abs=0.005)

    @pytest.mark.parametrize(
        "place",
        [
            {"small.x": "0", "small.y": "0"},  # pressed by key
            {"small.x": "256", "small.y": "10"},
            {"small.x": "10", "small.y": "128"},
            {"small.x": "-1", "small.y": "10"},
            {"small.x": "1.5", "small.y": "10"},
            {"small.x": "abc", "small.y": "10"},
            {"small.x": "10"},
            {"small.x": "9" * 5000, "small.y": "10"},
        ],
        ids=str,
    )
    def test_a_click_beside_the_picture_is_refused(
        self, services, browser, owner, picture, path, place
    ):
        answer = browser.post(path, place)
        assert answer.status_code == 422
        assert "Click on a place in the picture" in answer.get_data(as_text=True)
        assert now(services, owner, picture) == picture

    def test_even_a_thread_of_a_picture_can_be_hit(self, services, browser, owner):
        file = io.BytesIO()
        Image.new("RGB", (1000, 4), RED).save(file, "PNG")
        thread = services.images.add_image(owner, file.getvalue())
        page = browser.get(f"/images/{thread.id}/focal-point").get_data(as_text=True)
        assert re.search(r'name="small"[^>]*width="256"[^>]*height="24"', page)


class TestNoPicture:
    def test_one_in_the_trash_has_to_be_put_back_first(
        self, services, browser, owner, picture, path
    ):
        deleted = services.images.delete_image(picture.id, owner)
        for answer in (browser.get(path), browser.fragment(path)):
            assert answer.status_code == 200
            assert "This picture is in the trash." in answer.get_data(as_text=True)
            assert "focal-form" not in answer.get_data(as_text=True)
        answer = browser.post(path, {"left": "10", "top": "10"})
        assert answer.status_code == 422
        assert "This picture is in the trash." in answer.get_data(as_text=True)
        assert now(services, owner, picture) == deleted

    def test_a_failed_one_has_nothing_to_crop(self, services, browser, owner, wish):
        failed = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
        page = browser.get(f"/images/{failed.id}/focal-point").get_data(as_text=True)
        assert "could not be made" in page
        assert "focal-form" not in page
        page = browser.get(f"/images/{failed.id}").get_data(as_text=True)
        assert "focal-point" not in page

    def test_a_pending_one_has_to_be_waited_for(self, world):
        path = f"/images/{world.pending}/focal-point"
        assert "still being made" in world.owner.get(path).get_data(as_text=True)
        answer = world.owner.post(path, {"left": "10", "top": "10"}, htmx=True)
        assert answer.status_code == 422
        assert "still being made" in answer.get_data(as_text=True)
