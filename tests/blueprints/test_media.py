from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from tests.imaging.pictures import encoded
from webapp.jobs import NullRunner
from webapp.services.renderer import Renderer

PAGE = "text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8"
IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
YEAR = "public, max-age=31536000, immutable"
HOUR = "public, max-age=3600, stale-while-revalidate=86400"


@pytest.fixture
def private(services, owner):
    photo = PillowImage.effect_noise((900, 600), 60).convert("RGB")
    return services.images.add_image(owner, encoded(photo, "JPEG"))


@pytest.fixture
def public(services, owner, private):
    return services.images.set_visibility(private.id, owner, "public")


def shown(answer):
    image = PillowImage.open(BytesIO(answer.get_data()))
    image.load()
    return image


def url(picture, preset="w960", extension=".webp", version=None):
    query = "" if version is None else f"?v={version}"
    return f"/t/{preset}/{picture.id}{extension}{query}"


@pytest.mark.parametrize(
    ("extension", "kind"),
    [(".jpg", "JPEG"), (".jpeg", "JPEG"), (".png", "PNG"), (".webp", "WEBP"), (".avif", "AVIF")],
)
def test_a_thumbnail_has_the_size_and_format_asked_for(anonymous, public, extension, kind):
    answer = anonymous.get(url(public, "small", extension))
    assert answer.status_code == 200
    assert (shown(answer).size, shown(answer).format) == ((180, 120), kind)
    assert answer.mimetype == f"image/{kind.lower()}"


def test_public_and_versioned_is_kept_for_ever(anonymous, public):
    answer = anonymous.get(url(public, version=public.version))
    assert answer.headers["Cache-Control"] == YEAR


@pytest.mark.parametrize("version", [None, "", "0", "x", "%00"])
def test_public_without_the_right_version_is_kept_for_an_hour(anonymous, public, version):
    assert anonymous.get(url(public, version=version)).headers["Cache-Control"] == HOUR


def test_private_is_kept_by_its_owner_s_browser_alone(browser, private):
    for version, kept in ((private.version, YEAR), (None, HOUR)):
        answer = browser.get(url(private, version=version))
        assert answer.headers["Cache-Control"] == kept.replace("public", "private")
        assert "Cookie" in answer.vary
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_nothing_personal_hangs_on_a_public_thumbnail(anonymous, browser, public):
    for ask in (anonymous.get, browser.get):
        for path in (url(public), url(public, extension=""), url(public, version=public.version)):
            answer = ask(path)
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.vary
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_public_picture_made_private_is_gone_at_once_from_here(
    services, anonymous, owner, public
):
    assert anonymous.get(url(public)).status_code == 200
    services.images.set_visibility(public.id, owner, "private")
    assert anonymous.get(url(public)).status_code == 404


@pytest.mark.parametrize(
    ("accept", "kind"),
    [(IMAGE, "WEBP"), ("image/avif", "AVIF"), ("*/*", "JPEG"), ("", "JPEG"), ("image/png", "JPEG")],
)
def test_without_an_extension_the_format_follows_accept(anonymous, public, accept, kind):
    answer = anonymous.get(url(public, extension=""), headers={"Accept": accept})
    assert shown(answer).format == kind
    assert "Accept" in answer.vary


def test_with_an_extension_it_does_not(anonymous, public):
    answer = anonymous.get(url(public, extension=".jpg"), headers={"Accept": IMAGE})
    assert shown(answer).format == "JPEG"
    assert "Accept" not in answer.vary


def test_whoever_has_it_already_is_told_so_before_any_work(services, anonymous, public, blobs):
    etag = anonymous.get(url(public)).headers["ETag"]
    with services.images._database.writing() as session:
        services.renditions.forget(session, public)
    blobs.delete(public.blob_key)
    answer = anonymous.get(url(public, version=public.version), headers={"If-None-Match": etag})
    assert (answer.status_code, answer.get_data()) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == YEAR


@pytest.fixture
def blobs(services):
    return services.images._blobs


def test_the_etag_is_strong_and_of_the_format(anonymous, public):
    tags = {anonymous.get(url(public, extension=ext)).headers["ETag"] for ext in (".webp", ".png")}
    assert len(tags) == 2
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("known", ['"other"', 'W/"other"', "junk", '"a", "b"'])
def test_another_etag_gets_the_picture(anonymous, public, known):
    assert anonymous.get(url(public), headers={"If-None-Match": known}).status_code == 200


def test_head_says_what_get_would(anonymous, public):
    get, head = anonymous.get(url(public)), anonymous.head(url(public))
    assert head.status_code == 200
    assert head.get_data() == b""
    assert int(head.headers["Content-Length"]) == len(get.get_data())
    assert head.headers["ETag"] == get.headers["ETag"]


