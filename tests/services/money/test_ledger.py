from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.services.paid import GOLD, PRICE, charges, job_of, row_of, scripted
from webapp.models import Charge, now_ms
from webapp.models.money import CHARGE_STATES, SPENT_STATES
from webapp.providers.base import ProviderError
from webapp.services.money.ledger import Ledger


def at(text):
    """Return a clock that stands at a time in UTC."""
    stands = round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    return lambda: stands


@pytest.fixture
def database(services):
    return services.ledger._database


@pytest.fixture
def ledger(database):
    return Ledger(database, at("2026-11-21T12:00:00"))


def write(database, person, day, micros, state="charged"):
    with database.writing() as session:
        number = session.query(Charge).count()
        session.add(
            Charge(
                key=f"key {number}",
                owner_id=person.id,
                image_uid="x",
                provider="plain",
                model="plain-paid",
                day=day,
                micros=micros,
                state=state,
            )
        )


def spent(ledger, database, since, person=None):
    with database.reading() as session:
        return ledger.spent(session, since, None if person is None else person.id)


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-11-21T23:59:59.999", "2026-11-21"),
        ("2026-11-22T00:00:00", "2026-11-22"),
        ("2026-12-31T23:59:59.999", "2026-12-31"),
        ("2028-02-29T00:00:00", "2028-02-29"),
    ],
)
def test_a_day_begins_at_midnight_in_utc(database, time, day, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert Ledger(database, at(time)).today() == day


def test_a_charge_belongs_to_the_day_of_the_question(services, owner, database):
    provider = scripted(services)
    services.ledger._clock = at("2026-11-21T23:59:59.999")

    def midnight(_request):
        services.ledger._clock = at("2026-11-22T00:00:01")

    provider.before = midnight
    services.generator.start(owner, GOLD)
    [charge] = charges(services, owner)
    assert charge.day == "2026-11-21"
    assert charge.ended_ms is not None
    assert charge.ended_ms - charge.asked_ms == 1001


def test_a_charge_names_whom_it_was_for_and_who_was_asked(services, owner, noise):
    picture = services.generator.start(owner, GOLD).pictures[0]
    [charge] = charges(services, owner)
    assert (charge.image_uid, charge.provider, charge.model) == (picture.id, "plain", "plain-paid")
    assert row_of(services, picture).asked_key == charge.key


def test_what_may_have_cost_something_is_spent(ledger, database, owner, stranger):
    for number, state in enumerate(CHARGE_STATES):
        write(database, owner, "2026-11-21", 10**number, state)
        write(database, stranger, "2026-11-21", 5_000_000, state)
    assert set(CHARGE_STATES) - set(SPENT_STATES) == {"void"}
    assert spent(ledger, database, "2026-11-21", owner) == 111


def test_what_was_spent_counts_from_a_day_on(ledger, database, owner, stranger):
    for day, micros in (("2026-10-31", 1), ("2026-11-01", 10), ("2026-11-21", 100)):
        write(database, owner, day, micros)
        write(database, stranger, day, 1000 * micros)
    assert spent(ledger, database, "2026-11-01", owner) == 110
    assert spent(ledger, database, "2026-11-21", owner) == 100
    assert spent(ledger, database, "2026-11-22", owner) == 0
    assert spent(ledger, database, "2026-11-01") == 110_110


def test_an_unknown_amount_counts_as_nothing(ledger, database, owner):
    write(database, owner, "2026-11-21", None)
    assert spent(ledger, database, "2026-11-21", owner) == 0


@pytest.fixture
def bill(services, ledger, database, owner, a_picture):
    """Return an open bill."""
    picture = services.images.add_image(owner, a_picture)
    with database.writing() as session:
        row = row_of(services, picture)
        row.price, row.provider, row.model = PRICE, "plain", "plain-paid"
        return ledger.open(session, row, "the key")


def doubted(ledger, database):
    with database.writing() as session:
        return ledger.doubt(session, "the key")


def test_an_open_charge_is_doubted_once(services, ledger, database, owner, bill):
    assert [charge.state for charge in charges(services, owner)] == ["open"]
    assert doubted(ledger, database)
    assert not doubted(ledger, database)
    assert [charge.state for charge in charges(services, owner)] == ["uncertain"]


def test_doubting_leaves_other_charges_alone(services, ledger, database, owner, stranger, bill):
    write(database, stranger, "2026-11-21", 1, "open")
    assert doubted(ledger, database)
    assert [charge.state for charge in charges(services, stranger)] == ["open"]


def test_what_is_settled_is_not_doubted(services, ledger, database, owner, bill):
    with ledger.settling(bill):
        bill.cost = 7
    assert not doubted(ledger, database)
    [charge] = charges(services, owner)
    assert (charge.state, charge.micros) == ("charged", 7)


def test_whoever_made_the_call_clears_up_a_doubt(services, ledger, database, owner, bill):
    doubted(ledger, database)
    error = ProviderError("blocked", "No.")
    with pytest.raises(ProviderError), ledger.settling(bill):
        raise error
    assert [charge.state for charge in charges(services, owner)] == ["void"]


def test_what_is_settled_stays_so(services, ledger, database, owner, bill):
    with ledger.settling(bill):
        pass
    error = ProviderError("blocked", "No.")
    with pytest.raises(ProviderError), ledger.settling(bill):
        raise error
    assert [charge.state for charge in charges(services, owner)] == ["charged"]


def test_being_killed_leaves_a_charge_open(services, ledger, owner, bill):
    with pytest.raises(SystemExit), ledger.settling(bill):
        raise SystemExit
    assert [charge.state for charge in charges(services, owner)] == ["open"]


def test_what_is_free_has_no_bill(ledger):
    with ledger.settling(None):
        pass


def test_deleting_a_picture_leaves_its_charge(services, owner, noise):
    picture = services.generator.start(owner, GOLD).pictures[0]
    assert job_of(services, picture).state == "done"
    services.images.purge(picture.id, owner)
    assert [charge.micros for charge in charges(services, owner)] == [PRICE]


def test_calls_that_nobody_will_settle_are_doubted(services, owner):
    ledger = services.ledger
    with services.gallery._database.writing() as session:
        for key, age in (("new", 1), ("old", 3)):
            session.add(
                Charge(
                    key=key,
                    owner_id=owner.id,
                    image_uid="23456789ABC",
                    provider="plain",
                    model="plain-paid",
                    day="2026-01-01",
                    micros=5,
                    asked_ms=now_ms() - age * 3_600_000,
                )
            )
    assert ledger.sweep() == 1
    with services.gallery._database.reading() as session:
        states = dict(session.execute(select(Charge.key, Charge.state)).all())
    assert states == {"new": "open", "old": "uncertain"}
