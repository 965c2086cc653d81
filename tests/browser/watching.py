"""What must not happen behind a page's back, and when a page has come to rest."""

import itertools
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

QUIET_MS = 40
_settlings = itertools.count(1)
SCRIPT = """
(() => {
  const busy = new Set();
  let last = performance.now();
  let settling = 0;
  let frames = 0;
  const touch = () => { last = performance.now(); };
  const isPoll = (ctx) => ctx?.sourceElement?.matches?.('[data-poll]');
  document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
    if (!isPoll(ctx)) busy.add(ctx);
    touch();
  }, true);
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    busy.delete(ctx);
    touch();
  }, true);
  document.addEventListener('htmx:after:settle', touch, true);
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(`blocked by the policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
  // What has just been shown may ask for more in a frame or two, so the wait begins with the call.
  window.__settled = (quiet, which) => {
    if (which !== settling) {
      [settling, frames] = [which, 0];
      touch();
    }
    frames += 1;
    return !!window.htmx && !busy.size && frames > 3 && performance.now() - last > quiet;
  };
  // Messages that would go away stay: a machine that stops for seconds must not hide them.
  const soon = window.setTimeout;
  window.setTimeout = (work, delay, ...more) =>
    soon(work, delay >= 2000 && delay <= 12000 ? 3600000 : delay, ...more);
})();
"""


def settle(page: Page) -> None:
    """Wait until htmx has no request under way, polls aside, and nothing has moved for a moment."""
    page.wait_for_function(
        "([quiet, which]) => window.__settled(quiet, which)", arg=[QUIET_MS, next(_settlings)]
    )


class Watch:
    """Notes console messages, script errors and requests to other hosts.

    A test that provokes a message says so beforehand with `expect`.
    """

    def __init__(self, context: BrowserContext, host: str) -> None:
        self._host = host
        self._expected: list[str] = []
        self._noted: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", self._fail)
        context.on("request", self._see)

    def expect(self, *words: str) -> None:
        """Let messages pass that contain any of the words."""
        self._expected += words

    @property
    def problems(self) -> list[str]:
        """What was noted and not expected."""
        return [text for text in self._noted if not any(word in text for word in self._expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._noted.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _fail(self, error: WebError) -> None:
        self._noted.append(f"script error: {error.error}")

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self._host:
            self._noted.append(f"request to another host: {request.url}")
