from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from tests.servers import postgres_url
from tests.services.paid import GOLD, PRICE, UNPRICED, an_easel, scripted
from tests.services.spending import charge
from webapp.cli.background import handlers
from webapp.errors import ConflictError, GoneError, InvalidError, NotFoundError
from webapp.jobs import InlineRunner, NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.services.generations.views import status_of
from webapp.services.pictures import Picture


def picture(state="ready", kind="", stage=""):
    return Picture(
        id="1" * 11,
        created=datetime.now(UTC),
        width=1,
        height=1,
        state=state,
        error_kind=kind,
        stage=stage,
    )


READY, WAITING, WORKING = picture(), picture("pending"), picture("pending", stage="Painting")
REFUSED, CANCELLED = picture("failed", "blocked"), picture("failed", "cancelled")
LOST, BROKEN = picture("failed", "interrupted"), picture("failed", "network")


@pytest.mark.parametrize(
    ("pictures", "status"),
    [
        ([WAITING, WAITING], "queued"),
        ([WAITING, WORKING], "running"),
        ([WAITING, READY], "running"),
        ([WAITING, BROKEN], "running"),
        ([READY, READY], "succeeded"),
        ([READY, BROKEN], "partial"),
        ([READY, CANCELLED], "partial"),
        ([REFUSED, REFUSED], "refused"),
        ([CANCELLED, CANCELLED], "cancelled"),
        ([LOST], "interrupted"),
        ([BROKEN], "failed"),
        ([REFUSED, CANCELLED], "failed"),
        ([LOST, CANCELLED], "failed"),
    ],
)
def test_one_word_says_how_it_goes(pictures, status):
    assert status_of(pictures) == status
    assert status_of(pictures[::-1]) == status


def test_a_generation_knows_what_was_asked_for(services, owner, wish):
    source = services.images.add_image(owner, png(40, 30, b"abc"))
    asked = replace(wish, count=2, references=(source.id,), strength=0.5, negative_prompt="boats")
    started = services.generator.start(owner, asked)
    services.generator.start(owner, wish)
    view = services.generations.get(started.id, owner)
    assert (view.id, view.prompt, view.count, view.seed) == (started.id, wish.prompt, 2, 7)
    assert (view.references, view.strength) == ((source.id,), 0.5)
    assert [item.id for item in view.pictures] == [item.id for item in started.pictures]
    assert {item.generation for item in view.pictures} == {started.id}
    assert (view.progress, view.failed, view.estimate, view.cost) == (1, None, 0, 0)


def test_costs_of_every_try_are_added_up_and_no_others(services, owner, stranger):
    view_of = services.generations.get
    started = services.generator.start(owner, replace(GOLD, count=2))
    first, second = (item.id for item in started.pictures)
    charge(services, owner, "2026-11-20", 5_000, "uncertain", image_uid=first)
    charge(services, owner, "2026-11-20", 9_000, "void", image_uid=first)
    charge(services, owner, "2026-11-20", 7_000, image_uid="zzzzzzzzzzz")
    view = view_of(started.id, owner)
    assert view.costs == {first: PRICE + 5_000, second: PRICE}
    assert (view.estimate, view.cost) == (2 * PRICE, 2 * PRICE + 5_000)


def test_one_unknown_cost_makes_the_sum_unknown(services, owner):
    scripted(services)
    started = services.generator.start(owner, UNPRICED)
    view = services.generations.get(started.id, owner)
    assert (view.estimate, view.cost) == (None, None)


@pytest.mark.parametrize("uid", ["zzzzzzzzzzz", "", "x", "\0", "%"])
def test_what_there_is_not_is_not_found(services, owner, uid):
    for act in ("get", "cancel", "retry"):
        with pytest.raises(NotFoundError):
            getattr(services.generations, act)(uid, owner)


