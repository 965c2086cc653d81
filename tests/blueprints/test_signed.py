import time
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from webapp.models import RenditionEntry
from webapp.providers.plain import png


@pytest.fixture
def shared(services, owner):
    picture = services.images.add_image(owner, png(300, 200, b"\x20\x60\xa0"))
    return services.images.set_visibility(picture.id, owner, "unlisted")


@pytest.fixture
def sign(services, shared):
    def sign(ops, extension=".webp", meta=""):
        path = f"{meta}/{ops}/{shared.id}{extension}"
        return f"/i/{services.addresses.signature(path)}{path}"

    return sign


def shown(answer):
    image = PillowImage.open(BytesIO(answer.data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("ops", "size"),
    [
        ("w_150", (150, 100)),
        ("w_100,h_100,fit_cover", (100, 100)),
        ("s_60x60", (60, 40)),
        ("w_60,dpr_2", (120, 80)),
        ("w_100,h_100,fit_contain,b_ff0000", (100, 100)),
        ("rot_90,w_100", (67, 100)),  # an effect comes after the resize
        ("crop_0_0_100_50", (100, 50)),
        ("thumbnail__90x90", (90, 60)),
        ("crop__80x80", (80, 80)),
        ("filters__invert__crop__50x50", (50, 50)),
        ("_", (300, 200)),
    ],
)
def test_signed_operations_are_done(anonymous, sign, ops, size):
    answer = anonymous.get(sign(ops))
    assert answer.status_code == 200
    assert shown(answer).size == size


def test_a_wrong_signature_opens_nothing(anonymous, sign):
    address = sign("w_100")
    for wrong in (
        address.replace("w_100", "w_101"),
        "/i/" + "A" * 22 + address[25:],
        address + "x",
    ):
        assert anonymous.get(wrong).status_code == 403, wrong


def test_a_signature_for_one_picture_is_no_signature_for_another(
    services, owner, anonymous, sign, shared
):
    other = services.images.add_image(owner, png(30, 20, b"abc"))
    services.images.set_visibility(other.id, owner, "public")
    assert anonymous.get(sign("w_100").replace(shared.id, other.id)).status_code == 403


@pytest.mark.parametrize(
    ("ops", "named"),
    [
        ("zoom_3", "zoom_3"),
        ("w_0", "w_0"),
        ("w_5000", "w_5000"),
        ("w_1.5", "w_1.5"),
        ("w_10,w_20", "w"),
        ("blur_x", "blur_x"),
        ("w_100,,h_100", "''"),
    ],
)
def test_an_operation_that_is_none_is_named(anonymous, sign, ops, named):
    answer = anonymous.get(sign(ops))
    assert answer.status_code == 400
    assert named in answer.json["detail"]
    assert answer.json["code"] == "invalid_ops"


def test_an_expired_address_is_gone(anonymous, sign):
    assert anonymous.get(sign(f"w_100,exp_{int(time.time()) + 60}")).status_code == 200
    assert anonymous.get(sign(f"w_100,exp_{int(time.time()) - 1}")).status_code == 410


def test_the_current_version_may_be_kept_for_ever_and_another_may_not(anonymous, sign, shared):
    current = anonymous.get(sign(f"w_100,v_{shared.version}")).headers["Cache-Control"]
    another = anonymous.get(sign("w_100,v_abc")).headers["Cache-Control"]
    assert "immutable" in current
    assert "max-age=3600" in another


def test_a_download_gets_its_name(anonymous, sign):
    answer = anonymous.get(sign("w_100,dl_lake.webp"))
    assert answer.headers["Content-Disposition"] == "attachment; filename=lake.webp"


def test_format_by_operation_by_extension_or_by_accept(anonymous, sign):
    assert anonymous.get(sign("w_50,f_png", "")).mimetype == "image/png"
    assert anonymous.get(sign("w_50", ".jpg")).mimetype == "image/jpeg"
    negotiated = anonymous.get(sign("w_50", ""), headers={"Accept": "image/webp"})
    assert negotiated.mimetype == "image/webp"
    assert "Accept" in negotiated.headers["Vary"]
    assert anonymous.get(sign("w_50,f_png", ".webp")).status_code == 400


def test_the_same_rendition_in_another_order_is_the_same_cache_entry(anonymous, sign):
    first = anonymous.get(sign("w_120,h_120,fit_cover"))
    second = anonymous.get(sign("fit_cover,h_120,w_120"))
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert first.headers["ETag"] == second.headers["ETag"]


def test_a_preset_and_its_operations_share_one_entry(anonymous, sign, shared):
    assert anonymous.get(f"/t/w160/{shared.id}.webp").headers["X-Cache"] == "miss"
    assert anonymous.get(sign("w_160")).headers["X-Cache"] == "hit"


def test_meta_tells_the_size_without_rendering(anonymous, sign, shared):
    answer = anonymous.get(sign("w_150,f_jpg", "", meta="/meta"))
    told = {
        "id": shared.id,
        "state": "ready",
        "width": 150,
        "height": 100,
        "format": "jpeg",
        "is_exact": True,
        "operations": "w_150,f_jpeg",
    }
    assert answer.json.items() >= told.items()


def test_meta_brings_what_can_stand_for_the_picture(anonymous, sign, shared):
    known = anonymous.get(sign("w_150", "", meta="/meta")).json
    assert known["preview"].startswith("data:image/webp;base64,")
    assert (known["preview"], known["colour"]) == (shared.preview, shared.colour)
    assert known["palette"] == list(shared.palette) != []


def test_a_signature_of_meta_is_none_for_the_picture(anonymous, sign):
    address = sign("w_150", "", meta="/meta")
    assert anonymous.get(address.replace("/meta", "")).status_code == 403


def test_a_private_picture_stays_private_behind_a_right_signature(
    services, owner, anonymous, sign, shared, browser
):
    services.images.set_visibility(shared.id, owner, "private")
    assert anonymous.get(sign("w_100")).status_code == 404
    own = browser.get(sign("w_100"))
    assert own.status_code == 200
    assert own.headers["Cache-Control"].startswith("private")


def test_purging_takes_signed_renditions_too(services, owner, anonymous, sign, shared):
    address = sign("w_77,blur_3")
    assert anonymous.get(address).headers["X-Cache"] == "miss"
    assert anonymous.get(address).headers["X-Cache"] == "hit"
    services.images.delete_image(shared.id, owner)
    services.images.purge(shared.id, owner)
    assert anonymous.get(address).status_code == 410
    with services.images._database.reading() as session:
        assert session.query(RenditionEntry).count() == 0


@pytest.mark.parametrize("accept", ["", "text/html", "image/webp,image/png"])
def test_an_error_of_meta_is_a_problem_whoever_asks(anonymous, sign, accept):
    answer = anonymous.get(sign("zoom_3", "", meta="/meta"), headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.headers["X-Easel-State"] == "error; code=invalid_ops"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
