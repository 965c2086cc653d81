"""Accessibility, as far as axe-core can tell; https://github.com/dequelabs/axe-core."""

from pathlib import Path

from playwright.sync_api import Page

SOURCE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False}
RUN = """
async ([selector, options]) => {
  const found = await axe.run(document.querySelector(selector) ?? document, options);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const why = (node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? '';
    return `${id}: ${node.target.join(' ')} ${why}`;
  }));
}
"""


def violations(page: Page, inside: str = "html") -> list[str]:
    """Return a line for every element that breaks a rule."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SOURCE)
    found: list[str] = page.evaluate(RUN, [inside, OPTIONS])
    return found
