import base64
import re
from io import BytesIO

import pytest
from PIL import Image as PillowImage
from sqlalchemy import func, select, update

from tests.imaging.pictures import encoded, png_header, with_orientation
from webapp.errors import GoneError, InvalidError, NotFoundError, StorageFullError, TooLargeError
from webapp.imaging.formats import FORMATS
from webapp.imaging.presets import PRESETS
from webapp.models import Generation, Image, User
from webapp.providers.base import ImageResult
from webapp.providers.plain import png
from webapp.services.images.trash import Trash
from webapp.services.requests import GenerationRequest
from webapp.storage.blobs import BlobStore


@pytest.fixture
def images(services):
    return services.images


@pytest.fixture
def database(services):
    return services.gallery._database


@pytest.fixture
def blobs(images):
    return images._blobs


def a_jpeg(width=60, height=40, orientation=1):
    return with_orientation(
        PillowImage.new("RGB", (width, height), (200, 40, 10)), orientation, "JPEG"
    )


def a_png(number=0):
    return png(20, 20, bytes([number, 120, 200]))


def test_what_is_kept_is_described_in_full(images, owner, noise):
    data = a_jpeg()
    picture = images.add_image(owner, data, prompt="a red field", filename="field.jpg")
    assert (picture.width, picture.height, picture.format) == (60, 40, "jpeg")
    assert picture.bytes == len(data)
    assert re.fullmatch("[0-9a-f]{64}", picture.digest)
    assert (picture.prompt, picture.filename, picture.state) == (
        "a red field",
        "field.jpg",
        "ready",
    )
    assert picture.visibility == "private"
    assert re.fullmatch("#[0-9a-f]{6}", picture.colour)
    assert images.get_image(picture.id, owner) == picture


def test_width_and_height_are_those_that_people_see(images, owner):
    picture = images.add_image(owner, a_jpeg(60, 40, orientation=6))
    assert (picture.width, picture.height) == (40, 60)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_preview_is_a_short_data_uri_of_a_tiny_webp(images, owner, kind):
    picture = images.add_image(owner, encoded(PillowImage.effect_noise((90, 50), 80), kind))
    assert 90 <= len(picture.preview) <= 230
    head, _, text = picture.preview.partition(",")
    assert head == "data:image/webp;base64"
    with PillowImage.open(BytesIO(base64.b64decode(text, validate=True))) as tiny:
        assert tiny.format == "WEBP"
        assert max(tiny.size) == 16


def test_the_original_is_kept_as_it_came(images, owner):
    data = a_jpeg()
    kept = images.original(images.add_image(owner, data))
    assert kept.read_bytes() == data


def test_a_file_can_be_kept_without_reading_it_into_memory(images, owner, tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(a_png())
    picture = images.add_image(owner, file)
    assert images.original(picture).read_bytes() == a_png()


def test_equal_pictures_share_one_file(images, blobs, owner, stranger):
    one, two = images.add_image(owner, a_png()), images.add_image(stranger, a_png())
    assert one.id != two.id
    assert one.blob_key == two.blob_key
    assert list(blobs.keys()) == [one.blob_key]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\me.png", "me.png"),
        ("a/b/../c.png", "c.png"),
        ("<script>.png", "<script>.png"),
        ("x" * 400 + ".png", "x" * 255),
        ("nul\0l.png", "null.png"),
        ("two\nlines.png", "two lines.png"),
    ],
)
def test_of_a_file_name_only_the_last_part_is_remembered(images, owner, name, kept):
    assert images.add_image(owner, a_png(), filename=name).filename == kept


def test_public_ids_say_nothing_about_order(images, owner):
    ids = [images.add_image(owner, a_png(number)).id for number in range(12)]
    assert all(re.fullmatch("[1-9A-HJ-NP-Za-km-z]{11}", uid) for uid in ids)
    assert len({uid[:2] for uid in ids}) > 3
    assert ids != sorted(ids)


