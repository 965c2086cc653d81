import io
from dataclasses import replace

import pytest
from PIL import Image

from webapp.errors import GoneError, InvalidError, NotFoundError
from webapp.imaging.metadata import ALTERED
from webapp.imaging.provenance import digital_source_type, xmp_packet
from webapp.jobs import NullRunner
from webapp.models import Image as Row
from webapp.models import now_ms
from webapp.services.images.edit_wishes import Edit
from webapp.services.images.edits import MODEL, NOTHING, PROVIDER
from webapp.services.images.provenance import Provenance

LABEL = xmp_packet("trainedAlgorithmicMedia")


def chart(width=8, height=4) -> Image.Image:
    """Return a picture in which no two pixels are alike: red tells the column, green the row."""
    image = Image.new("RGB", (width, height))
    image.putdata([(x, y, 77) for y in range(height) for x in range(width)])
    return image


def encoded(image: Image.Image, kind="PNG", **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue", "lime")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


@pytest.fixture
def picture(services, owner):
    return services.images.add_image(owner, encoded(chart()), prompt="a chart", filename="c.png")


@pytest.fixture
def made(services, owner, picture):
    """Return a function that edits the picture and opens the result."""

    def edit(**wish):
        return opened(services, services.editor.edit(picture.id, owner, Edit(**wish)))

    return edit


def opened(services, picture):
    return Image.open(io.BytesIO(services.images.original_bytes(picture)))


class TestPixels:
    def test_a_box_keeps_just_its_pixels(self, made):
        image = made(left=0.25, top=0.5, width=0.5, height=0.25)
        assert image.size == (4, 1)
        assert [image.getpixel((x, 0)) for x in range(4)] == [(x, 2, 77) for x in range(2, 6)]

    @pytest.mark.parametrize(
        ("turn", "corner"), [(90, (0, 3, 77)), (180, (7, 3, 77)), (270, (7, 0, 77))]
    )
    def test_a_turn_goes_clockwise(self, made, turn, corner):
        image = made(turn=turn)
        assert image.size == ((8, 4) if turn == 180 else (4, 8))
        assert image.getpixel((0, 0)) == corner

    def test_mirror_changes_left_and_right_and_flip_top_and_bottom(self, made):
        assert made(is_mirrored=True).getpixel((0, 0)) == (7, 0, 77)
        assert made(is_flipped=True).getpixel((0, 0)) == (0, 3, 77)

    def test_it_is_cut_then_turned_then_mirrored(self, made):
        image = made(left=0.5, width=0.5, height=0.5, turn=90, is_mirrored=True)
        assert image.size == (2, 4)
        assert image.getpixel((0, 0)) == (4, 0, 77)

    @pytest.mark.parametrize(
        ("ratio", "size"),
        [("1:1", (4, 4)), ("4:3", (5, 4)), ("16:9", (7, 4)), ("9:16", (2, 4))],
    )
    def test_a_shape_keeps_as_much_as_it_can_of_the_middle(self, made, ratio, size):
        image = made(ratio=ratio)
        assert image.size == size
        assert abs(image.getpixel((0, 0))[0] - (8 - size[0]) / 2) <= 0.5

    @pytest.mark.parametrize(("focal", "first"), [((0, 0.5), 0), ((0.75, 0.5), 4), ((1, 1), 4)])
    def test_a_shape_lies_around_the_focal_point(
        self, services, owner, picture, made, focal, first
    ):
        services.images.set_focal_point(picture.id, owner, focal)
        assert made(ratio="1:1").getpixel((0, 0)) == (first, 0, 77)

    def test_a_shape_within_a_box_stays_within_it(self, services, owner, picture, made):
        services.images.set_focal_point(picture.id, owner, (1, 1))
        image = made(left=0.25, width=0.5, ratio="3:4")
        assert image.size == (3, 4)
        assert image.getpixel((2, 3)) == (5, 3, 77)

    def test_what_is_too_thin_to_see_leaves_a_pixel(self, made):
        assert made(left=0.999, width=0.001, height=0.001).size == (1, 1)

    def test_percentages_that_were_rounded_may_reach_a_little_beyond(self, made):
        assert made(left=0.3334, width=0.6667).size == (5, 4)


class TestFormats:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_what_can_be_written_stays_what_it_is_with_its_label(self, services, owner, kind):
        options = {"xmp": LABEL} if kind != "PNG" else {}
        source = encoded(chart(64, 32), kind, **options)
        parent = services.images.add_image(owner, source)
        child = services.editor.edit(parent.id, owner, Edit(ratio="1:1"))
        assert child.format == kind.lower()
        if options:
            xmp = opened(services, child).info["xmp"]
            assert digital_source_type(xmp) == "trainedAlgorithmicMedia"

    @pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "AVIF"])
    def test_anything_else_becomes_a_png(self, services, owner, kind):
        parent = services.images.add_image(owner, encoded(chart(64, 32), kind))
        child = services.editor.edit(parent.id, owner, Edit(turn=90))
        assert (child.format, child.width, child.height) == ("png", 32, 64)

    def test_of_an_animated_gif_it_is_the_first_frame(self, services, owner):
        parent = services.images.add_image(owner, moving("GIF"))
        child = services.editor.edit(parent.id, owner, Edit(width=0.5))
        image = opened(services, child).convert("RGB")
        assert (child.format, image.size) == ("png", (20, 20))
        assert image.getpixel((5, 5)) == (255, 0, 0)

    def test_an_animated_webp_goes_on_moving(self, services, owner):
        parent = services.images.add_image(owner, moving("WEBP"))
        child = services.editor.edit(parent.id, owner, Edit(width=0.5))
        assert opened(services, child).n_frames == 3

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_what_is_transparent_stays_so(self, services, owner, kind):
        image = Image.new("RGBA", (40, 20), (200, 30, 30, 0))
        image.paste((200, 30, 30, 255), (20, 0, 40, 20))
        parent = services.images.add_image(owner, encoded(image, kind))
        child = services.editor.edit(parent.id, owner, Edit(turn=180))
        assert child.has_alpha
        found = opened(services, child).convert("RGBA")
        assert (found.getpixel((2, 10))[3], found.getpixel((38, 10))[3]) == (255, 0)

    def test_a_picture_that_lies_on_its_side_is_cut_as_it_is_seen(self, services, owner):
        exif = Image.Exif()
        exif[0x0112] = 6  # to be shown turned clockwise by a quarter
        image = Image.new("RGB", (40, 20), "red")
        image.paste("blue", (0, 0, 20, 20))
        parent = services.images.add_image(owner, encoded(image, "JPEG", exif=exif))
        assert (parent.width, parent.height) == (20, 40)
        child = services.editor.edit(parent.id, owner, Edit(height=0.5))
        assert opened(services, child).size == (20, 20)
        assert opened(services, child).getpixel((10, 10))[2] > 200


