"""Time the way from "Generate" to the pending tile on the page, in real Chromium.

python -m bench.submit
"""

import os
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.serving import serving

ROUNDS = 15
ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MEASURE = """
() => new Promise(resolve => {
  const before = document.querySelectorAll(".tile").length;
  const watcher = new MutationObserver(() => {
    if (document.querySelectorAll(".tile").length > before) {
      watcher.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - start));
    }
  });
  watcher.observe(document.body, { childList: true, subtree: true });
  const start = performance.now();
  document.querySelector("#composer [type=submit]").click();
})
"""


def main() -> None:
    """Submit the composer again and again, waiting for each picture."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as easel,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        page = browser.new_page()
        page.goto(easel.link)
        page.goto(easel.address)
        times = [_submit(page, number) for number in range(ROUNDS)]
        browser.close()
    print(f"submit to pending tile: p50 {statistics.median(times):.0f} ms, max {max(times):.0f} ms")


def _submit(page: Page, number: int) -> float:
    page.fill("#composer [name=prompt]", f"a lake at dawn, number {number}")
    page.wait_for_timeout(1200)  # let the draft be saved first
    taken: float = page.evaluate(MEASURE)
    page.wait_for_function("() => !document.querySelector('.tile.pending')", timeout=60_000)
    return taken


if __name__ == "__main__":
    main()