def test_somebody_elses_is_not_found(services, owner, stranger, wish):
    uid = services.generator.start(owner, replace(wish, prompt="x !network")).id
    for act in ("get", "cancel", "retry"):
        with pytest.raises(NotFoundError):
            getattr(services.generations, act)(uid, stranger)
    assert services.generations.page(stranger).generations == ()


def test_several_come_in_the_order_of_their_ids_or_not_at_all(services, owner, stranger, wish):
    ids = [services.generator.start(owner, wish).id for _ in range(3)]
    wanted = [ids[2], ids[0]]
    assert [view.id for view in services.generations.many(wanted, owner)] == wanted
    theirs = services.generator.start(stranger, wish).id
    with pytest.raises(NotFoundError):
        services.generations.many([*wanted, theirs], owner)


def test_of_what_was_deleted_for_good_the_rest_remains(services, owner, wish):
    started = services.generator.start(owner, replace(wish, count=2))
    services.images.purge(started.pictures[0].id, owner)
    view = services.generations.get(started.id, owner)
    assert [item.id for item in view.pictures] == [started.pictures[1].id]
    services.images.purge(started.pictures[1].id, owner)
    with pytest.raises(GoneError):
        services.generations.get(started.id, owner)


def test_a_cursor_of_nobody_is_refused(services, owner):
    for cursor in ("x", "zzzzzzzzzzz", "\0"):
        with pytest.raises(InvalidError) as caught:
            services.generations.page(owner, cursor)
        assert list(caught.value.fields) == ["cursor"]


def test_trying_again_leaves_what_it_can_t_mend(services, owner, wish):
    started = services.generator.start(owner, replace(wish, prompt="x !blocked"))
    with pytest.raises(ConflictError):
        services.generations.retry(started.id, owner)
    services.generator.start(owner, wish)
    with pytest.raises(ConflictError):
        services.generations.retry(services.generations.page(owner).generations[0].id, owner)


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    def test_cancelling_leaves_others_waiting(self, services, owner, wish):
        one, other = (services.generator.start(owner, replace(wish, count=2)) for _ in range(2))
        assert services.generations.cancel(one.id, owner).status == "cancelled"
        assert services.generations.get(other.id, owner).status == "queued"
        assert services.jobs.counts()["queued"] == 2

    def test_what_was_cancelled_in_part_goes_on_when_asked(self, services, owner, wish):
        started = services.generator.start(owner, replace(wish, count=2))
        services.generator.cancel(started.pictures[0].id, owner)
        view = services.generations.retry(started.id, owner)
        assert view.status == "queued"
        assert services.jobs.counts()["queued"] == 2

    def test_a_page_of_many_costs_as_few_statements_as_one_of_few(
        self, services, owner, wish, statements
    ):
        services.generator.start(owner, wish)
        few = statements(lambda: services.generations.page(owner))
        for _ in range(10):
            services.generator.start(owner, replace(wish, count=4))
        assert statements(lambda: services.generations.page(owner)) == few


@pytest.fixture
def statements(services):
    """Count the statements that something sends to the database."""
    seen = []
    engine = services.gallery._database.engine

    def note(*arguments):
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)

    def count(act):
        seen.clear()
        act()
        return len(seen)

    yield count
    event.remove(engine, "before_cursor_execute", note)


def test_costs_and_pages_are_the_same_on_postgresql(tmp_path):
    with postgres_url() as url:
        folder, runner = tmp_path / "data", InlineRunner()
        with an_easel(folder, runner, PlainProvider(), database=url) as easel:
            runner.connect(easel.services.jobs, handlers(easel))
            services, owner = easel.services, easel.services.accounts.named("owner")
            ids = [services.generator.start(owner, replace(GOLD, count=2)).id for _ in range(3)]
            page = services.generations.page(owner, limit=2)
            assert [view.id for view in page.generations] == [ids[2], ids[1]]
            assert [view.cost for view in page.generations] == [2 * PRICE] * 2
            last = services.generations.page(owner, str(page.next_cursor))
            assert [view.id for view in last.generations] == ids[:1]
            assert last.next_cursor is None
