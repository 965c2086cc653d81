import logging
import time

import pytest

from tests.providers.a1111.faults import FAULTS, PAIR
from tests.providers.a1111.webui import PASSWORD, WebUI, impatient, provider
from tests.providers.contract import SENTENCE, asked, failure, ignore, late_once, never, told
from tests.providers.loopback import free_port, serving
from webapp.providers.a1111 import talking
from webapp.providers.base import ProviderError


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch):
    """Let a flood end before it takes long."""
    monkeypatch.setattr(talking, "MOST_BYTES", 2**22)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_kind_costs_nothing_and_keeps_the_password(fault, caplog, monkeypatch):
    with serving(fault.does) as server, caplog.at_level(logging.DEBUG):
        if fault.kind == "timeout":
            late_once(monkeypatch, lambda: server.calls)
        maker = impatient(server.url)
        start = time.monotonic()
        error = failure(maker, asked(maker))
        assert time.monotonic() - start < 30
    assert (error.kind, error.may_have_cost) == (fault.kind, fault.may_have_cost)
    assert SENTENCE.fullmatch(error.message), error.message
    assert "charged" not in error.message
    heard = told(error) + caplog.text
    assert PASSWORD not in heard
    assert PAIR not in heard


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_check_fails_in_sentences_too(fault):
    with serving(fault.does) as server:
        try:
            impatient(server.url, seconds=0.3).check()
        except ProviderError as error:
            assert SENTENCE.fullmatch(error.message)  # noqa: PT017  # some faults are none for a list


def test_names_of_faults_are_their_own():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_server_that_does_not_run_is_told_as_such():
    maker = impatient(f"http://127.0.0.1:{free_port()}")
    error = failure(maker, asked(maker))
    assert error.kind == "network"
    assert "Check that it runs" in error.message


def test_a_server_without_its_api_is_told_how_to_start_it():
    with serving(lambda it: it.json({"detail": "Not Found"}, 404)) as server:
        maker = impatient(server.url)
        assert "--api" in failure(maker, asked(maker)).message


def test_a_field_that_is_refused_is_named():
    fault = next(fault for fault in FAULTS if fault.name == "a value that is none")
    with serving(fault.does) as server:
        maker = impatient(server.url)
        assert "“steps”" in failure(maker, asked(maker)).message


def test_what_costs_nothing_is_asked_again_after_a_crash():
    ui = WebUI()
    crashes = iter([True, False])

    def script(exchange):
        if exchange.call.path.endswith("txt2img") and next(crashes):
            exchange.reset()
        else:
            ui(exchange)

    with serving(script) as server:
        maker = provider(server.url)
        maker._patience = type(maker._patience)(deadline=60, first_pause=0.01)
        assert maker.generate(asked(maker), ignore, never).data
        assert server.paths().count("/sdapi/v1/txt2img") == 2