class TestRow:
    def test_it_is_a_new_picture_with_the_recipe_of_the_old_one(self, services, owner, wish):
        parent = services.generator.start(owner, replace(wish, negative_prompt="")).pictures[0]
        before = services.images.own_image(parent.id, owner)
        child = services.editor.edit(parent.id, owner, Edit(ratio="1:1", turn=90, is_flipped=True))
        assert services.images.own_image(parent.id, owner) == before
        assert child.is_ready
        assert (child.provider, child.model) == (PROVIDER, MODEL)
        assert (child.prompt, child.seed) == (before.prompt, before.seed)
        assert set(child.parameters) == {"crop", "turn", "flip"}
        assert child.parameters["turn"] == "90°"

    def test_its_parent_is_its_source(self, services, owner, picture):
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        relatives = services.lineage.of(child).relatives
        assert [(item.id, item.level) for item in relatives] == [(picture.id, -1), (child.id, 0)]
        assert relatives[1].parents == {picture.id: "source"}

    def test_it_counts_and_open_pages_hear_of_it(self, services, owner, picture):
        live, count = services.changes.live(owner), services.gallery.count(owner)
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        changes = services.changes.since(owner, live.version)
        assert changes is not None
        assert [item.id for item in changes.added] == [child.id]
        assert services.gallery.count(owner) == count + 1

    def test_its_thumbnails_can_be_seen(self, services, browser, owner, picture):
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        assert browser.get(f"/t/w640/{child.id}.png").status_code == 200

    def test_it_is_private_though_its_parent_is_not(self, services, owner, picture):
        services.images.set_visibility(picture.id, owner, "public")
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        assert child.visibility == "private"

    @pytest.mark.parametrize(
        ("wish", "focal"),
        [
            ({"left": 0.25, "width": 0.75}, (0.3333, 0.25)),
            ({"turn": 90}, (0.75, 0.5)),
            ({"turn": 180}, (0.5, 0.75)),
            ({"turn": 270}, (0.25, 0.5)),
            ({"is_flipped": True}, (0.5, 0.75)),
            ({"left": 0.625, "width": 0.25}, None),
        ],
    )
    def test_a_chosen_focal_point_comes_along(self, services, owner, picture, wish, focal):
        services.images.set_focal_point(picture.id, owner, (0.5, 0.25))
        child = services.editor.edit(picture.id, owner, Edit(**wish))
        assert child.focal == focal

    def test_an_edit_of_an_upload_is_no_work_of_a_model(self, services, owner, easel):
        parent = services.images.add_image(owner, encoded(chart(40, 20)))
        child = services.editor.edit(parent.id, owner, Edit(turn=90))
        assert Provenance(easel.database, services.images).source_type(child) == ALTERED


