"""A Gemini on this machine, and a provider that asks it."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.providers.gemini.server import GeminiServer
from webapp.providers.base import ImageRequest, Setup
from webapp.providers.base.patience import CALLS, Patience
from webapp.providers.gemini import GeminiProvider, connection
from webapp.providers.gemini.access import Access, access
from webapp.providers.gemini.catalogue import catalogue

SECRET = "AIzaSyD-never-to-be-seen-0123456789abcde"
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def running():
    """Run the server for all tests: google-genai's client takes long to make."""
    server = GeminiServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    connection.client(Access(SECRET, server.url))  # which takes long, and deadlines are short
    yield server
    server.released.set()
    connection.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server(running):
    """Return the server with an empty script; no call may be left when the test is over."""
    running.begin()
    yield running
    running.released.set()
    for thread in threading.enumerate():
        if thread.name == CALLS:
            thread.join(60)
            assert not thread.is_alive(), "a call was left behind"


@pytest.fixture
def provider_of(server) -> Callable[..., GeminiProvider]:
    """Return what makes a provider: with settings, with patience."""

    def make(models: Any = None, patience: Patience | None = None, **section: str):
        given = {"api_key": SECRET, "base_url": server.url, **section}
        setup = Setup("gemini", given, models or {})
        quick = patience or Patience(deadline=30, draw=lambda _low, _high: 0)
        return GeminiProvider(access(setup), catalogue(setup), patience=quick, today=lambda: TODAY)

    return make


@pytest.fixture
def provider(provider_of):
    """Return a provider that asks the server, and pauses for nothing."""
    return provider_of()


@pytest.fixture
def request_for() -> Callable[..., ImageRequest]:
    """Return what makes a request."""

    def make(**changes: Any) -> ImageRequest:
        return ImageRequest(
            **{
                "prompt": "a lake at dawn",
                "model": "gemini-nano-banana-2.1",
                "aspect_ratio": "16:9",
                "size": "2K",
                **changes,
            }
        )

    return make


def ignore(share: float, stage: str, preview: bytes | None = None) -> None:
    """Hear how far the work is, and forget it."""


def never() -> bool:
    return False