def test_a_new_picture_never_takes_over_anything_of_a_purged_one(images, database, owner):
    first = images.add_image(owner, a_png(1))
    images.purge(first.id, owner)
    second = images.add_image(owner, a_png(2))
    assert second.id != first.id
    with pytest.raises(GoneError):
        images.get_image(first.id, owner)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n", "not a picture|damaged"),
        (a_png()[:-20], "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"<html><script>alert(1)</script>", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b"%PDF-1.7\n", "not a picture"),
        (b"just text", "not a picture"),
    ],
    ids=["empty", "header", "truncated", "svg", "html", "eps", "pdf", "text"],
)
def test_what_is_no_whole_picture_is_refused_and_nothing_kept(
    images, blobs, database, owner, data, sentence
):
    with pytest.raises(InvalidError, match=sentence):
        images.add_image(owner, data)
    assert nothing_is_kept(blobs, database)


def test_too_many_pixels_are_refused_before_they_are_decoded(images, blobs, database, owner):
    with pytest.raises(TooLargeError, match="too") as caught:
        images.add_image(owner, png_header(20_000, 15_000))
    assert caught.value.code == "too_many_pixels"
    assert nothing_is_kept(blobs, database)


def test_too_many_bytes_are_refused_before_they_are_looked_at(images, blobs, database, owner):
    with pytest.raises(TooLargeError, match="50 MB"):
        images.add_image(owner, b"\0" * 51_000_000)
    assert nothing_is_kept(blobs, database)


def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(
    images, blobs, database, owner, tmp_path
):
    images._originals._blobs = BlobStore.from_url(blobs._root, reserve_bytes=10**18)
    with pytest.raises(StorageFullError, match="The disk is full"):
        images.add_image(owner, a_png())
    assert nothing_is_kept(blobs, database)
    assert not list((blobs._root / ".incoming").iterdir())


def test_pictures_can_be_deleted_from_a_full_disk(images, blobs, owner):
    picture = images.add_image(owner, a_png())
    images._originals._blobs = BlobStore.from_url(blobs._root, reserve_bytes=10**18)
    images.delete_image(picture.id, owner)
    images.purge(picture.id, owner)
    assert not list(blobs.keys())


def nothing_is_kept(blobs, database):
    with database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(Image))
    return rows == 0 and not list(blobs.keys())


def all_pages(images, owner, limit, between=lambda: None, **options):
    seen, cursor = [], None
    while True:
        page = images.get_images(owner, before=cursor, limit=limit, **options)
        seen += [picture.id for picture in page.pictures]
        cursor = page.next_cursor
        if cursor is None:
            return seen
        between()


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 60])
def test_pages_hold_every_picture_once_newest_first(images, owner, noise, limit):
    ids = [images.add_image(owner, a_png(number)).id for number in range(6)]
    assert all_pages(images, owner, limit) == ids[::-1]


def test_pages_keep_their_place_while_pictures_arrive_and_go(images, owner, noise):
    ids = [images.add_image(owner, a_png(number)).id for number in range(6)]

    def between():
        images.add_image(owner, a_png(99))
        images.delete_image(ids[5], owner)

    assert all_pages(images, owner, 2, between) == ids[::-1]


def test_the_last_page_has_no_cursor(images, owner):
    for number in range(4):
        images.add_image(owner, a_png(number))
    first = images.get_images(owner, limit=2)
    assert first.next_cursor is not None
    assert images.get_images(owner, limit=2, before=first.next_cursor).next_cursor is None


def test_a_page_before_everything_is_empty(images, owner, noise):
    images.add_image(owner, a_png())
    page = images.get_images(owner, before=0)
    assert (page.pictures, page.next_cursor) == ((), None)


def test_uploads_and_generated_pictures_can_be_shown_alone(services, images, owner, wish, noise):
    made = services.generator.start(owner, wish).pictures[0].id
    brought = images.add_image(owner, a_png()).id
    assert all_pages(images, owner, 60, show="uploads") == [brought]
    assert all_pages(images, owner, 60, show="generated") == [made]
    assert all_pages(images, owner, 60, show="all") == [brought, made]


