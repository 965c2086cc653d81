"""How it is told: signed, again until it is heard, and never for ever."""

import base64
import hashlib
import hmac
import socket
import threading
import time

import pytest
from sqlalchemy import select

from webapp.jobs import NullRunner
from webapp.models import WebhookDelivery
from webapp.models.job import Job
from webapp.providers.base.reach import Answer, PostError
from webapp.providers.plain import png
from webapp.services.webhooks.notes import readable
from webapp.services.webhooks.outbox import JOB_KIND
from webapp.services.webhooks.schedule import DAY_MS, HOUR_MS, PAUSES_MS, pause_ms
from webapp.services.webhooks.sender import MOST_READ, SECONDS, WebhookSender, guarded
from webapp.services.webhooks.shelf import GONE, MOST, SILENT, SWITCHED_OFF
from webapp.services.webhooks.signatures import signature


@pytest.fixture
def upload(services, owner):
    """Keep a picture that differs from those before."""
    shades = iter(range(250))
    return lambda: services.images.add_image(owner, png(20, 20, bytes([next(shades), 7, 7])))


def open_jobs(services):
    """Return the jobs that are to tell somebody."""
    wanted = select(Job.id).where(Job.kind == JOB_KIND, Job.state == "queued").order_by(Job.id)
    with services.jobs._database.reading() as session:
        return session.scalars(wanted).all()


def test_it_is_signed_as_standard_webhooks_says(hook, receiver, upload):
    upload()
    (call,) = receiver.calls
    secret = base64.b64decode(hook[1].removeprefix("whsec_"))
    identity, moment = call.headers["webhook-id"], call.headers["webhook-timestamp"]
    signed = f"{identity}.{moment}.".encode() + call.body
    digest = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    assert call.headers["webhook-signature"] == f"v1,{digest}"
    assert abs(int(moment) - time.time()) < 60
    assert call.headers["user-agent"] == "Easel"
    assert call.headers["content-type"] == "application/json"
    assert call.json["id"] == identity


def test_the_signature_is_that_of_the_standards_own_example():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    told = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_heard_is_not_told_again(hook, receiver, upload, deliveries, clock, sweep):
    upload()
    clock.forward(DAY_MS)
    sweep()
    (delivery,) = deliveries()
    assert (delivery.state, delivery.status, delivery.answer) == ("delivered", 200, "thanks")
    assert delivery.attempts == len(receiver.calls) == 1


def test_it_is_told_again_later_and_later_and_then_no_more(
    hook, receiver, upload, deliveries, clock, sweep
):
    receiver.answers = [500]
    upload()
    for pause in PAUSES_MS:
        before = len(receiver.calls)
        clock.forward(pause - 1)
        sweep()
        assert len(receiver.calls) == before
        clock.forward(pause // 10 + 1)
        sweep()
        assert len(receiver.calls) == before + 1
    (delivery,) = deliveries()
    assert (delivery.state, delivery.status, delivery.attempts) == ("failed", 500, 8)
    assert delivery.next is None
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len({call.body for call in receiver.calls}) == 1
    clock.forward(DAY_MS)
    sweep()
    assert len(receiver.calls) == 8


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 503])
def test_anything_but_success_is_told_again(
    hook, receiver, upload, deliveries, clock, sweep, status
):
    receiver.answers = [status, 204]
    upload()
    (delivery,) = deliveries()
    assert (delivery.state, delivery.status) == ("pending", status)
    assert delivery.next > delivery.tried
    clock.forward(11_000)
    sweep()
    assert deliveries()[0].state == "delivered"
    assert receiver.calls[0].path == receiver.calls[1].path == "/hook"


def test_something_new_does_not_wait_for_the_next_attempt_of_something_old(
    hook, receiver, upload, deliveries, clock, sweep
):
    receiver.answers = [500, 200]
    upload()
    upload()
    assert [item.state for item in deliveries()] == ["pending", "delivered"]
    clock.forward(11_000)
    sweep()
    assert [item.state for item in deliveries()] == ["delivered"] * 2


def test_pauses_have_some_jitter():
    assert len({pause_ms(7) for _ in range(20)}) > 1
    pauses = [pause_ms(1) or 0 for _ in range(99)]
    assert PAUSES_MS[0] <= min(pauses) <= max(pauses) <= PAUSES_MS[0] * 1.1
    assert pause_ms(8) is None


def test_gone_switches_the_webhook_off(services, owner, hook, receiver, upload, deliveries):
    receiver.answers = [500, 410]
    upload()
    upload()
    found = services.webhooks.shelf.get(hook[0].id, owner)
    assert (found.is_active, found.trouble) == (False, GONE)
    assert found.revision != hook[0].revision
    assert [item.state for item in deliveries()] == ["failed", "failed"]
    upload()
    assert len(receiver.calls) == 2


