from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.imaging.pictures import corners, decoded, encoded, png_header, with_orientation
from tests.services.paid import FREE, expire, job_of, scripted
from webapp.cli.background import handlers
from webapp.errors import InvalidError
from webapp.imaging.references import as_mask
from webapp.jobs import InlineRunner, NullRunner
from webapp.models import ImageParent
from webapp.providers.base import ProviderError
from webapp.providers.plain import png
from webapp.services.images.parents import ReferenceGoneError


@pytest.fixture
def provider(services):
    return scripted(services)


@pytest.fixture
def brought(services, owner):
    """Give two pictures that the owner has brought."""
    return [services.images.add_image(owner, png(60, side, b"abc")) for side in (40, 50)]


def parents(services, picture):
    with services.ledger._database.reading() as session:
        wanted = select(ImageParent).where(ImageParent.child_id == picture.key)
        rows = session.scalars(wanted.order_by(ImageParent.position))
        return [(row.parent_uid, row.role) for row in rows]


def start(services, owner, *references, **changes):
    wish = replace(FREE, references=tuple(item.id for item in references), **changes)
    return services.generator.start(owner, wish).pictures[0]


def mistake(services, owner, *references):
    before = services.jobs.counts()
    with pytest.raises(InvalidError) as caught:
        services.generator.start(owner, replace(FREE, references=references))
    assert list(caught.value.fields) == ["references"]
    assert services.jobs.counts() == before
    return str(caught.value)


def test_references_are_kept_in_the_order_of_the_request(services, owner, provider, brought, noise):
    picture = start(services, owner, brought[1], brought[0])
    assert parents(services, picture) == [
        (brought[1].id, "reference"),
        (brought[0].id, "reference"),
    ]
    [asked] = [request for request in provider.asked if request.references]
    assert [item.height for item in asked.references] == [50, 40]


def test_a_recipes_picture_comes_after_the_references(services, owner, provider, brought):
    recipe = start(services, owner)
    picture = start(services, owner, brought[0], based_on=recipe.id)
    assert parents(services, picture) == [(brought[0].id, "reference"), (recipe.id, "recipe")]
    assert len(provider.asked[-1].references) == 1


def test_a_recipes_picture_that_is_shown_too_is_one_parent(services, owner, provider, brought):
    picture = start(services, owner, brought[0], based_on=brought[0].id)
    assert parents(services, picture) == [(brought[0].id, "reference")]


def test_every_picture_of_a_batch_has_the_parents(services, owner, provider, brought):
    wish = replace(FREE, references=(brought[0].id,), count=3)
    for picture in services.generator.start(owner, wish).pictures:
        assert parents(services, picture) == [(brought[0].id, "reference")]


@pytest.mark.parametrize("based_on", ["AAAAAAAAAAA", "x", "../../etc"])
def test_a_recipes_picture_that_is_gone_is_passed_over(services, owner, provider, based_on):
    assert parents(services, start(services, owner, based_on=based_on)) == []


def test_a_strangers_picture_cannot_be_worked_from(services, owner, stranger, provider, a_picture):
    theirs = services.images.add_image(stranger, a_picture)
    unknown = mistake(services, owner, "AAAAAAAAAAA")
    assert mistake(services, owner, theirs.id) == unknown.replace("AAAAAAAAAAA", theirs.id)
    for visibility in ("unlisted", "public"):
        services.images.set_visibility(theirs.id, stranger, visibility)
        assert theirs.id in mistake(services, owner, theirs.id)
    assert provider.asked == []


def test_a_strangers_picture_is_no_recipe_of_mine(services, owner, stranger, provider, a_picture):
    theirs = services.images.add_image(stranger, a_picture)
    assert parents(services, start(services, owner, based_on=theirs.id)) == []


@pytest.mark.parametrize("uid", ["", "x", "A" * 999, "AAAAAAAAAA'", "\0\0\0\0\0\0\0\0\0\0\0"])
def test_an_odd_id_is_refused_in_a_short_sentence(services, owner, provider, uid):
    if uid:
        assert len(mistake(services, owner, uid)) < 120
    else:
        assert parents(services, start_with(services, owner, uid)) == []


def start_with(services, owner, uid):
    return services.generator.start(owner, replace(FREE, references=(uid,))).pictures[0]


def test_what_is_in_the_trash_is_not_chosen_anew(services, owner, provider, brought):
    services.images.delete_image(brought[0].id, owner)
    assert "no picture" in mistake(services, owner, brought[0].id)