def test_a_deleted_picture_leaves_the_gallery_and_comes_back(services, images, owner, noise):
    picture = images.add_image(owner, a_png())
    images.delete_image(picture.id, owner)
    assert images.get_images(owner).pictures == ()
    assert services.gallery.count(owner) == 0
    assert images.get_image(picture.id, owner).deleted is not None
    images.restore(picture.id, owner)
    assert [item.id for item in images.get_images(owner).pictures] == [picture.id]
    assert services.gallery.count(owner) == 1


def test_deleting_or_restoring_twice_counts_once(services, images, owner):
    picture = images.add_image(owner, a_png())
    images.delete_image(picture.id, owner)
    images.delete_image(picture.id, owner)
    assert services.gallery.count(owner) == 0
    images.restore(picture.id, owner)
    images.restore(picture.id, owner)
    assert services.gallery.count(owner) == 1


def test_the_kept_count_is_the_true_one(services, images, database, owner, stranger, noise):
    kept = [images.add_image(owner, a_png(number)).id for number in range(4)]
    images.delete_image(kept[0], owner)
    images.purge(kept[0], owner)
    images.purge(kept[1], owner)
    images.delete_image(kept[2], owner)
    for person in (owner, stranger):
        with database.reading() as session:
            kept_count = session.scalar(select(User.image_count).where(User.id == person.id))
            mine = select(func.count()).where(
                Image.owner_id == person.id, Image.deleted_ms.is_(None)
            )
            assert kept_count == session.scalar(mine) > 0


def test_purging_takes_row_file_and_every_rendition(services, images, blobs, owner):
    picture = images.add_image(owner, a_png())
    plans = [
        services.renditions.plan(picture, PRESETS[preset].recipe(), extension, "")
        for preset in ("small", "w640", "og")
        for extension in ("webp", "png", "jpg", "gif")
    ]
    for plan in plans:
        services.renditions.serve(plan)
    cache = services.renditions._store
    assert all(cache.get(plan.key) for plan in plans)
    images.delete_image(picture.id, owner)
    images.purge(picture.id, owner)
    assert not any(cache.get(plan.key) for plan in plans)
    assert not list(blobs.keys())
    assert set(FORMATS) >= {plan.format for plan in plans}


@pytest.fixture
def asked(services, owner):
    """Return two pictures of one generation that says more than a prompt."""
    wish = GenerationRequest(
        prompt="a secret",
        negative_prompt="no rumours",
        provider="plain",
        model="plain-1",
        count=2,
        variables={"who": "nobody"},
    )
    started = services.generator.start(owner, wish)
    row = update(Generation).where(Generation.uid == started.id)
    services.gallery._database.change(row.values(mask=b"x", parameters={"mood": "low"}))
    return started


def wish_of(database, uid):
    columns = ("prompt", "negative_prompt", "variables", "parameters", "mask")
    wanted = select(*(getattr(Generation, name) for name in columns))
    with database.reading() as session:
        return tuple(session.execute(wanted.where(Generation.uid == uid)).one())


def test_what_was_asked_for_goes_with_the_last_picture(services, images, database, owner, asked):
    first, second = asked.pictures
    kept = ("a secret", "no rumours", {"who": "nobody"}, {"mood": "low"}, b"x")
    images.purge(first.id, owner)
    assert wish_of(database, asked.id) == kept
    assert services.prompts.history(owner)[0].prompt == "a secret"
    images.purge(second.id, owner)
    assert wish_of(database, asked.id) == ("", "", {}, {}, None)
    assert services.prompts.history(owner) == ()
    with pytest.raises(GoneError):
        services.generations.get(asked.id, owner)


