import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.jobs.shop import eventually
from tests.servers import postgres_url
from tests.services.paid import (
    EDITED,
    FREE,
    GOLD,
    PRICE,
    UNPRICED,
    ScriptedProvider,
    an_easel,
    charges,
    expire,
    job_of,
    row_of,
    scripted,
)
from webapp.cli.background import handlers, serving_worker
from webapp.errors import BusyError, StorageFullError
from webapp.imaging.references import as_mask, as_reference
from webapp.jobs import HueyRunner, InlineRunner, NullRunner
from webapp.models import Image
from webapp.providers.base import ImageResult, ProviderError
from webapp.providers.plain import png
from webapp.services.failures import failure
from webapp.services.jobs import LeaseLostError

LONG = 60
"""Seconds that nothing takes unless it is broken; a machine may stop for a while."""

REFUSALS = (
    *("auth", "permission", "quota", "rate_limit", "blocked", "no_image", "invalid", "no_model"),
    *("unavailable", "network"),
)


@pytest.fixture
def provider(services):
    return scripted(services)


@pytest.fixture
def paid_noise(services, provider, stranger, noise):
    """Let a stranger pay for something, too."""
    services.generator.start(stranger, GOLD)
    provider.asked.clear()
    assert charges(services, stranger)


def made(services, owner, wish=GOLD):
    """Start a picture, and return it as it is now."""
    picture = services.generator.start(owner, wish).pictures[0]
    return services.images.get_image(picture.id, owner)


def the_charge(services, owner):
    """Return the state and the amount of the only charge."""
    [charge] = charges(services, owner)
    return charge.state, charge.micros


def run_again(easel, picture):
    """Let another worker find the job of a process that has died."""
    services = easel.services
    expire(services, picture)
    runner = InlineRunner("another")
    runner.connect(services.jobs, handlers(easel))
    runner.send([job_of(services, picture).id])


def die_while_asking(services, picture):
    """Let a worker come as far as it can before the provider answers, and vanish there."""
    lease = services.jobs.claim(job_of(services, picture).id, "dies")
    return services.maker._begin(lease)