def test_five_days_of_silence_switch_it_off(services, owner, hook, receiver, upload, clock, sweep):
    receiver.answers = [500]
    for _ in range(6 * 4):
        upload()
        clock.forward(6 * HOUR_MS)
        sweep()
    found = services.webhooks.shelf.get(hook[0].id, owner)
    assert (found.is_active, found.trouble) == (False, SILENT)


def test_one_success_in_between_keeps_it_on(services, owner, hook, receiver, upload, clock, sweep):
    for day in range(8):
        receiver.answers = [200] if day == 4 else [500]
        upload()
        clock.forward(DAY_MS)
        sweep()
    assert services.webhooks.shelf.get(hook[0].id, owner).is_active


def test_whoever_switches_it_on_again_gives_it_another_chance(
    services, owner, hook, receiver, upload, deliveries
):
    receiver.answers = [410, 200]
    upload()
    found = services.webhooks.shelf.change(hook[0].id, owner, is_active=True)
    assert (found.is_active, found.trouble) == (True, "")
    upload()
    assert [item.state for item in deliveries()] == ["failed", "delivered"]


def test_what_waits_for_one_that_is_switched_off_is_given_up(
    services, owner, hook, receiver, upload, deliveries, clock, sweep
):
    receiver.answers = [500]
    upload()
    receiver.said = b""
    found = services.webhooks.shelf.change(hook[0].id, owner, is_active=False)
    assert found.trouble == ""
    clock.forward(DAY_MS)
    sweep()
    assert (deliveries()[0].state, len(receiver.calls)) == ("failed", 1)


def test_nobody_there_is_a_failure_in_words(services, owner, upload, runner):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # so that nobody else listens there
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hook, _ = services.webhooks.shelf.create(owner, url, ["image.created"])
        upload()
    (delivery,) = services.webhooks.log.page(hook.id, owner).deliveries
    assert (delivery.state, delivery.status) == ("pending", None)
    assert delivery.answer == "The address can't be reached."


def test_a_private_receiver_that_nobody_has_allowed_is_not_told(services, owner, upload, hook):
    services.webhooks.sender._post = guarded(())
    upload()
    (delivery,) = services.webhooks.log.page(hook[0].id, owner).deliveries
    assert "EASEL_WEBHOOK_HOSTS" in delivery.answer


def test_of_a_long_answer_the_beginning_is_kept_on_one_line(hook, receiver, upload, deliveries):
    receiver.said = b"one\r\n\x00two\x1b[31m \xe2\x80\xae\xff" + b"x" * (2 * MOST_READ)
    upload()
    answer = deliveries()[0].answer
    assert answer.startswith("one two [31m")
    assert len(answer.encode()) <= 2048 + 16
    assert answer.isprintable()


def test_an_answer_in_no_known_letters_is_readable():
    assert readable(b"\xff\xfe\x00ok").endswith("ok")