def test_what_was_asked_for_goes_with_the_trash(services, images, database, owner, asked):
    first, second = asked.pictures
    images.delete_image(first.id, owner)
    services.trash.empty(owner)
    assert wish_of(database, asked.id)[0] == "a secret"
    images.delete_image(second.id, owner)
    services.trash.empty(owner)
    assert wish_of(database, asked.id) == ("", "", {}, {}, None)


def test_a_file_stays_as_long_as_another_picture_has_it(services, images, blobs, owner, stranger):
    mine, theirs = images.add_image(owner, a_png()), images.add_image(stranger, a_png())
    images.purge(mine.id, owner)
    assert images.original(theirs).read_bytes() == a_png()
    images.purge(theirs.id, stranger)
    assert not list(blobs.keys())


def test_a_picture_in_the_trash_keeps_its_file(images, owner, stranger):
    mine, theirs = images.add_image(owner, a_png()), images.add_image(stranger, a_png())
    images.delete_image(theirs.id, stranger)
    images.purge(mine.id, owner)
    assert images.original(theirs).read_bytes() == a_png()


@pytest.mark.parametrize("visibility", ["unlisted", "public"])
def test_after_a_purge_those_who_could_see_it_learn_that_it_is_gone(
    images, owner, stranger, visibility
):
    picture = images.add_image(owner, a_png())
    images.set_visibility(picture.id, owner, visibility)
    images.purge(picture.id, owner)
    for person in (owner, stranger, None):
        with pytest.raises(GoneError, match="deleted"):
            images.get_image(picture.id, person)


def test_after_a_purge_of_a_private_picture_only_its_owner_learns_of_it(images, owner, stranger):
    picture = images.add_image(owner, a_png())
    images.purge(picture.id, owner)
    with pytest.raises(GoneError):
        images.get_image(picture.id, owner)
    for person in (stranger, None):
        with pytest.raises(NotFoundError):
            images.get_image(picture.id, person)


def test_a_deleted_shared_picture_is_gone_for_others_and_there_for_its_owner(
    images, owner, stranger
):
    picture = images.add_image(owner, a_png())
    images.set_visibility(picture.id, owner, "public")
    images.delete_image(picture.id, owner)
    with pytest.raises(GoneError):
        images.get_image(picture.id, stranger)
    assert images.get_image(picture.id, owner).deleted is not None


def test_a_private_picture_does_not_exist_for_others(images, owner, stranger):
    picture = images.add_image(owner, a_png())
    for person in (stranger, None):
        with pytest.raises(NotFoundError):
            images.get_image(picture.id, person)


