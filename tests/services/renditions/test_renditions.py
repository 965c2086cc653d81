import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image as PillowImage
from PIL import ImageChops, ImageStat

from tests.imaging.pictures import encoded, with_orientation
from webapp.errors import InvalidError, NotFoundError, OverloadedError, StorageFullError
from webapp.imaging.presets import PRESETS, Preset
from webapp.providers.plain import png
from webapp.services.renderer import Renderer
from webapp.services.renditions.maker import RenditionMaker
from webapp.services.renditions.renditions import Renditions
from webapp.services.renditions.store import RenditionStore


@pytest.fixture
def renditions(services):
    return services.renditions


@pytest.fixture
def picture(services, owner):
    photo = PillowImage.effect_noise((900, 600), 60).convert("RGB")
    return services.images.add_image(owner, encoded(photo, "JPEG"))


def by_preset(renditions, picture, preset, extension, accept):
    return renditions.plan(picture, renditions.preset(preset).recipe(), extension, accept)


def a_maker(renditions, *, kind=RenditionMaker, **parts):
    """Return a maker like that of the renditions, but for the parts given."""
    known = renditions._maker
    own = {"blobs": known._blobs, "store": known._store, "watermarks": known._watermarks}
    return kind(**own | parts, max_pixels=10**8, renderer=Renderer())


def shown(data):
    image = PillowImage.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("preset", "size"),
    [
        ("small", (180, 120)),
        ("medium", (220, 147)),
        ("large", (320, 213)),
        ("square", (400, 400)),
        ("avatar", (128, 128)),
        ("w160", (160, 107)),
        ("w640", (640, 427)),
        ("w1920", (900, 600)),
    ],
)
def test_the_planned_size_is_the_rendered_one(renditions, picture, preset, size):
    plan = by_preset(renditions, picture, preset, "webp", "")
    assert plan.size == size
    assert shown(renditions.serve(plan).data).size == size


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("jpg", "JPEG"), ("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP"), ("gif", "GIF")],
)
def test_the_extension_decides_the_format(renditions, picture, extension, kind):
    plan = by_preset(renditions, picture, "small", extension, "image/avif")
    assert shown(renditions.serve(plan).data).format == kind
    assert not plan.is_negotiated


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/avif,image/webp,*/*", "webp"),
        ("image/avif,*/*", "avif"),
        ("*/*", "jpeg"),
        ("", "jpeg"),
    ],
)
def test_without_one_the_asker_s_wishes_do(renditions, picture, accept, kind):
    plan = by_preset(renditions, picture, "small", "", accept)
    assert (plan.format, plan.is_negotiated) == (kind, True)


def test_a_second_asker_gets_what_is_kept(renditions, picture):
    plan = by_preset(renditions, picture, "small", "webp", "")
    first, second = renditions.serve(plan), renditions.serve(plan)
    assert (first.source, second.source) == ("miss", "hit")
    assert first.data == second.data


def test_many_askers_at_once_cost_one_rendering(services, picture, monkeypatch):
    monkeypatch.setattr("webapp.services.renditions.maker.PATIENCE", 120)
    together = threading.Barrier(16)

    class Counting(RenditionMaker):
        count = 0

        def _turn(self, key):
            together.wait(60)  # until all have found that nothing is kept
            return super()._turn(key)

        def _rendered(self, rendition, effort):
            self.count += 1
            return super()._rendered(rendition, effort)

    counting = a_maker(services.renditions, kind=Counting)
    plan = by_preset(services.renditions, picture, "small", "webp", "")
    with ThreadPoolExecutor(16) as pool:
        served = list(pool.map(lambda _number: counting.make(plan), range(16)))
    assert counting.count == 1
    assert len({item.data for item in served}) == 1
    assert sorted(item.source for item in served) == ["coalesced"] * 15 + ["miss"]


def test_the_etag_is_known_beforehand_and_lasts(services, renditions, owner, picture):
    again = services.images.get_image(picture.id, owner)
    plans = [by_preset(renditions, item, "small", "webp", "") for item in (picture, again)]
    assert plans[0].etag == plans[1].etag
    renditions.serve(plans[0])
    assert by_preset(renditions, picture, "small", "webp", "").etag == plans[0].etag


def test_every_picture_preset_and_format_has_its_own_etag(services, renditions, owner, picture):
    other = services.images.add_image(owner, png(20, 20, b"abc"))
    plans = [
        by_preset(renditions, item, preset, extension, "")
        for item in (picture, other)
        for preset in PRESETS
        for extension in ("webp", "png")
    ]
    recipes = {(plan.picture.id, plan.recipe) for plan in plans}
    assert len({plan.etag for plan in plans}) == len(recipes)


