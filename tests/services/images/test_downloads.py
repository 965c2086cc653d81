"""What is saved says how it was made, or nothing; and uploads are asked what they say."""

import io
import json
import logging

import pytest
from sqlalchemy import update

from tests.imaging.metadata import builders as make
from tests.imaging.metadata.test_comfyui import plain as comfyui_graph
from tests.imaging.metadata.test_reading import A1111
from tests.imaging.pictures import encoded
from webapp.errors import InvalidError
from webapp.imaging.metadata import (
    AI_GENERATED,
    ALTERED,
    COMPOSITE,
    PROCEDURAL,
    read_label,
    read_recipe,
    write_recipe,
)
from webapp.imaging.metadata.recipe import Recipe
from webapp.models import Image
from webapp.providers.plain import png
from webapp.services.requests import GenerationRequest
from webapp.storage.blobs import BlobStore

KEPT = Recipe(
    prompt="a mill by a brook",
    negative_prompt="people",
    provider="gemini",
    model="nano",
    seed=77,
    parameters={"quality": "high"},
)
GPS = b"\1\2\3\4GPS-IS-HERE"
CAMERA = make.tiff({make.MAKE: b"Nikon Corporation\0", 0x8825: (7, GPS)})
COMFYUI = make.png_texts(prompt=json.dumps(comfyui_graph()), workflow='{"nodes": []}')


@pytest.fixture
def made(services, owner, noise):
    """Return a picture with all that a recipe can have."""
    parent = services.images.add_image(owner, png(30, 20, b"abc"))
    recipe = services.images.add_image(owner, png(30, 20, b"abd"))
    wish = GenerationRequest(
        prompt="a lake at dawn",
        negative_prompt="boats",
        provider="plain",
        model="plain-1",
        seed=7,
        parameters={"steps": "12"},
        references=(parent.id,),
        based_on=recipe.id,
        template="wide-landscape",
        template_version=3,
    )
    picture = services.generator.start(owner, wish).pictures[0]
    return services.images.own_image(picture.id, owner), parent


def bytes_of(download):
    source = download.source
    return source.getvalue() if isinstance(source, io.BytesIO) else source.read_bytes()


def saved(services, picture, owner, metadata=""):
    return bytes_of(services.downloads.saved(picture, owner, metadata))


def by(services, picture, provider):
    """Let a picture have been made by another provider."""
    change = update(Image).where(Image.uid == picture.id).values(provider=provider)
    services.usage._database.change(change)


def finished(services, owner, provider, **wish):
    """Return a picture as if that provider had made it."""
    request = GenerationRequest(prompt="x", provider="plain", model="plain-1", **wish)
    picture = services.generator.start(owner, request).pictures[0]
    by(services, picture, provider)
    return services.images.own_image(picture.id, owner)


def label(services, picture, owner, metadata="full"):
    return read_label(saved(services, picture, owner, metadata))


class TestFull:
    def test_everything_that_made_the_picture_is_in_it(self, services, owner, made):
        picture, parent = made
        found = read_recipe(saved(services, picture, owner))
        assert found is not None
        assert (found.tool, found.prompt, found.negative_prompt) == (
            "Easel",
            "a lake at dawn",
            "boats",
        )
        assert (found.provider, found.model, found.seed) == ("plain", "plain-1", 7)
        assert (found.template, found.template_version) == ("wide-landscape", 3)
        assert found.parameters == {"steps": "12"}
        assert found.parents == (parent.id,)

    def test_the_pixels_stay(self, services, owner, made):
        kept = bytes_of(services.downloads.kept(made[0]))
        assert make.same_pixels(saved(services, made[0], owner), kept)

    def test_an_upload_is_sent_as_it_was(self, services, owner):
        data = make.jpeg_with(CAMERA)
        picture = services.images.add_image(owner, data)
        download = services.downloads.saved(picture, owner, "full")
        assert bytes_of(download) == data
        assert download == services.downloads.kept(picture)

    def test_a_damaged_file_is_sent_as_it_is_and_noted(self, services, owner, made, caplog):
        picture = made[0]
        path = services.downloads.kept(picture).source
        path.write_bytes(path.read_bytes()[:40])
        with caplog.at_level(logging.WARNING):
            download = services.downloads.saved(picture, owner)
        assert bytes_of(download) == path.read_bytes()
        assert picture.id in caplog.text
        assert "lake" not in caplog.text


