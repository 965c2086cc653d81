import logging
import time

import pytest

from tests.providers.contract import SENTENCE, asked, failure, ignore, late_once, never, told
from tests.providers.loopback import free_port, serving
from tests.providers.openai import studio
from tests.providers.openai.faults import FAULTS
from tests.providers.openai.studio import KEY, impatient, provider
from webapp.providers.base import ProviderError
from webapp.providers.openai import asking

PIECES = [KEY[start : start + 12] for start in range(len(KEY) - 11)]


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch):
    """Let a flood end before it takes long."""
    monkeypatch.setattr(asking, "MOST_BYTES", 2**22)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_kind_its_cost_and_a_sentence_without_the_key(fault, caplog, monkeypatch):
    with serving(fault.does) as server, caplog.at_level(logging.DEBUG):
        if fault.kind == "timeout":
            late_once(monkeypatch, lambda: server.calls)
        maker = impatient(server.url)
        start = time.monotonic()
        error = failure(maker, asked(maker))
    assert time.monotonic() - start < 30
    assert (error.kind, error.may_have_cost) == (fault.kind, fault.may_have_cost)
    assert SENTENCE.fullmatch(error.message), error.message
    heard = told(error) + caplog.text
    assert not [piece for piece in PIECES if piece in heard]
    assert error.__cause__ is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_of_the_list_of_models_costs_nothing(fault):
    with serving(fault.does) as server:
        try:
            impatient(server.url, seconds=0.3).check()
        except ProviderError as error:
            assert not error.may_have_cost  # noqa: PT017  # some faults are none for a list
            assert SENTENCE.fullmatch(error.message)  # noqa: PT017


def test_names_of_faults_are_their_own():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_nobody_there_costs_nothing_and_may_be_asked_again():
    maker = impatient(f"http://127.0.0.1:{free_port()}")
    error = failure(maker, asked(maker))
    assert (error.kind, error.may_have_cost) == ("network", False)


@pytest.mark.parametrize(
    ("headers", "message", "delay"),
    [
        ({"Retry_After": "17"}, "no", 17),
        ({"Retry_After": "0.5"}, "no", 0.5),
        ({"Retry_After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "no", 0),
        ({"Retry_After": "soon"}, "no", None),
        ({}, "Please try again in 12s.", 12),
        ({}, "Please try again in 250ms.", 0.25),
        ({"Retry_After": "999999"}, "no", 86_400),
        ({}, "no", None),
    ],
)
def test_a_server_may_say_when_to_come_back(headers, message, delay):
    said = {"error": {"message": message, "code": "rate_limit_exceeded"}}
    with serving(lambda it: it.json(said, 429, **headers)) as server:
        maker = impatient(server.url)
        error = failure(maker, asked(maker))
    assert (error.kind, error.retry_after) == ("rate_limit", delay)


def test_it_is_asked_again_after_a_refusal_for_now_and_with_the_same_key():
    answers = iter([429, 200])

    def script(exchange):
        if next(answers) == 429:
            exchange.json({"error": {"code": "rate_limit_exceeded"}}, 429, Retry_After="0")
        else:
            studio.script(exchange)

    with serving(script) as server:
        maker = provider(server.url)
        result = maker.generate(asked(maker, key="wish-7", size="512"), ignore, never)
        assert result.data
        assert [call.headers["idempotency-key"] for call in server.calls] == ["wish-7"] * 2


@pytest.mark.parametrize("does", [lambda it: it.reset(), lambda it: it.html(502)])
def test_what_may_have_been_charged_is_not_asked_for_twice(does):
    with serving(does) as server:
        maker = provider(server.url)
        assert failure(maker, asked(maker)).may_have_cost
        assert len(server.calls) == 1
