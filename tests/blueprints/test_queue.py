from dataclasses import replace
from functools import partial

import pytest

from webapp.jobs import NullRunner
from webapp.providers.base import ProviderError
from webapp.services.failures import FAILURES


def fail(error, *_asked):
    raise error


def text(answer):
    return answer.get_data(as_text=True)


def order(services, owner):
    return [picture.id for picture in services.gallery.queue(owner).waiting]


class TestWaiting:
    @pytest.fixture
    def runner(self):
        return NullRunner()

    @pytest.fixture
    def waiting(self, services, owner, wish):
        return [
            item.id for item in services.generator.start(owner, replace(wish, count=4)).pictures
        ]

    def test_a_paused_queue_says_so_and_goes_on(self, browser, services, owner, waiting):
        assert "Paused" in text(browser.get("/queue")) or "Pause" in text(browser.get("/queue"))
        page = text(browser.post("/queue/pause", htmx=True))
        assert "The queue is paused" in page
        assert services.work.is_paused(owner)
        assert services.jobs.claim(1, "worker") is None
        assert "The queue is paused" not in text(browser.post("/queue/go-on", htmx=True))
        assert services.jobs.claim(1, "worker").subject_id

    def test_a_paused_queue_in_which_nothing_waits_can_go_on_too(self, browser):
        browser.post("/queue/pause")
        page = text(browser.get("/queue"))
        assert "The queue is paused" in page
        assert page.count("Go on") == 1

    def test_without_script_one_comes_back_to_the_queue_with_a_word(self, browser, waiting):
        answer = browser.post("/queue/pause")
        assert (answer.status_code, answer.location) == (303, "/queue")
        assert "What is being made will be finished." in text(browser.get("/queue"))

    @pytest.mark.parametrize(
        ("direction", "places"),
        [("first", "2013"), ("up", "0213"), ("down", "0132"), ("last", "0132")],
    )
    def test_a_picture_moves(self, browser, services, owner, waiting, direction, places):
        browser.post(f"/queue/{waiting[2]}/move", {"direction": direction}, htmx=True)
        assert order(services, owner) == [waiting[int(place)] for place in places]
        assert (
            services.jobs.claim(1, "w").subject_id
            == services.images.own_image(waiting[int(places[0])], owner).key
        )

    def test_an_unknown_direction_is_refused(self, browser, services, owner, waiting):
        answer = browser.post(f"/queue/{waiting[0]}/move", {"direction": "sideways"})
        assert answer.status_code == 400
        assert "sideways" in text(answer)
        assert order(services, owner) == waiting

    def test_a_stranger_moves_nothing(self, stranger_browser, services, owner, waiting):
        answer = stranger_browser.post(f"/queue/{waiting[2]}/move", {"direction": "first"})
        assert answer.status_code == 404
        assert order(services, owner) == waiting

    def test_pausing_holds_up_nobody_else(self, browser, services, owner, stranger, wish, waiting):
        browser.post("/queue/pause")
        theirs = services.generator.start(stranger, wish).pictures[0]
        lease = services.jobs.claim(1, "worker")
        assert lease.subject_id == services.images.own_image(theirs.id, stranger).key
        assert services.jobs.claim(1, "worker") is None


@pytest.fixture
def failed(services, owner, wish):
    def fail(kind):
        started = services.generator.start(owner, replace(wish, prompt=f"a lake !{kind}"))
        return started.pictures[0].id

    return fail


@pytest.mark.parametrize("kind", ["auth", "blocked", "quota", "rate_limit", "no_image", "timeout"])
def test_each_failure_has_its_title_and_its_next_step(browser, failed, kind):
    uid = failed(kind)
    for path in ("/queue", "/", f"/images/{uid}"):
        assert FAILURES[kind].title in text(browser.get(path)).replace("&#39;", "'")
    assert FAILURES[kind].next_step in text(browser.get("/queue")).replace("&#39;", "'")


def test_a_key_without_billing_is_not_told_that_something_is_used_up(
    browser, services, owner, wish, monkeypatch
):
    error = ProviderError("quota", "This key has no billing.")
    provider = services.catalogue.provider("plain")
    monkeypatch.setattr(provider, "generate", partial(fail, error), raising=False)
    services.generator.start(owner, wish)
    page = text(browser.get("/queue"))
    assert "This key has no billing." in page
    assert "Check billing at the provider" in page
    assert "used up" not in page


def test_a_refusal_is_edited_and_not_repeated_as_it_is(browser, failed):
    uid = failed("blocked")
    page = text(browser.get("/queue"))
    assert f"/images/{uid}/retry" not in page
    assert "Edit and retry" in page
    assert "a lake !blocked" in text(browser.get(f"/create?image={uid}"))


def test_all_that_may_work_is_tried_again_at_once(browser, services, owner, failed):
    uids = {kind: failed(kind) for kind in ("rate_limit", "network", "blocked", "cancelled")}
    page = text(browser.get("/queue"))
    assert "Try 2 again" in page
    answer = browser.post("/queue/retry")
    assert answer.status_code == 303
    assert "2 pictures are tried again." in text(browser.get("/queue"))
    kinds = {kind: services.images.own_image(uid, owner) for kind, uid in uids.items()}
    assert {kind for kind, item in kinds.items() if item.seconds is None} == set(uids)
    assert services.jobs.counts()["failed"] == 4


def test_trying_all_again_says_what_it_costs(browser, services, owner, wish, monkeypatch):
    provider = services.catalogue.provider("plain")
    error = ProviderError("unavailable", "No.")
    monkeypatch.setattr(provider, "generate", partial(fail, error), raising=False)
    paid = replace(wish, model="plain-paid", aspect_ratio="1:1", count=3)
    services.generator.start(owner, paid)
    assert "Try 3 again ($0.102)" in text(browser.get("/queue"))


def test_nothing_to_try_again_is_fine(browser):
    assert browser.post("/queue/retry").status_code == 303
    assert "0 pictures are tried again." in text(browser.get("/queue"))


def test_what_may_have_been_paid_for_is_not_tried_again_with_the_others(
    browser, services, owner, wish, monkeypatch
):
    late = ProviderError("timeout", "No.", may_have_cost=True)
    for error in (late, ProviderError("unavailable", "No.")):
        provider = services.catalogue.provider("plain")
        monkeypatch.setattr(provider, "generate", partial(fail, error), raising=False)
        services.generator.start(owner, replace(wish, model="plain-paid", aspect_ratio="1:1"))
    monkeypatch.undo()
    failed = {item.error_kind: item for item in services.gallery.queue(owner).failed}
    assert failed["timeout"].may_have_cost
    assert not failed["unavailable"].may_have_cost
    assert services.generator.retry_failed(owner) == 1
    assert services.images.own_image(failed["timeout"].id, owner).state == "failed"
    assert services.images.own_image(failed["unavailable"].id, owner).is_ready
