from contextlib import ExitStack

import pytest

from tests.providers.a1111.faults import FAULTS, PAIR
from tests.providers.a1111.webui import NAME, PASSWORD, WebUI, impatient, provider
from tests.providers.contract import ProviderContract, asked
from tests.providers.loopback import serving


class TestA1111(ProviderContract):
    secrets = (PASSWORD, PAIR)

    @pytest.fixture
    def provider(self):
        with serving(WebUI()) as server:
            yield provider(server.url, username=NAME, password=PASSWORD)

    @pytest.fixture
    def slow_provider(self):
        with serving(WebUI(holds=True)) as server:
            yield provider(server.url)

    @pytest.fixture
    def failing(self):
        quick = [fault for fault in FAULTS if fault.kind not in ("timeout", "network")]
        chosen = {fault.kind: fault for fault in quick}.values()
        with ExitStack() as stack:
            urls = [stack.enter_context(serving(fault.does)).url for fault in chosen]
            makers = [impatient(url) for url in urls]
            yield [(maker, asked(maker)) for maker in makers]
