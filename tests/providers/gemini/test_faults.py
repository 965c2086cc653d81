import logging
import traceback

import pytest

from tests.providers.contract import late_once
from tests.providers.gemini.conftest import SECRET, ignore, never
from tests.providers.gemini.faults import FAULTS
from tests.providers.gemini.server import PICTURE
from webapp.providers.base import ProviderError
from webapp.providers.base.patience import Patience

MATRIX = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


@pytest.fixture
def ask(provider_of, request_for, server, monkeypatch):
    """Return what drives a fault through the real google-genai, and gives its error."""

    def fails(fault) -> ProviderError:
        server.begin(*[fault.act] * 3)
        if fault.seconds:
            late_once(monkeypatch, lambda: server.seen)
        patience = Patience(deadline=fault.seconds or 30, draw=lambda _low, _high: 0)
        with pytest.raises(ProviderError) as caught:
            provider_of(patience=patience).generate(request_for(), ignore, never)
        return caught.value

    return fails


@MATRIX
def test_each_fault_has_its_kind_its_sentence_and_its_price(fault, ask, caplog):
    with caplog.at_level(logging.DEBUG):
        error = ask(fault)
    assert (error.kind, str(error)) == (fault.kind, fault.sentence)
    assert error.may_have_cost == fault.may_have_cost
    assert error.text == fault.text
    assert error.retry_after == fault.retry_after
    chain = "".join(traceback.format_exception(error))
    told = (str(error), repr(error), repr(vars(error)), chain, caplog.text)
    assert SECRET not in " ".join(told)
    assert SECRET[:12] not in " ".join(told)
    assert error.__context__ is None or type(error.__context__).__module__ == "_queue"
    assert error.__cause__ is None


@MATRIX
def test_only_what_surely_costs_nothing_is_asked_again(fault, ask, server):
    ask(fault)
    assert len(server.seen) == (3 if fault.is_repeated else 1)


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.is_repeated], ids=lambda fault: fault.name
)
def test_a_picture_that_comes_with_the_second_attempt_is_taken(
    fault, provider, request_for, server
):
    server.begin(fault.act)
    assert provider.generate(request_for(aspect_ratio="1:1"), ignore, never).data == PICTURE
    assert len(server.seen) == 2


def test_no_fault_is_there_twice():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_what_may_have_cost_is_never_repeated_and_always_said():
    for fault in FAULTS:
        assert not (fault.may_have_cost and fault.is_repeated)
        assert fault.may_have_cost == ("charged, all the same." in fault.sentence)


def test_a_server_that_is_not_there_is_asked_again_and_costs_nothing(provider_of, request_for):
    asked: list[float] = []

    def draw(_low, high):
        asked.append(high)
        return 0.0

    patience = Patience(draw=draw)
    with pytest.raises(ProviderError) as caught:
        provider_of(patience=patience, base_url="http://127.0.0.1:9").generate(
            request_for(), ignore, never
        )
    assert caught.value.kind == "network"
    assert not caught.value.may_have_cost
    assert str(caught.value).startswith("Gemini can't be reached.")
    assert asked == [1, 2], "two pauses, the second one longer"