class TestMoney:
    def test_a_charge_is_written_before_the_provider_is_asked(
        self, services, owner, provider, paid_noise
    ):
        seen = []

        def look(request):
            [charge] = charges(services, owner)
            seen.append((charge.key == request.key, charge.state, charge.micros))

        provider.before = look
        made(services, owner)
        assert seen == [(True, "open", PRICE)]

    def test_the_price_of_the_table_is_charged(self, services, owner, provider, paid_noise):
        picture = made(services, owner, replace(GOLD, size="256"))
        assert the_charge(services, owner) == ("charged", 134_000)
        assert (picture.price, picture.cost) == (134_000, 134_000)

    @pytest.mark.parametrize("cost", [0, 1, 56_789])
    def test_the_provider_knows_best_what_it_cost(self, services, owner, provider, cost):
        provider.before = lambda _: ImageResult(png(8, 8, b"abc"), cost=cost)
        picture = made(services, owner)
        assert the_charge(services, owner) == ("charged", cost)
        assert (picture.price, picture.cost) == (PRICE, cost)

    @pytest.mark.parametrize("kind", REFUSALS)
    def test_a_refusal_costs_nothing(self, services, owner, provider, paid_noise, kind):
        provider.fail(ProviderError(kind, "No."))
        assert made(services, owner).error_kind == kind
        assert the_charge(services, owner)[0] == "void"

    @pytest.mark.parametrize("kind", ["timeout", "network", "blocked", "bad_response", "cancelled"])
    def test_what_may_have_cost_something_counts(self, services, owner, provider, kind):
        provider.fail(ProviderError(kind, "Who knows?", may_have_cost=True))
        assert made(services, owner).error_kind == kind
        assert the_charge(services, owner) == ("uncertain", PRICE)

    @pytest.mark.parametrize("error", [KeyError("x"), OSError("reset"), RecursionError()])
    def test_an_unexpected_error_may_have_cost_something(self, services, owner, provider, error):
        provider.fail(error)
        assert made(services, owner).error_kind == "unexpected"
        assert the_charge(services, owner) == ("uncertain", PRICE)

    def test_an_unknown_price_is_written_down_as_unknown(self, services, owner, provider):
        picture = made(services, owner, UNPRICED)
        assert the_charge(services, owner) == ("charged", None)
        assert (picture.is_ready, picture.cost) == (True, None)

    def test_an_unknown_price_becomes_known_when_the_provider_says_it(
        self, services, owner, provider
    ):
        provider.before = lambda _: ImageResult(png(8, 8, b"abc"), cost=99)
        assert made(services, owner, UNPRICED).cost == 99
        assert the_charge(services, owner) == ("charged", 99)

    def test_what_is_free_writes_nothing(self, services, owner, provider, paid_noise):
        picture = made(services, owner, FREE)
        assert (picture.is_ready, picture.price, picture.cost) == (True, 0, 0)
        assert charges(services, owner) == []
        assert row_of(services, picture).asked_key is None

    def test_what_came_and_is_no_picture_was_charged_all_the_same(self, services, owner, provider):
        provider.before = lambda _: ImageResult(b"<html>")
        assert made(services, owner).error_kind == "bad_response"
        assert the_charge(services, owner) == ("charged", PRICE)

    def test_what_found_no_room_was_charged_all_the_same(
        self, services, owner, provider, monkeypatch
    ):
        def full(*arguments, **options):
            message = "The disk is full."
            raise StorageFullError(message)

        monkeypatch.setattr(services.maker._keeper._originals, "keep", full)
        assert made(services, owner).error_kind == "storage_full"
        assert the_charge(services, owner) == ("charged", PRICE)

    def test_a_result_after_cancelling_is_dropped_and_charged(
        self, services, owner, provider, paid_noise
    ):
        def cancel(_request):
            services.generator.cancel(services.images.get_images(owner).pictures[0].id, owner)

        provider.before = cancel
        picture = made(services, owner)
        assert (picture.state, picture.error_kind) == ("failed", "cancelled")
        assert the_charge(services, owner) == ("charged", PRICE)

    def test_a_picture_purged_while_it_is_made_leaves_its_charge(self, services, owner, provider):
        def purge(_request):
            services.images.purge(services.images.get_images(owner).pictures[0].id, owner)

        provider.before = purge
        services.generator.start(owner, GOLD)
        assert the_charge(services, owner) == ("charged", PRICE)

    def test_each_picture_of_a_batch_has_its_own_charge(self, services, owner, provider):
        services.generator.start(owner, replace(GOLD, count=3))
        keys = {charge.key for charge in charges(services, owner)}
        assert keys == {request.key for request in provider.asked}
        assert len(keys) == 3

    def test_trying_again_asks_anew_with_another_key(self, services, owner, provider, paid_noise):
        provider.fail(ProviderError("timeout", "Late.", may_have_cost=True))
        picture = made(services, owner)
        provider.before = lambda _: None
        assert services.generator.retry(picture.id, owner).is_pending
        assert services.images.get_image(picture.id, owner).is_ready
        first, second = charges(services, owner)
        assert (first.state, second.state) == ("uncertain", "charged")
        assert [first.key, second.key] == [request.key for request in provider.asked]
        assert first.key != second.key