class TestLabel:
    def test_what_a_model_made_says_so(self, services, owner):
        assert label(services, finished(services, owner, "gemini"), owner) == AI_GENERATED

    def test_so_does_what_a_model_filled_in(self, services, owner):
        parent = services.images.add_image(owner, png(30, 20, b"abc"))
        picture = finished(
            services, owner, "openai", references=(parent.id,), mask=png(30, 20, b"\xff\xff\xff")
        )
        assert label(services, picture, owner) == COMPOSITE

    def test_what_sketch_painted_was_made_by_rules(self, services, owner):
        assert label(services, finished(services, owner, "sketch"), owner) == PROCEDURAL

    def test_a_finish_of_a_photograph_is_an_altered_one(self, services, owner):
        photo = services.images.add_image(owner, make.jpeg_with(CAMERA))
        picture = finished(services, owner, "sketch", references=(photo.id,))
        assert label(services, picture, owner) == ALTERED

    def test_a_finish_of_a_sketch_is_still_made_by_rules(self, services, owner):
        first = finished(services, owner, "sketch")
        second = finished(services, owner, "sketch", references=(first.id,))
        assert label(services, second, owner) == PROCEDURAL

    def test_a_finish_says_when_a_model_had_a_part_however_far_back(self, services, owner):
        picture = finished(services, owner, "gemini")
        for _ in range(9):
            picture = finished(services, owner, "sketch", references=(picture.id,))
        assert label(services, picture, owner) == COMPOSITE

    @pytest.mark.parametrize(
        ("data", "term"),
        [
            (write_recipe(make.png(), KEPT), COMPOSITE),
            (COMFYUI, COMPOSITE),
            (write_recipe(make.png(), KEPT, source_type=PROCEDURAL), ALTERED),
            (make.png(), ALTERED),
        ],
        ids=["a label", "a tool without one", "a label of rules", "nothing said"],
    )
    def test_a_finish_asks_an_upload_what_it_is(self, services, owner, data, term):
        upload = services.images.add_image(owner, data)
        picture = finished(services, owner, "sketch", references=(upload.id,))
        assert label(services, picture, owner) == term

    def test_a_recipe_that_was_used_again_is_no_part_of_the_picture(self, services, owner):
        other = finished(services, owner, "gemini")
        picture = finished(services, owner, "sketch", based_on=other.id)
        assert label(services, picture, owner) == PROCEDURAL

    def test_what_is_gone_counts_as_somebodys_picture(self, services, owner):
        photo = services.images.add_image(owner, make.jpeg())
        picture = finished(services, owner, "sketch", references=(photo.id,))
        services.images.purge(photo.id, owner)
        assert label(services, picture, owner) == ALTERED

    @pytest.mark.parametrize(
        ("provider", "term"), [("gemini", AI_GENERATED), ("sketch", PROCEDURAL)]
    )
    def test_it_is_said_even_where_nothing_else_is(self, services, owner, provider, term):
        picture = finished(services, owner, provider)
        assert label(services, picture, owner, "none") == term
        assert read_recipe(saved(services, picture, owner, "none")) is None

    def test_an_upload_keeps_its_own(self, services, owner):
        data = write_recipe(make.webp(), KEPT)
        picture = services.images.add_image(owner, data)
        assert label(services, picture, owner, "none") == AI_GENERATED
        bare = services.images.add_image(owner, make.jpeg())
        assert label(services, bare, owner, "none") is None


class TestNone:
    @pytest.mark.parametrize(
        "data",
        [
            make.jpeg_with(CAMERA),
            make.webp_with(CAMERA),
            make.png_with(make.chunk(b"eXIf", CAMERA)),
        ],
        ids=["jpeg", "webp", "png"],
    )
    def test_places_and_names_are_gone(self, services, owner, data):
        picture = services.images.add_image(owner, data)
        bare = saved(services, picture, owner, "none")
        assert b"GPS-IS-HERE" not in bare
        assert b"Nikon" not in bare
        assert make.same_pixels(bare, data)

    def test_it_can_be_the_rule(self, services, owner, stranger, made):
        assert not services.downloads.strips(owner)
        services.downloads.set_strips(owner, strips=True)
        assert services.downloads.strips(owner)
        assert not services.downloads.strips(stranger)
        assert read_recipe(saved(services, made[0], owner)) is None
        assert read_recipe(saved(services, made[0], owner, "full")) is not None
        services.downloads.set_strips(owner, strips=False)
        assert read_recipe(saved(services, made[0], owner)) is not None

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF"])
    def test_what_cant_be_stripped_is_not_sent(self, services, owner, kind):
        picture = services.images.add_image(owner, encoded(make.picture(), kind))
        with pytest.raises(InvalidError, match="metadata=full") as caught:
            services.downloads.saved(picture, owner, "none")
        assert caught.value.code == "not_strippable"
        services.downloads.saved(picture, owner, "full")

    def test_a_damaged_file_is_not_sent_unstripped(self, services, owner):
        picture = services.images.add_image(owner, make.jpeg_with(CAMERA))
        path = services.downloads.kept(picture).source
        path.write_bytes(path.read_bytes()[:60])
        with pytest.raises(InvalidError, match="damaged") as caught:
            services.downloads.saved(picture, owner, "none")
        assert caught.value.code == "original_damaged"

    def test_there_is_no_third_way(self, services, owner, made):
        with pytest.raises(InvalidError):
            services.downloads.saved(made[0], owner, "some")