class TestRefusals:
    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            ({"left": -0.1}, "left"),
            ({"top": 1}, "top"),
            ({"width": 0}, "width"),
            ({"height": 1.5}, "height"),
            ({"left": 0.5, "width": 0.6}, "width"),
            ({"width": float("nan")}, "width"),
            ({"left": float("inf")}, "left"),
            ({"ratio": "7:5"}, "ratio"),
            ({"ratio": "0:0"}, "ratio"),
            ({"turn": 45}, "turn"),
            ({"turn": -90}, "turn"),
        ],
    )
    def test_what_makes_no_sense_is_told_by_field(self, services, owner, picture, wish, field):
        with pytest.raises(InvalidError) as caught:
            services.editor.edit(picture.id, owner, Edit(**wish))
        assert list(caught.value.fields) == [field]
        assert services.gallery.count(owner) == 1

    @pytest.mark.parametrize("wish", [{}, {"ratio": "2:3"}])
    def test_an_edit_that_changes_nothing_is_none(self, services, owner, wish):
        parent = services.images.add_image(owner, encoded(chart(2, 3)))
        with pytest.raises(InvalidError, match=NOTHING):
            services.editor.edit(parent.id, owner, Edit(**wish))

    def test_strangers_are_told_nothing(self, services, owner, stranger, picture):
        services.images.set_visibility(picture.id, owner, "public")
        with pytest.raises(NotFoundError):
            services.editor.edit(picture.id, stranger, Edit(turn=90))
        with pytest.raises(NotFoundError):
            services.editor.edit("zzzzzzzzzzz", owner, Edit(turn=90))

    def test_what_is_in_the_trash_has_to_be_put_back_first(self, services, owner, picture):
        services.images.delete_image(picture.id, owner)
        with pytest.raises(InvalidError, match="in the trash"):
            services.editor.edit(picture.id, owner, Edit(turn=90))

    def test_a_failed_picture_has_nothing_to_edit(self, services, owner, wish):
        failed = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0]
        with pytest.raises(InvalidError, match="could not be made"):
            services.editor.edit(failed.id, owner, Edit(turn=90))

    def test_a_parent_that_is_purged_meanwhile_leaves_no_half_a_picture(
        self, services, owner, picture, monkeypatch
    ):
        keep = services.editor._originals.keep

        def purge_first(data):
            services.images.delete_image(picture.id, owner)
            services.images.purge(picture.id, owner)
            return keep(data)

        monkeypatch.setattr(services.editor._originals, "keep", purge_first)
        with pytest.raises(GoneError):
            services.editor.edit(picture.id, owner, Edit(turn=90))
        assert services.images.get_images(owner).pictures == ()


class TestPurgedParents:
    def test_the_child_stays_and_knows_that_there_was_one(self, services, owner, picture):
        child = services.editor.edit(picture.id, owner, Edit(turn=90))
        services.images.delete_image(picture.id, owner)
        services.images.purge(picture.id, owner)
        relatives = {item.id: item for item in services.lineage.of(child).relatives}
        assert relatives[picture.id].picture is None
        assert services.images.own_image(child.id, owner) == child


class TestFinishes:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def sketch(self, services):
        from webapp.providers.sketch.provider import SketchProvider  # noqa: PLC0415  # heavy

        services.catalogue._providers["sketch"] = SketchProvider()

    def test_there_are_none_without_the_model(self, services, owner, picture):
        assert services.finishes.offered() == ()
        with pytest.raises(InvalidError, match="no finish 'oil'"):
            services.finishes.start(picture.id, owner, "oil", 0.5)

    def test_the_models_own_are_offered(self, services, sketch):
        assert "stained glass" in services.finishes.offered()

    def test_one_starts_a_picture_that_has_the_old_one_as_reference(
        self, services, owner, picture, sketch
    ):
        child = services.finishes.start(picture.id, owner, "oil", 0.4).pictures[0]
        made_by = services.gallery.generation_of(child)
        assert (made_by.strength, made_by.parameters["finish"]) == (0.4, "oil")
        assert services.gallery.references_of(child) == (picture.id,)
        assert child.title == "Oil"

    @pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
    def test_a_strength_out_of_bounds_is_refused(self, services, owner, picture, sketch, strength):
        with pytest.raises(InvalidError, match="strength"):
            services.finishes.start(picture.id, owner, "oil", strength)

    def test_strangers_are_told_nothing(self, services, stranger, picture, sketch):
        with pytest.raises(NotFoundError):
            services.finishes.start(picture.id, stranger, "oil", 0.5)


def test_a_large_picture_is_edited_at_full_size(services, owner):
    parent = services.images.add_image(
        owner, encoded(Image.new("RGB", (3000, 2000), "teal"), "JPEG")
    )
    child = services.editor.edit(parent.id, owner, Edit(left=0.1, width=0.8))
    assert (child.width, child.height) == (2400, 2000)


def test_rows_of_edits_are_ready_and_free(services, owner, picture, easel):
    child = services.editor.edit(picture.id, owner, Edit(turn=90))
    with easel.database.reading() as session:
        row = session.get(Row, child.key)
    assert (row.cost, row.generation_id) == (0, None)
    assert row.ready_ms <= now_ms()