def test_a_shared_picture_is_seen_by_everybody_and_changed_by_its_owner_alone(
    images, owner, stranger
):
    picture = images.add_image(owner, a_png())
    images.set_visibility(picture.id, owner, "unlisted")
    assert images.get_image(picture.id, None).id == picture.id
    for act in (
        lambda: images.own_image(picture.id, stranger),
        lambda: images.delete_image(picture.id, stranger),
        lambda: images.restore(picture.id, stranger),
        lambda: images.purge(picture.id, stranger),
        lambda: images.set_visibility(picture.id, stranger, "private"),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert images.get_image(picture.id, None).visibility == "unlisted"


def test_a_visibility_that_is_none_is_refused(images, owner):
    picture = images.add_image(owner, a_png())
    with pytest.raises(InvalidError, match="private, unlisted, public"):
        images.set_visibility(picture.id, owner, "world")


@pytest.mark.parametrize("uid", ["", "0", "1", "zzzzzzzzzzz", "\0", "' or 1=1 --", "é", "x" * 5000])
def test_an_id_that_is_none_is_not_found(images, owner, uid):
    with pytest.raises(NotFoundError):
        images.get_image(uid, owner)
    with pytest.raises(NotFoundError):
        images.delete_image(uid, owner)


def test_a_missing_original_is_said_and_not_raised_as_a_fault(images, blobs, owner):
    picture = images.add_image(owner, a_png())
    blobs.delete(picture.blob_key)
    with pytest.raises(NotFoundError, match="missing"):
        images.original(picture)


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
@pytest.mark.parametrize("form", ["bytes", "picture", "result"])
def test_base64_is_given_of_bytes_pictures_and_results(images, kind, form):
    picture = PillowImage.new("RGB", (30, 20), (10, 200, 30))
    data = encoded(picture)
    source = {"bytes": data, "picture": picture, "result": ImageResult(data)}[form]
    shown = unpacked(images.image_to_base64(source, kind))
    assert (shown.format.lower(), shown.mode, shown.size) == (kind, "RGB", (30, 20))


def test_base64_is_on_white_where_a_picture_is_transparent(images):
    shown = unpacked(images.image_to_base64(PillowImage.new("RGBA", (8, 8), (0, 0, 0, 0))))
    assert min(shown.getpixel((4, 4))) > 250


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_base64_is_upright(images, orientation):
    data = with_orientation(PillowImage.new("RGB", (30, 20)), orientation, "JPEG")
    expected = (30, 20) if orientation == 3 else (20, 30)
    shown = unpacked(images.image_to_base64(data))
    assert shown.size == expected
    assert not shown.getexif().get(0x0112)


@pytest.mark.parametrize(
    "source",
    [b"", b"junk", a_png()[:40], b"\xff\xd8\xff", ImageResult(b"nothing")],
    ids=["empty", "junk", "cut", "jpeg header", "result"],
)
def test_base64_of_damaged_data_is_a_runtime_error_with_a_plain_sentence(images, source):
    with pytest.raises(RuntimeError) as caught:
        images.image_to_base64(source)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert not re.search(r"Error|Traceback|0x|BytesIO|PIL", sentence)


def test_deleting_a_picture_that_waits_cancels_its_work(services, owner, wish, monkeypatch):
    monkeypatch.setattr(services.jobs._runner, "send", lambda ids: None)
    picture = services.generator.start(owner, wish).pictures[0]
    services.images.delete_image(picture.id, owner)
    assert services.jobs.counts()["cancelled"] == 1
    assert services.images.get_image(picture.id, owner).error_kind == "cancelled"


class TestTrash:
    def test_the_trash_is_emptied_for_its_owner_alone(self, services, images, owner, noise):
        uids = [images.add_image(owner, a_png(number)).id for number in range(3)]
        for uid in uids[:2]:
            images.delete_image(uid, owner)
        assert services.trash.empty(owner) == 2
        assert [item.id for item in images.get_images(owner).pictures] == [uids[2]]
        assert services.trash.empty(owner) == 0
        stranger = services.accounts.named("charlie")
        assert len(services.gallery.trash(stranger).page.pictures) == 1

    def test_what_was_deleted_thirty_days_ago_is_swept(self, services, images, database, owner):
        old, young, kept = [images.add_image(owner, a_png(number)) for number in range(3)]
        for picture, days in ((old, 30.01), (young, 29.9)):
            images.delete_image(picture.id, owner)
            with database.writing() as session:
                row = session.get_one(Image, picture.key)
                row.deleted_ms -= round(days * 24 * 3600 * 1000)
        assert services.trash.sweep() == 1
        with pytest.raises(GoneError):
            images.get_image(old.id, owner)
        assert images.get_image(young.id, owner).deleted
        assert images.get_image(kept.id, owner).deleted is None

    def test_two_can_empty_it_at_once(self, services, images, database, owner):
        """The second finds pictures gone that it was about to purge."""
        uids = [images.add_image(owner, a_png(number)).id for number in range(2)]
        for uid in uids:
            images.delete_image(uid, owner)

        class Overtaken(Trash):
            def _thrown(self, owner_id):
                found = super()._thrown(owner_id)
                if found:
                    images.purge(found[0], owner)
                return found

        assert Overtaken(database, images).empty(owner) == 1
        assert services.gallery.trash(owner).page.pictures == ()


def unpacked(text):
    picture = PillowImage.open(BytesIO(base64.b64decode(text, validate=True)))
    picture.load()
    return picture