def test_another_recipe_under_the_same_name_is_another_picture(services, renditions, picture):
    changed = Renditions(
        {"small": Preset("small", 90, 90)},
        renditions._store,
        renditions._maker,
        renditions._orders,
        renditions._watermarks,
    )
    plans = [by_preset(known, picture, "small", "webp", "") for known in (renditions, changed)]
    assert plans[0].etag != plans[1].etag
    assert shown(changed.make(plans[1]).data).size == (90, 60)


def test_what_is_forgotten_is_made_anew(services, renditions, owner, picture):
    other = services.images.add_image(owner, png(20, 20, b"abc"))
    mine = by_preset(renditions, picture, "small", "webp", "")
    theirs = by_preset(renditions, other, "small", "webp", "")
    for plan in (mine, theirs):
        renditions.serve(plan)
    with renditions._store._index._database.writing() as session:
        renditions.forget(session, picture)
    assert renditions.serve(theirs).source == "hit"
    assert renditions.serve(mine).source == "miss"


def test_a_preset_that_is_none_is_named(renditions, picture):
    with pytest.raises(InvalidError, match="no preset 'huge'") as caught:
        by_preset(renditions, picture, "huge", "", "")
    assert caught.value.code == "unknown_preset"


def test_an_extension_that_is_none_is_named(renditions, picture):
    with pytest.raises(InvalidError, match="svg") as caught:
        by_preset(renditions, picture, "small", "svg", "")
    assert caught.value.code == "unknown_format"


def test_a_missing_original_is_said(renditions, picture):
    renditions._maker._blobs.delete(picture.blob_key)
    with pytest.raises(NotFoundError, match="missing"):
        renditions.serve(by_preset(renditions, picture, "w1280", "webp", ""))


def test_a_damaged_original_is_said_and_nothing_kept(renditions, picture):
    renditions._maker._blobs.open_path(picture.blob_key).write_bytes(b"\xff\xd8\xff\xe0 cut")
    plan = by_preset(renditions, picture, "w1280", "webp", "")
    for _ in range(2):
        with pytest.raises(InvalidError, match=r"damaged|not a picture"):
            renditions.serve(plan)


def test_a_rendition_is_upright_and_carries_no_private_facts(services, renditions, owner):
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A Phone"
    exif.get_ifd(0x8825)[1] = "N"
    data = encoded(PillowImage.new("RGB", (90, 60), "red"), "JPEG", exif=exif)
    assert b"A Phone" in data
    picture = services.images.add_image(owner, data)
    for extension in ("jpg", "png", "webp", "avif"):
        made = renditions.serve(by_preset(renditions, picture, "small", extension, "")).data
        assert shown(made).size == (60, 90)
        assert not shown(made).getexif()
        assert b"A Phone" not in made


def test_a_rotated_photo_keeps_its_planned_size(services, renditions, owner):
    data = with_orientation(PillowImage.new("RGB", (900, 300), "blue"), 8, "JPEG")
    picture = services.images.add_image(owner, data)
    plan = by_preset(renditions, picture, "w160", "webp", "")
    assert plan.size == shown(renditions.serve(plan).data).size == (160, 480)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_size_can_be_guessed_without_a_picture(renditions, preset):
    width, height = renditions.size_or_guess(None, PRESETS[preset].recipe())
    wanted = PRESETS[preset]
    assert wanted.width is None or width == wanted.width
    assert wanted.height is None or height == wanted.height or wanted.fit == "inside"


def test_a_size_is_exact_with_a_picture_and_small_without_a_preset(renditions, picture):
    recipe = PRESETS["w160"].recipe()
    assert renditions.size_or_guess(picture, recipe) == renditions.size(picture, "w160")
    assert renditions.size_or_guess(picture, None) == (400, 300)


def test_a_store_elsewhere_is_read_through_memory(services, picture):
    class Remote:
        def open_path(self, key):
            return None

        def get(self, key):
            return blobs.get(key)

    blobs = services.renditions._maker._blobs
    remote = a_maker(services.renditions, blobs=Remote())
    plan = by_preset(services.renditions, picture, "small", "png", "")
    assert shown(remote.make(plan).data).size == (180, 120)


