"""Real Chromium before a real Easel. Every test has a person of its own, and a clean console."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.elsewhere import Elsewhere, elsewhere_served
from tests.browser.studio import Studio, studio_in
from tests.browser.watching import SCRIPT, Watch
from webapp.extensions import limiter
from webapp.services.accounts import Viewer

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = "apt-get install -y chromium, or set CHROMIUM=/path/to/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",  # it refuses to run as root otherwise, as CI does
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
]
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}
SETTINGS: dict[str, Any] = {"reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "UTC"}
TIMEOUT_MS = 60_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser, once."""
    path = chromium_path()
    if path is None:
        _missing("no Chromium here; get it: " + HOW)
    with sync_playwright() as playwright:
        expect.set_options(timeout=TIMEOUT_MS)
        browser = playwright.chromium.launch(
            executable_path=path, args=FLAGS, timeout=2 * TIMEOUT_MS
        )
        yield browser
        browser.close()


def chromium_path() -> str | None:
    """Return where Chromium is, if it is anywhere."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def _missing(reason: str) -> NoReturn:
    """Skip the test and say how to get what it needs; where CI has promised it, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def studio(chromium, tmp_path_factory) -> Iterator[Studio]:
    """Run an Easel for this process's tests."""
    with studio_in(tmp_path_factory.mktemp("studio")) as studio:
        yield studio


@pytest.fixture(autouse=True)
def _unlimited() -> Iterator[None]:
    """Let everybody sign in as often as they like, whatever other tests have switched on."""
    was_enabled, limiter.enabled = limiter.enabled, False
    yield
    limiter.enabled = was_enabled


@pytest.fixture
def person(studio: Studio) -> Viewer:
    """Return somebody whose gallery is empty."""
    return studio.person()


@pytest.fixture
def device(request) -> str:
    """Return what the test looks through; `parametrize(..., indirect=True)` chooses another."""
    return getattr(request, "param", "desktop")


class Browsers:
    """Opens browsers that share nothing, and watches each."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self.watches: dict[BrowserContext, Watch] = {}

    def open(self, host: str, device: str = "desktop", **options: Any) -> BrowserContext:
        """Open one that may talk to a single host."""
        context = self._chromium.new_context(**SETTINGS | DEVICES[device] | options)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(SCRIPT)
        self.watches[context] = Watch(context, urlsplit(host).netloc)
        return context

    def close(self) -> list[str]:
        """Close them all, and return what they had to complain of."""
        for context in self.watches:
            context.close()
        return [problem for watch in self.watches.values() for problem in watch.problems]


@pytest.fixture
def browsers(chromium) -> Iterator[Browsers]:
    """Return what opens browsers; at the end none of them may have had a problem."""
    browsers = Browsers(chromium)
    yield browsers
    assert browsers.close() == []


def signed_in(context: BrowserContext, studio: Studio, person: Viewer) -> BrowserContext:
    """Sign somebody in, by link."""
    answer = context.request.get(studio.link(person), max_redirects=0)
    assert answer.status == 303
    return context


@pytest.fixture
def context(browsers, studio, person, device) -> BrowserContext:
    """Return a browser in which the test's person is signed in."""
    return signed_in(browsers.open(studio.address, device), studio, person)


@pytest.fixture
def watch(browsers: Browsers, context: BrowserContext) -> Watch:
    """Return what notes the problems of the test's browser."""
    return browsers.watches[context]


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return an empty tab of the signed-in browser."""
    return context.new_page()


@pytest.fixture
def plain_page(browsers, studio, person, device) -> Page:
    """Return an empty tab of a signed-in browser that runs no script."""
    context = browsers.open(studio.address, device, java_script_enabled=False)
    return signed_in(context, studio, person).new_page()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Return somebody else's page."""
    with elsewhere_served() as place:
        yield place
