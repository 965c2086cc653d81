import pytest

from tests.providers.contract import KINDS, ProviderContract, asked
from webapp.providers.plain import PlainProvider


class TestPlain(ProviderContract):
    checks_requests = False  # it is asked after a service has looked at the request

    @pytest.fixture
    def provider(self):
        return PlainProvider()

    @pytest.fixture
    def failing(self, provider):
        return [(provider, asked(provider, prompt=f"a lake !{kind}")) for kind in KINDS]