class TestACrash:
    """Whoever dies between telling and noting tells twice, under the same id."""

    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def work(self, services):
        """Do what is due; True unless the process died of it."""

        def work():
            for job_id in services.jobs.overdue(100):
                lease = services.jobs.claim(job_id, "test")
                if lease is not None and lease.kind == JOB_KIND:
                    services.webhooks.sender.run(lease)

        return work

    def test_it_is_told_twice_under_one_id(
        self, services, hook, receiver, upload, deliveries, clock, work, monkeypatch
    ):
        class Died(BaseException):
            pass

        def die(*_):
            raise Died

        upload()
        clock.forward(6_000)
        with monkeypatch.context() as patch:
            patch.setattr("webapp.services.webhooks.sender.note", die)
            with pytest.raises(Died):
                work()
        assert len(receiver.calls) == 1
        assert deliveries()[0].state == "pending"
        clock.forward(31_000)
        work()
        assert len(receiver.calls) == 2
        assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
        (delivery,) = deliveries()
        assert (delivery.state, delivery.attempts) == ("delivered", 2)

    def test_two_workers_tell_one_thing_once(
        self, services, hook, receiver, upload, deliveries, clock
    ):
        for _ in range(5):
            upload()
        clock.forward(6_000)
        database = services.jobs._database
        with database.writing() as session:
            services.jobs.add(
                session, JOB_KIND, [session.query(WebhookDelivery).first().webhook_id]
            )
        leases = [services.jobs.claim(job, str(job)) for job in open_jobs(services)]
        senders = [
            WebhookSender(
                database,
                services.jobs,
                services.webhooks.sender._post,
                "",
                clock=clock,
                timer=services.webhooks.sender._timer,
            )
            for _ in leases
        ]
        threads = [
            threading.Thread(target=sender.run, args=(lease,))
            for sender, lease in zip(senders, leases, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(leases) == 2
        assert len(receiver.calls) == 5
        assert {item.state for item in deliveries()} == {"delivered"}

    def test_a_lost_job_is_begun_anew(
        self, services, hook, receiver, upload, deliveries, clock, work
    ):
        upload()
        with services.jobs._database.writing() as session:
            session.query(Job).delete()
        services.webhooks.log.sweep()
        clock.forward(6_000)
        work()
        assert deliveries()[0].state == "delivered"

    def test_a_burst_takes_one_job(self, services, hook, upload):
        for _ in range(10):
            upload()
        assert len(open_jobs(services)) == 1


def late():
    return PostError("No answer came within 10 seconds.", code="timeout")


class TestPatience:
    """Pictures are not held up by somebody who is slow to listen."""

    def test_one_at_a_time_is_told_and_others_come_after_it(
        self, services, owner, upload, monkeypatch
    ):
        said: list[str] = []
        sent: list[int] = []
        hold, begun = threading.Event(), threading.Event()

        def post(url, *_):
            said.append(url)
            begun.set()
            assert hold.wait(60)
            return Answer(200, b"")

        sender, jobs = services.webhooks.sender, services.jobs
        monkeypatch.setattr(sender, "_post", post)
        monkeypatch.setattr(jobs._runner, "send", sent.extend)
        for name in ("a", "b"):
            services.webhooks.shelf.create(owner, f"http://127.0.0.1/{name}", ["image.created"])
        upload()
        first, second = (jobs.claim(job, "test") for job in open_jobs(services))
        thread = threading.Thread(target=sender.run, args=(first,))
        thread.start()
        assert begun.wait(60)
        del sent[:]
        sender.run(second)
        assert len(said) == 1
        hold.set()
        thread.join()
        assert sent == [second.job_id]
        sender.run(jobs.claim(second.job_id, "test"))
        assert said == ["http://127.0.0.1/a", "http://127.0.0.1/b"]

    def test_the_dead_receivers_of_one_person_do_not_hold_up_another(
        self, services, owner, stranger, a_picture, clock, monkeypatch
    ):
        sender, jobs, now = services.webhooks.sender, services.jobs, [0.0]
        queue: list[int] = []
        heard: list[float] = []

        def work():
            """Start what is sent, as threads do that come by."""
            while queue:
                lease = jobs.claim(queue.pop(0), "test")
                if lease is not None:
                    sender.run(lease)

        def post(url, *_):
            if "alive" in url:
                heard.append(now[0])
                return Answer(200, b"")
            work()
            now[0] += SECONDS
            clock.forward(int(SECONDS * 1000))
            raise late()

        monkeypatch.setattr(sender, "_post", post)
        monkeypatch.setattr(sender, "_timer", lambda: now[0])
        monkeypatch.setattr(jobs._runner, "send", queue.extend)
        for person, name, count in ((owner, "dead", MOST), (stranger, "alive", 1)):
            for number in range(count):
                url = f"http://127.0.0.1/{name}/{number}"
                services.webhooks.shelf.create(person, url, ["image.created"])
            services.images.add_image(person, a_picture)
        work()
        assert min(heard) <= 2 * SECONDS
        assert now[0] >= MOST * SECONDS

    def test_whoever_is_slow_is_left_alone_for_a_while(
        self, services, hook, upload, receiver, clock, sweep
    ):
        now = [0.0]

        def post(*_):
            now[0] += SECONDS
            raise late()

        services.webhooks.sender._timer = lambda: now[0]
        services.webhooks.sender._post = post
        upload()
        upload()
        assert now[0] == SECONDS
        now[0] += 31
        clock.forward(31_000)
        sweep()
        assert now[0] == 2 * SECONDS + 31


def test_old_deliveries_are_forgotten(services, hook, receiver, upload, deliveries, clock):
    upload()
    clock.forward(29 * DAY_MS)
    assert services.webhooks.log.sweep() == 0
    clock.forward(2 * DAY_MS)
    assert services.webhooks.log.sweep() == 1
    assert deliveries() == ()


def test_the_words_of_one_given_up_say_so(services, owner, hook, receiver, upload, deliveries):
    receiver.answers, receiver.said = [500], b""
    upload()
    services.webhooks.shelf.change(hook[0].id, owner, is_active=False)
    assert deliveries()[0].answer == SWITCHED_OFF