def test_what_failed_cannot_be_worked_from(services, owner, provider):
    provider.fail(ProviderError("quota", "No."))
    failed = start(services, owner)
    assert "not ready" in mistake(services, owner, failed.id)


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def do(self, easel, services, owner):
        """Do a picture's job, and return the picture."""
        runner = InlineRunner()
        runner.connect(services.jobs, handlers(easel))

        def do(picture):
            runner.send([job_of(services, picture).id])
            return services.images.get_image(picture.id, owner)

        return do

    def test_what_is_still_being_made_cannot_be_worked_from(self, services, owner, provider):
        assert "not ready" in mistake(services, owner, start(services, owner).id)

    def test_a_reference_in_the_trash_is_still_used(self, services, owner, provider, brought, do):
        picture = start(services, owner, brought[0])
        services.images.delete_image(brought[0].id, owner)
        assert do(picture).is_ready
        assert len(provider.asked[0].references) == 1

    def test_a_purged_reference_is_missed_with_a_sentence(
        self, services, owner, provider, brought, do
    ):
        picture = start(services, owner, *brought)
        services.images.purge(brought[1].id, owner)
        failed = do(picture)
        assert (failed.state, failed.error_kind) == ("failed", "reference_gone")
        assert brought[1].id in failed.error_message
        assert provider.asked == []
        assert parents(services, picture)[1] == (brought[1].id, "reference")

    def test_trying_again_without_the_reference_fails_in_the_same_way(
        self, services, owner, provider, brought, do
    ):
        picture = start(services, owner, brought[0])
        services.images.purge(brought[0].id, owner)
        do(picture)
        services.generator.retry(picture.id, owner)
        assert do(picture).error_kind == "reference_gone"

    def test_a_reference_that_is_purged_while_it_is_read_is_missed_too(
        self, services, owner, provider, brought, do
    ):
        picture = start(services, owner, brought[0])
        services.maker._references._blobs.delete(brought[0].blob_key)
        assert do(picture).error_kind == "reference_gone"

    def test_a_store_elsewhere_gives_the_same_bytes(
        self, services, owner, provider, brought, monkeypatch
    ):
        picture = start(services, owner, brought[0])
        references = services.maker._references
        here = references.of(picture.key)
        monkeypatch.setattr(references._blobs, "open_path", lambda key: None)
        assert references.of(picture.key) == here
        references._blobs.delete(brought[0].blob_key)
        with pytest.raises(ReferenceGoneError):
            references.of(picture.key)

    def test_a_mask_gets_the_shape_of_the_first_reference(
        self, services, owner, provider, do, brought
    ):
        sideways = services.images.add_image(owner, with_orientation(corners(60, 40), 6, "JPEG"))
        mask = encoded(corners(30, 30).convert("L"))
        picture = start(services, owner, sideways, brought[0], mask=mask)
        assert do(picture).is_ready
        [asked] = provider.asked
        assert (asked.references[0].width, asked.references[0].height) == (40, 60)
        assert decoded(asked.mask).size == (40, 60)
        assert decoded(asked.mask).mode == "L"

    def test_without_a_reference_there_is_no_mask_and_no_strength(
        self, services, owner, provider, do
    ):
        mask = encoded(corners(30, 30))
        do(start(services, owner, mask=mask, strength=0.5))
        assert (provider.asked[0].mask, provider.asked[0].strength) == (None, None)

    def test_a_mask_that_is_no_picture_is_refused_and_leaves_nothing(
        self, services, owner, provider, brought
    ):
        before = services.jobs.counts()
        with pytest.raises(InvalidError, match="can't be read") as caught:
            start(services, owner, brought[0], mask=b"<svg>")
        assert list(caught.value.fields) == ["mask"]
        assert services.jobs.counts() == before

    def test_a_mask_that_is_too_large_is_refused_at_its_field(
        self, services, owner, provider, brought
    ):
        with pytest.raises(InvalidError, match="too many pixels") as caught:
            start(services, owner, brought[0], mask=png_header(9990, 9990))
        assert list(caught.value.fields) == ["mask"]

    def test_the_mask_of_several_wishes_is_decoded_once(
        self, services, owner, provider, brought, monkeypatch
    ):
        seen = []

        def noted(data):
            seen.append(data)
            return as_mask(data)

        monkeypatch.setattr("webapp.services.generations.starting.as_mask", noted)
        mask = encoded(corners(31, 17))
        wish = replace(FREE, references=(brought[0].id,), mask=mask)
        services.generator.start_all(owner, [replace(wish, prompt=word) for word in "abc"])
        assert seen == [mask]

    def test_a_free_picture_that_was_interrupted_gets_its_references_again(
        self, services, owner, provider, brought, do
    ):
        picture = start(services, owner, *brought)
        services.maker._begin(services.jobs.claim(job_of(services, picture).id, "dies"))
        expire(services, picture)
        assert do(picture).is_ready
        assert len(provider.asked[0].references) == 2