def test_keys_do_not_depend_on_who_owns_the_picture(renditions, picture):
    mine = by_preset(renditions, picture, "small", "webp", "")
    theirs = by_preset(renditions, replace(picture, id="x" * 11, owner_id=99), "small", "webp", "")
    assert mine.key == theirs.key
    assert re.search(r"^rendition/\w+/[0-9a-f]{64}/", mine.key)


def test_a_rendition_that_was_purged_while_it_was_made_is_not_kept(renditions, picture):
    plan = by_preset(renditions, picture, "small", "webp", "")

    class PurgedMeanwhile:
        def note(self, key, digest):
            """Note nothing, as if a purge had struck it out at once."""

        def is_noted(self, key):
            return False

    cache = renditions._store._cache
    racing = a_maker(renditions, store=RenditionStore(cache, PurgedMeanwhile()))  # type: ignore[arg-type]
    assert racing.make(plan).source == "miss"
    assert cache.get(plan.key) is None


def test_a_rendition_comes_from_a_master_and_looks_like_one_from_the_original(
    services, renditions, owner
):
    photo = PillowImage.effect_noise((2400, 1600), 40).convert("RGB")
    picture = services.images.add_image(owner, encoded(photo, "JPEG"))
    assert set(picture.masters) == {"512", "1280"}
    plan = by_preset(renditions, picture, "w320", "png", "")
    with_master = shown(renditions.serve(plan).data)
    without = renditions._maker._rendered(
        replace(plan, picture=replace(picture, masters={})), "request"
    )
    difference = ImageChops.difference(with_master.convert("L"), shown(without).convert("L"))
    assert ImageStat.Stat(difference).mean[0] < 4


def test_a_rendition_does_not_need_the_original_where_a_master_suffices(
    services, renditions, owner
):
    photo = PillowImage.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    picture = services.images.add_image(owner, encoded(photo, "JPEG"))
    renditions._maker._blobs.delete(picture.blob_key)
    assert renditions.serve(by_preset(renditions, picture, "w320", "webp", "")).data
    with pytest.raises(NotFoundError):
        renditions.serve(by_preset(renditions, picture, "w1920", "webp", ""))


def test_a_lost_master_is_no_loss(services, renditions, owner):
    photo = PillowImage.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    picture = services.images.add_image(owner, encoded(photo, "JPEG"))
    for key in picture.masters.values():
        renditions._maker._blobs.delete(key)
    assert renditions.serve(by_preset(renditions, picture, "w320", "webp", "")).data


def test_a_purge_takes_the_masters_too(services, renditions, owner):
    photo = PillowImage.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    picture = services.images.add_image(owner, encoded(photo, "JPEG"))
    assert all(renditions._maker._blobs.exists(key) for key in picture.masters.values())
    services.images.purge(picture.id, owner)
    assert not any(renditions._maker._blobs.exists(key) for key in picture.masters.values())


def test_a_full_disk_costs_the_copy_and_not_the_picture(renditions, picture, monkeypatch, caplog):
    plan = by_preset(renditions, picture, "small", "webp", "")

    def full(*_arguments):
        msg = "The disk is full."
        raise StorageFullError(msg)

    monkeypatch.setattr(renditions._store._index, "note", full)
    assert renditions.serve(plan).source == "miss"
    assert renditions.find(plan) is None
    assert "The disk is full." in caplog.text


def test_nothing_is_noted_of_an_original_that_is_gone(services, renditions, owner, picture):
    plan = by_preset(renditions, picture, "small", "webp", "")
    data = renditions.serve(plan).data
    services.images.purge(picture.id, owner)
    renditions._store.keep(plan.key, picture.digest, data)  # by somebody who began before that
    assert renditions.find(plan) is None
    assert not renditions._store._index.is_noted(plan.key)


def test_what_is_kept_while_a_purge_goes_on_is_gone_after_it(renditions, picture):
    plan = by_preset(renditions, picture, "small", "webp", "")
    store = renditions._store
    renditions.serve(plan)
    with store._index._database.writing() as session:
        renditions.forget(session, picture)
        store._cache.set(plan.key, b"late")  # its note is still to be seen by others
    assert renditions.find(plan) is None


def test_a_maker_that_hangs_holds_up_others_for_a_while_only(renditions, picture, monkeypatch):
    monkeypatch.setattr("webapp.services.renditions.maker.PATIENCE", 0.05)
    plan = by_preset(renditions, picture, "small", "webp", "")
    with renditions._maker._turn(plan.key), pytest.raises(OverloadedError):
        renditions.make(plan)