class TestVariants:
    def test_each_has_a_tag_of_its_own_that_stays(self, services, owner, made):
        downloads, picture = services.downloads, made[0]

        def tags():
            return [
                downloads.kept(picture).etag,
                downloads.saved(picture, owner, "full").etag,
                downloads.saved(picture, owner, "none").etag,
            ]

        assert len(set(tags())) == 3
        assert tags() == tags()

    def test_equal_pixels_of_two_recipes_have_two_tags(self, services, owner):
        one = finished(services, owner, "gemini", seed=5)
        other = finished(services, owner, "openai", seed=5)
        assert one.digest == other.digest
        tags = {services.downloads.saved(item, owner).etag for item in (one, other)}
        assert len(tags) == 2

    def test_originals_may_be_kept_elsewhere(self, services, owner):
        remote = BlobStore.from_url("memory://")
        services.images._blobs = services.images._originals._blobs = remote
        picture = services.images.add_image(owner, make.jpeg_with(CAMERA))
        assert b"GPS-IS-HERE" in bytes_of(services.downloads.kept(picture))
        assert b"GPS-IS-HERE" not in saved(services, picture, owner, "none")


class TestUploads:
    @pytest.mark.parametrize("as_file", [False, True], ids=["bytes", "file"])
    @pytest.mark.parametrize(
        ("data", "tool", "prompt", "seed"),
        [
            (make.png_texts(parameters=A1111), "AUTOMATIC1111", None, None),
            (COMFYUI, "ComfyUI", "a glass bottle", 156680208700286),
            (write_recipe(make.jpeg(), KEPT), "Easel", KEPT.prompt, KEPT.seed),
            (write_recipe(make.webp(), KEPT), "Easel", KEPT.prompt, KEPT.seed),
        ],
        ids=["a1111", "comfyui", "easel jpeg", "easel webp"],
    )
    def test_what_they_say_is_kept(
        self, services, owner, tmp_path, data, tool, prompt, seed, as_file
    ):
        source = data
        if as_file:
            source = tmp_path / "picture"
            source.write_bytes(data)
        picture = services.images.add_image(owner, source)
        found = read_recipe(data)
        assert found is not None
        assert picture.tool == found.tool
        assert picture.tool.startswith(tool)
        assert picture.prompt == (prompt or found.prompt)
        assert picture.seed == (seed or found.seed)
        assert picture.negative_prompt == found.negative_prompt
        assert picture.model == found.model
        assert picture.parameters == found.parameters
        assert picture.is_upload
        assert services.images.get_images(owner, show="uploads").pictures == (picture,)

    def test_a_prompt_that_is_given_comes_first(self, services, owner):
        picture = services.images.add_image(owner, COMFYUI, prompt="my own words")
        assert (picture.prompt, picture.tool) == ("my own words", "ComfyUI")

    def test_a_photograph_says_nothing(self, services, owner):
        picture = services.images.add_image(owner, make.jpeg_with(CAMERA), filename="a.jpg")
        assert (picture.prompt, picture.tool, picture.model, picture.seed) == ("", "", "", None)
        assert picture.title == "a.jpg"

    def test_what_easel_sends_it_reads_again(self, services, owner, made):
        picture = made[0]
        again = services.images.add_image(owner, saved(services, picture, owner))
        for name in ("prompt", "negative_prompt", "model", "seed", "parameters"):
            assert getattr(again, name) == getattr(picture, name)
        assert again.tool == "Easel"

    @pytest.mark.parametrize(
        "text",
        [
            "x" * 100_000,
            "{" * 50_000,
            "a\nSteps: 20, Seed: 99999999999999999999999, Model: " + "m" * 9000,
            "nul \x01 \ud83d lone".encode("utf-8", "replace").decode(),
            "a <script>alert(1)</script>\nNegative prompt: \nSteps: -1, Size: 0x0",
        ],
        ids=["long", "nested", "large", "odd", "script"],
    )
    def test_hostile_words_do_not_break_an_upload(self, services, owner, text):
        for name in ("parameters", "prompt", "workflow", "Comment", "easel"):
            data = make.png_with(make.long_text(name, text))
            picture = services.images.add_image(owner, data)
            assert picture.is_ready
            assert len(picture.tool) <= 32
            assert len(picture.model) <= 128
            assert len(picture.prompt) <= 10_000

    def test_damaged_parts_say_nothing(self, services, owner):
        data = make.png_with(make.chunk(b"zTXt", b"parameters\0\0not packed at all"))
        assert services.images.add_image(owner, data).tool == ""
