from dataclasses import replace

import pytest

from tests.imaging.pictures import corners, encoded
from tests.services.paid import (
    EDITED,
    GOLD,
    PRICE,
    BusyDatabase,
    charges,
    job_of,
    row_of,
    scripted,
)
from webapp.errors import BusyError, OverloadedError, StorageFullError
from webapp.models import Job
from webapp.models.job import Lease
from webapp.providers.base import ImageResult, ProviderError
from webapp.providers.plain import png
from webapp.services import patience
from webapp.services.jobs import LeaseLostError
from webapp.storage.blobs import StorageUnavailableError

BUSY = BusyError("The database is busy with other work.")


@pytest.fixture
def pauses(services, monkeypatch):
    """Return the pauses that were made, instead of making them."""
    made: list[float] = []
    monkeypatch.setattr(services.maker._keeper, "_pause", made.append)
    monkeypatch.setattr(services.ledger, "_pause", made.append)
    return made


@pytest.fixture
def provider(services, pauses):
    return scripted(services)


def made(services, owner, wish=GOLD):
    picture = services.generator.start(owner, wish).pictures[0]
    return services.images.get_image(picture.id, owner)


def busy_store(services, monkeypatch, error, times):
    """Let the store of originals fail so many times."""
    originals, left = services.maker._keeper._originals, [error] * times
    keep = originals.keep

    def kept(*arguments, **options):
        if left:
            raise left.pop()
        return keep(*arguments, **options)

    monkeypatch.setattr(originals, "keep", kept)


@pytest.mark.parametrize("times", [1, 3, patience.ATTEMPTS - 1])
def test_a_busy_database_is_waited_for_and_the_provider_asked_once(
    services, owner, noise, provider, pauses, times
):
    keeper = services.maker._keeper
    keeper._database = BusyDatabase(keeper._database, BUSY, times)
    assert made(services, owner).is_ready
    assert len(provider.asked) == 1
    assert pauses == [patience.PAUSE] * times
    assert [charge.state for charge in charges(services, owner)] == ["charged"]


def test_a_ledger_that_is_busy_when_the_answer_comes_does_not_lose_the_picture(
    services, owner, provider, pauses
):
    services.ledger._database = BusyDatabase(services.ledger._database, BUSY, 3)
    picture = made(services, owner)
    services.ledger._database = services.ledger._database.database
    assert picture.is_ready
    assert [charge.state for charge in charges(services, owner)] == ["charged"]
    assert (len(provider.asked), len(pauses)) == (1, 3)


@pytest.mark.parametrize(
    "error", [StorageUnavailableError("The storage did not answer."), OverloadedError()]
)
def test_a_store_that_does_not_answer_is_waited_for(
    services, owner, provider, pauses, monkeypatch, error
):
    busy_store(services, monkeypatch, error, 3)
    assert made(services, owner).is_ready
    assert (len(provider.asked), len(pauses)) == (1, 3)


def test_what_is_busy_for_good_ends_as_interrupted_and_is_not_asked_again(
    services, owner, provider, pauses
):
    keeper = services.maker._keeper
    database = keeper._database
    keeper._database = BusyDatabase(database, BUSY, patience.ATTEMPTS)
    picture = made(services, owner)
    assert picture.is_pending
    with database.writing() as session:
        session.get_one(Job, job_of(services, picture).id).due_ms = 0
    services.maker.run(services.jobs.claim(job_of(services, picture).id, "next"))
    assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
    assert [charge.state for charge in charges(services, owner)] == ["charged"]
    assert len(provider.asked) == 1


def test_a_full_disk_is_not_waited_for(services, owner, provider, pauses, monkeypatch):
    busy_store(services, monkeypatch, StorageFullError("The disk is full."), 1)
    assert made(services, owner).error_kind == "storage_full"
    assert pauses == []


def test_a_result_that_nobody_wants_any_more_leaves_the_row_alone(services, owner, provider):
    picture = made(services, owner)
    before = row_of(services, picture)
    late = Lease(job_of(services, picture).id, "image", picture.key, "gone", 1)
    with pytest.raises(LeaseLostError):
        services.maker._keeper.keep(late, ImageResult(png(9, 9, b"xyz")), cost=1)
    after = row_of(services, picture)
    assert (after.digest, after.cost, after.change) == (before.digest, PRICE, before.change)


@pytest.mark.parametrize("kind", ["gif", "bmp", "tiff", "avif"])
def test_only_formats_that_providers_send_are_taken(services, owner, provider, kind):
    provider.before = lambda _: ImageResult(encoded(corners(), kind.upper()))
    picture = made(services, owner)
    assert picture.error_kind == "bad_response"
    assert kind.upper() in picture.error_message


def test_the_end_of_the_job_and_the_picture_are_seen_together(services, owner, provider, noise):
    def look(_request):
        picture = services.images.get_images(owner).pictures[0]
        assert (picture.state, job_of(services, picture).state) == ("pending", "running")

    provider.before = look
    picture = made(services, owner, replace(EDITED, size="64"))
    assert (picture.state, job_of(services, picture).state) == ("ready", "done")
    assert picture.cost == PRICE


@pytest.mark.parametrize("text", ["a \ud83d half", "zero \0 byte", "x" * 9_000])
def test_a_picture_is_kept_whatever_stands_beside_it(services, owner, wish, text, monkeypatch):
    plain = services.catalogue.provider("plain")
    paint = plain.generate

    def generate(*asked):
        made = paint(*asked)
        return replace(made, text=text, recognised=(text,) * 500, seed=2**70)

    monkeypatch.setattr(plain, "generate", generate)
    picture = services.images.own_image(services.generator.start(owner, wish).pictures[0].id, owner)
    assert (picture.state, picture.seed) == ("ready", wish.seed)
    assert len(picture.note) <= 4_000
    assert len(picture.recognised) == 200


@pytest.mark.parametrize("text", ["a \ud83d half", "zero \0 byte"])
def test_a_failure_is_kept_whatever_was_said(services, owner, wish, text, monkeypatch):
    def generate(*_asked):
        raise ProviderError(kind="no_image", message=f"No picture. {text}", text=text)

    monkeypatch.setattr(services.catalogue.provider("plain"), "generate", generate)
    picture = services.images.own_image(services.generator.start(owner, wish).pictures[0].id, owner)
    assert (picture.state, picture.error_kind) == ("failed", "no_image")