class TestDying:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_a_provider_that_was_asked_by_a_dead_process_is_not_asked_again(
        self, easel, services, owner, stranger, provider, noise
    ):
        services.work.pause(stranger)  # or it would be the stranger's turn
        picture = made(services, owner)
        die_while_asking(services, picture)
        run_again(easel, picture)
        now = services.images.get_image(picture.id, owner)
        assert (now.state, now.error_kind) == ("failed", "interrupted")
        assert now.error_message == failure("interrupted").next_step
        assert the_charge(services, owner) == ("uncertain", PRICE)
        assert job_of(services, picture).state == "failed"
        assert provider.asked == []

    def test_a_person_may_ask_again_for_what_was_interrupted(
        self, easel, services, owner, provider
    ):
        picture = made(services, owner)
        first = die_while_asking(services, picture)
        run_again(easel, picture)
        services.generator.retry(picture.id, owner)
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).is_ready
        [asked] = provider.asked
        assert asked.key != first.request.key
        states = [charge.state for charge in charges(services, owner)]
        assert states == ["uncertain", "charged"]

    def test_trying_everything_again_leaves_out_what_was_interrupted(
        self, easel, services, owner, provider
    ):
        picture = made(services, owner)
        die_while_asking(services, picture)
        run_again(easel, picture)
        assert services.generator.retry_failed(owner) == 0

    def test_what_is_free_is_simply_made_again(self, easel, services, owner, provider):
        picture = made(services, owner, FREE)
        die_while_asking(services, picture)
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).is_ready
        assert len(provider.asked) == 1

    def test_what_died_before_the_provider_was_asked_is_made(
        self, easel, services, owner, provider
    ):
        picture = made(services, owner)
        services.jobs.claim(job_of(services, picture).id, "dies")
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).is_ready
        assert the_charge(services, owner) == ("charged", PRICE)

    def test_a_reference_that_went_since_does_not_hide_that_it_was_asked(
        self, easel, services, owner, provider, a_picture
    ):
        reference = services.images.add_image(owner, a_picture)
        picture = made(services, owner, replace(EDITED, references=(reference.id,)))
        die_while_asking(services, picture)
        services.images.purge(reference.id, owner)
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
        assert the_charge(services, owner) == ("uncertain", PRICE)

    def test_dying_once_too_often_while_asking_is_told_as_such(
        self, easel, services, owner, provider
    ):
        picture = made(services, owner)
        for _ in range(2):
            services.jobs.claim(job_of(services, picture).id, "dies")
            expire(services, picture)
        die_while_asking(services, picture)
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
        assert the_charge(services, owner) == ("uncertain", PRICE)

    def test_dying_often_before_asking_has_cost_nothing(self, easel, services, owner, provider):
        picture = made(services, owner)
        for _ in range(3):
            services.jobs.claim(job_of(services, picture).id, "dies")
            expire(services, picture)
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).error_kind == "exhausted"
        assert charges(services, owner) == []

    def test_whoever_was_overtaken_does_not_begin_to_ask(self, services, owner, provider):
        picture = made(services, owner)
        job_id = job_of(services, picture).id
        late = services.jobs.claim(job_id, "late")
        expire(services, picture)
        quick = services.jobs.claim(job_id, "quick")
        with pytest.raises(LeaseLostError):
            services.maker.run(late)
        services.maker.run(quick)
        assert services.images.get_image(picture.id, owner).is_ready
        assert len(provider.asked) == 1

    def test_whoever_was_cancelled_does_not_begin_to_ask_for_the_next_try(
        self, services, owner, provider
    ):
        picture = made(services, owner)
        late = services.jobs.claim(job_of(services, picture).id, "late")
        services.generator.cancel(picture.id, owner)
        services.generator.retry(picture.id, owner)
        with pytest.raises(LeaseLostError):
            services.maker.run(late)
        assert (provider.asked, charges(services, owner)) == ([], [])

    def test_a_late_answer_settles_what_was_in_doubt(self, easel, services, owner, provider):
        picture = made(services, owner)

        def taken_over(_request):
            provider.before = lambda _: None
            run_again(easel, picture)

        provider.before = taken_over
        late = services.jobs.claim(job_of(services, picture).id, "late")
        with pytest.raises(LeaseLostError):
            services.maker.run(late)
        assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
        assert the_charge(services, owner) == ("charged", PRICE)
        assert len(provider.asked) == 1

    def test_a_busy_moment_before_asking_only_postpones(
        self, easel, services, owner, provider, monkeypatch
    ):
        def busy(image_id):
            monkeypatch.undo()
            message = "The store does not answer."
            raise BusyError(message)

        picture = made(services, owner)
        monkeypatch.setattr(services.maker._references, "of", busy)
        run_again(easel, picture)
        assert charges(services, owner) == []
        run_again(easel, picture)
        assert services.images.get_image(picture.id, owner).is_ready
        assert len(provider.asked) == 1

    def test_references_are_read_outside_of_any_transaction(
        self, services, owner, provider, a_picture, monkeypatch
    ):
        reference = services.images.add_image(owner, a_picture)
        wish = replace(EDITED, references=(reference.id,), mask=png(9, 9, b"\xff\xff\xff"))
        picture = made(services, owner, wish)
        engine = services.ledger._database.engine
        held: list[int] = []
        monkeypatch.setattr(
            "webapp.services.images.parents.as_reference",
            noting(engine, held, as_reference),
        )
        monkeypatch.setattr(
            "webapp.services.generations.making.as_mask", noting(engine, held, as_mask)
        )
        services.maker.run(services.jobs.claim(job_of(services, picture).id, "me"))
        assert held == [0, 0]
        [asked] = provider.asked
        assert len(asked.references) == 1
        assert asked.mask is not None


