from contextlib import ExitStack

import pytest

from tests.providers.contract import ProviderContract, asked
from tests.providers.loopback import serving
from tests.providers.openai.faults import FAULTS
from tests.providers.openai.studio import KEY, impatient, provider, script


class TestOpenAI(ProviderContract):
    secrets = (KEY, KEY[:16])

    @pytest.fixture
    def provider(self):
        with serving(script) as server:
            yield provider(server.url)

    @pytest.fixture
    def slow_provider(self):
        with serving(lambda exchange: exchange.hang()) as server:
            yield provider(server.url)

    @pytest.fixture
    def failing(self):
        quick = [fault for fault in FAULTS if fault.kind not in ("timeout", "network")]
        chosen = {fault.kind: fault for fault in quick}.values()
        with ExitStack() as stack:
            urls = [stack.enter_context(serving(fault.does)).url for fault in chosen]
            makers = [impatient(url) for url in urls]
            yield [(maker, asked(maker)) for maker in makers]