def test_a_part_can_be_had(anonymous, public):
    whole = anonymous.get(url(public)).get_data()
    answer = anonymous.get(url(public), headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.get_data()) == (206, whole[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert anonymous.get(url(public), headers={"Range": "bytes=-5"}).get_data() == whole[-5:]


def test_a_part_that_is_not_there_is_refused(anonymous, public):
    answer = anonymous.get(url(public), headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize("wanted", ["bytes=x-y", "pages=1-2", "bytes=", "junk"])
def test_a_part_that_makes_no_sense_gets_the_whole(anonymous, public, wanted):
    assert anonymous.get(url(public), headers={"Range": wanted}).status_code in (200, 416)


def test_it_says_where_the_bytes_came_from(anonymous, public):
    assert anonymous.get(url(public)).headers["X-Cache"] == "miss"
    assert anonymous.get(url(public)).headers["X-Cache"] == "hit"


@pytest.mark.parametrize("accept", [PAGE, "*/*", "", "application/json"])
def test_an_error_is_a_problem_where_no_image_is_preferred(anonymous, private, accept):
    answer = anonymous.get(url(private), headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["code"] == "not_found"
    assert answer.headers["X-Easel-State"] == "error; code=not_found"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_is_an_image_of_the_right_size_where_one_is_preferred(anonymous, private):
    answer = anonymous.get(url(private, "square"), headers={"Accept": IMAGE})
    assert answer.status_code == 404
    assert shown(answer).size == (400, 400)
    assert shown(answer).format == "WEBP"
    assert answer.headers["X-Easel-State"] == "error; code=not_found"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_image_of_an_error_betrays_nothing_of_a_private_picture(anonymous, private):
    paths = [url(private, "w640"), "/t/w640/zzzzzzzzzzz.webp"]
    answers = [anonymous.get(path, headers={"Accept": IMAGE}).get_data() for path in paths]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("accept", [IMAGE, PAGE])
def test_an_unknown_preset_is_named(anonymous, public, accept):
    answer = anonymous.get(url(public, "gigantic"), headers={"Accept": accept})
    assert answer.status_code == 400
    assert answer.headers["X-Easel-State"] == "error; code=unknown_preset"
    if accept == PAGE:
        assert "'gigantic'" in answer.json["detail"]


@pytest.mark.parametrize("extension", [".svg", ".exe", ".webp.png", ".", ".tiff"])
def test_an_unknown_extension_is_refused(anonymous, public, extension):
    answer = anonymous.get(url(public, extension=extension))
    assert answer.status_code == (200 if extension == "." else 400)
    if extension != ".":
        assert answer.json["code"] == "unknown_format"


def test_an_unknown_extension_of_a_private_picture_betrays_nothing(anonymous, private):
    assert anonymous.get(url(private, extension=".svg")).status_code == 404


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_a_purged_picture_that_was_shared_is_gone(services, anonymous, owner, private, visibility):
    services.images.set_visibility(private.id, owner, visibility)
    services.images.purge(private.id, owner)
    answer = anonymous.get(url(private))
    assert (answer.status_code, answer.json["code"]) == (410, "gone")


def test_a_deleted_picture_is_gone_for_others_and_there_for_its_owner(
    services, anonymous, browser, owner, public
):
    services.images.delete_image(public.id, owner)
    assert anonymous.get(url(public)).status_code == 410
    answer = browser.get(url(public, version=public.version))
    assert answer.status_code == 200
    assert answer.cache_control.private


def test_a_failed_picture_says_why(services, browser, owner, wish):
    failed = services.generator.start(owner, replace(wish, prompt="!blocked")).pictures[0]
    answer = browser.get(url(failed))
    assert (answer.status_code, answer.json["code"]) == (404, "blocked")


def test_a_missing_original_is_said_and_kept_by_nobody(anonymous, public, blobs):
    blobs.delete(public.blob_key)
    answer = anonymous.get(url(public))
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_damaged_original_is_no_fault_of_the_server_s(anonymous, public, blobs):
    blobs.open_path(public.blob_key).write_bytes(b"\xff\xd8\xff\xe0cut")
    assert anonymous.get(url(public)).status_code == 422


class TestPending:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def pending(self, services, owner, wish):
        return services.generator.start(owner, wish).pictures[0]

    @pytest.mark.parametrize("extension", [".webp", ".png", ".jpg", ""])
    def test_it_is_shown_at_once_in_the_right_size(self, services, browser, pending, extension):
        answer = browser.get(url(pending, "avatar", extension))
        assert answer.status_code == 200
        assert shown(answer).size == services.renditions.size(pending, "avatar")
        assert answer.headers["Cache-Control"] == "no-store"
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["X-Easel-State"] == "pending"
        assert "ETag" not in answer.headers

    def test_the_same_address_shows_the_picture_once_it_is_there(
        self, services, browser, owner, pending
    ):
        before = browser.get(url(pending)).get_data()
        services.maker.run(services.jobs.claim(1, "me"))
        answer = browser.get(url(pending))
        assert answer.get_data() != before
        assert "X-Easel-State" not in answer.headers

    def test_shared_it_is_shown_to_everybody(self, services, anonymous, owner, pending):
        assert anonymous.get(url(pending)).status_code == 404
        services.images.set_visibility(pending.id, owner, "unlisted")
        answer = anonymous.get(url(pending))
        assert answer.headers["X-Easel-State"] == "pending"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_an_unknown_extension_is_refused_all_the_same(self, browser, pending):
        assert browser.get(url(pending, extension=".svg")).status_code == 400


def test_too_many_misses_are_asked_to_come_back(services, anonymous, public, monkeypatch):
    full = Renderer(1, waiting=0)
    monkeypatch.setattr(services.renditions._maker, "_renderer", full)
    with full.turn():
        answer = anonymous.get(f"/t/w480/{public.id}.webp")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Cache-Control"] == "no-store"
    assert anonymous.get(f"/t/w480/{public.id}.webp").status_code == 200
