"""Workers that are killed while they ask a provider for money: nothing is ever asked for twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select

from tests.jobs.paying import NOTHING, journal, paying_easel
from tests.jobs.shop import eventually
from tests.jobs.test_sigkill import ROOT, is_alive
from tests.servers import open_database, postgres_url, redis_name
from tests.services.paid import FREE, GOLD, PRICE
from webapp.models import Charge, Image

pytestmark = pytest.mark.slow

ROUNDS, MOST_ROUNDS = 4, 30
ENOUGH = 3
"""Questions whose answer a kill has cut off."""

PAID = GOLD.model


class PayingProcesses:
    """Real worker processes, that share a parent which has imported everything already."""

    def __init__(self, place):
        self.place = " ".join(place)
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.paying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )

    def start(self, holders):
        stdin, stdout = self.parent.stdin, self.parent.stdout
        assert stdin is not None
        assert stdout is not None
        for holder in holders:
            print(self.place, holder, file=stdin, flush=True)
        return [int(stdout.readline()) for _ in holders]

    def kill(self, process_ids):
        for process_id in process_ids:
            os.kill(process_id, signal.SIGKILL)
        eventually(lambda: not any(map(is_alive, process_ids)))

    def close(self):
        os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.communicate()


@contextmanager
def a_place(kind, folder, empty_database):
    """Give a folder, the URLs of a database and of a queue, and the queue's name."""
    folder.mkdir()
    with ExitStack() as stack:
        if kind == "embedded":
            shutil.copyfile(empty_database, folder / "easel.db")
            yield str(folder), NOTHING, NOTHING, "easel"
            return
        database_url = stack.enter_context(postgres_url())
        with open_database(database_url):
            pass
        yield str(folder), database_url, *stack.enter_context(redis_name())


def holders_for(kind):
    """Name one embedded worker, always the same as nobody else has it; or two new ones."""
    return ["studio"] if kind == "embedded" else [os.urandom(4).hex(), os.urandom(4).hex()]


def pending(easel):
    with easel.database.reading() as session:
        return session.scalar(select(func.count()).where(Image.state == "pending"))


def unanswered(folder):
    """Count the questions about paid pictures that have no answer, or none so far."""
    return len(journal(folder, "asked", PAID)) - len(journal(folder, "answered", PAID))


@dataclass(frozen=True)
class Aftermath:
    """What is left when all is settled; charges are by key, questions and answers are keys."""

    charges: dict[str, Charge]
    charge_count: int
    paid: list[Image]
    free: list[Image]
    asked: list[str]
    answered: list[str]


@pytest.fixture(scope="module", params=["embedded", "redis"])
def aftermath(request, tmp_path_factory, empty_database):
    """Order pictures, round after round, in each of which the workers are killed some time."""
    folder = tmp_path_factory.mktemp("paid") / "data"
    with (
        a_place(request.param, folder, empty_database) as place,
        closing(PayingProcesses(place)) as workers,
        paying_easel(folder, *place[1:]) as easel,
    ):
        easel.services.accounts.ensure_owner()
        owner = easel.services.accounts.named("owner")
        cut_off = 0
        for round_number in range(MOST_ROUNDS):
            easel.services.generator.start_all(
                owner, [replace(GOLD, count=6), replace(FREE, count=2)]
            )
            process_ids = workers.start(holders_for(request.param))
            if round_number < ROUNDS:
                time.sleep(random.uniform(0.1, 0.5))
            else:  # amidst a question, unless this process was held up and all are answered
                eventually(lambda known=cut_off: unanswered(folder) > known or not pending(easel))
            workers.kill(process_ids)
            cut_off = unanswered(folder)
            if round_number >= ROUNDS and cut_off >= ENOUGH:
                break
        process_ids = workers.start(holders_for(request.param))
        eventually(lambda: pending(easel) == 0, 300)
        workers.kill(process_ids)
        yield left(easel, folder)


def left(easel, folder):
    with easel.database.reading() as session:
        charges = list(session.scalars(select(Charge)))
        images = list(session.scalars(select(Image)))
    return Aftermath(
        {charge.key: charge for charge in charges},
        len(charges),
        [image for image in images if image.model == PAID],
        [image for image in images if image.model != PAID],
        journal(folder, "asked", PAID),
        journal(folder, "answered", PAID),
    )


def test_the_kills_came_in_time_to_matter(aftermath):
    assert len(aftermath.asked) - len(aftermath.answered) >= ENOUGH
    assert {image.error_kind for image in aftermath.paid} == {"", "interrupted"}


def test_nothing_is_asked_twice(aftermath):
    assert len(aftermath.asked) == len(set(aftermath.asked))
    asked = [aftermath.charges[key].image_uid for key in aftermath.asked]
    assert len(asked) == len(set(asked))


def test_whatever_was_asked_has_one_charge(aftermath):
    assert set(aftermath.asked) <= set(aftermath.charges)
    assert aftermath.charge_count == len(aftermath.charges) == len(aftermath.paid)


def test_the_ledger_adds_up_to_what_was_asked(aftermath):
    # Killed between the charge and the question, nobody can know that nothing was asked.
    not_asked = set(aftermath.charges) - set(aftermath.asked)
    spent = sum(charge.micros for charge in aftermath.charges.values())
    assert spent == PRICE * (len(aftermath.asked) + len(not_asked))
    assert {aftermath.charges[key].state for key in not_asked} <= {"uncertain"}


def test_no_charge_stays_open_and_none_is_void(aftermath):
    assert {charge.state for charge in aftermath.charges.values()} == {"charged", "uncertain"}


def test_what_is_ready_was_charged_and_what_is_uncertain_was_interrupted(aftermath):
    for image in aftermath.paid:
        charge = aftermath.charges[image.asked_key]
        assert charge.image_uid == image.uid
        assert (image.state, image.error_kind, charge.state) in {
            ("ready", "", "charged"),
            ("failed", "interrupted", "uncertain"),
            # Killed between the answer and the picture's row: that it was charged is known.
            ("failed", "interrupted", "charged"),
        }


def test_what_was_charged_had_been_answered(aftermath):
    charged = {key for key, charge in aftermath.charges.items() if charge.state == "charged"}
    assert charged <= set(aftermath.answered)


def test_what_is_free_is_made_in_the_end(aftermath):
    assert {image.state for image in aftermath.free} == {"ready"}
    assert len(aftermath.free) * 3 == len(aftermath.paid)