def noting(engine, held, prepare):
    """Note how many connections are in use while a picture is prepared."""

    def prepared(*arguments, **options):
        held.append(engine.pool.checkedout())
        return prepare(*arguments, **options)

    return prepared


class TestStopping:
    @pytest.fixture
    def runner(self, tmp_path):
        runner = HueyRunner(tmp_path / "queue.db", patience=0.2)
        yield runner
        runner.disconnect()

    @pytest.fixture
    def stopped(self, easel, services, owner, provider):
        """Give a picture whose worker was stopped in the middle of asking, and what lets it go."""
        go_on = threading.Event()

        def wait(_request):
            go_on.wait(3 * LONG)
            return ImageResult(png(8, 8, b"abc"))

        provider.before = wait
        worker = serving_worker(easel)
        worker.start()
        try:
            picture = made(services, owner)
            eventually(lambda: provider.asked, LONG)
            worker.stop(0.05)
            yield picture, go_on
        finally:
            go_on.set()
            for thread in worker._threads:
                thread.join(LONG)

    def test_a_worker_that_is_stopped_while_asking_does_not_ask_again(
        self, easel, services, owner, provider, stopped
    ):
        picture, go_on = stopped
        assert job_of(services, picture).state == "queued"
        worker = serving_worker(easel)
        worker.start()
        eventually(lambda: not services.images.get_image(picture.id, owner).is_pending, LONG)
        worker.stop(LONG)
        assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
        assert the_charge(services, owner) == ("uncertain", PRICE)
        go_on.set()
        eventually(lambda: the_charge(services, owner) == ("charged", PRICE), LONG)
        assert services.images.get_image(picture.id, owner).error_kind == "interrupted"
        assert len(provider.asked) == 1


def test_two_that_think_a_job_is_theirs_ask_once(tmp_path):
    provider = ScriptedProvider()
    with (
        postgres_url() as url,
        an_easel(tmp_path / "data", NullRunner(), provider, database=url) as easel,
    ):
        services = easel.services
        owner = services.accounts.named("owner")
        for _ in range(5):
            picture = made(services, owner)
            lease = services.jobs.claim(job_of(services, picture).id, "both")
            together = threading.Barrier(2)
            with ThreadPoolExecutor(2) as pool:
                tasks = [pool.submit(begin_together, services, lease, together) for _ in range(2)]
                begun = [task.result() for task in tasks]
            assert sum(task is not None for task in begun) == 1
            with services.ledger._database.reading() as session:
                assert session.get_one(Image, picture.key).asked_key is not None
        assert len(charges(services, owner)) == 5


def begin_together(services, lease, together):
    """Begin a job at the same time as somebody else; None where that was refused."""
    together.wait(LONG)
    try:
        return services.maker._begin(lease)
    except LeaseLostError:
        return None
