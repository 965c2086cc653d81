"""What people do, in words of the pages: for steps that several tests take."""

import io
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.studio import Studio
from tests.browser.watching import settle

READY = ".rows .tile:not(.pending):not(.failed):not([hidden])"


def open_gallery(page: Page, studio: Studio, path: str = "/") -> None:
    """Go to the gallery, or another place, and wait until it rests."""
    page.goto(studio.address + path)
    settle(page)


def draw(page: Page) -> None:
    """Wait until the page has taken in what the pointer did: it hears of moves once a frame."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(true)))")


def is_draft(words: str) -> Callable[[Response], bool]:
    """Return what finds the answer to a draft with some words: a slow typist sends several."""

    def is_it(answer: Response) -> bool:
        return answer.url.endswith("/draft") and words in unquote_plus(
            answer.request.post_data or ""
        )

    return is_it


def prompt_of(page: Page) -> Locator:
    return page.get_by_label("Describe an image", exact=True)


def generate(page: Page, prompt: str) -> None:
    """Describe a picture, and ask for it."""
    prompt_of(page).fill(prompt)
    page.get_by_role("button", name="Generate").click()


def tile(page: Page, uid: str) -> Locator:
    return page.locator(f"#image-{uid}")


def open_picture(page: Page, uid: str) -> Locator:
    """Open a picture from its tile, and return the dialog."""
    tile(page, uid).locator(".tile-link").click()
    dialog = page.locator("#lightbox")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".detail")).to_have_attribute("data-image", uid)
    settle(page)
    return dialog


def toast(page: Page, text: str) -> Locator:
    return page.locator(".toast").filter(has_text=text)


def choose(within: Page | Locator, label: str) -> None:
    """Choose one of a row of options, by what stands on it."""
    within.get_by_role("radio", name=label, exact=True).click()


def noise(side: int, seed: int = 1) -> bytes:
    """Return a PNG that nothing can compress; 3 bytes a pixel."""
    pixels = random.Random(seed).randbytes(side * side * 3)  # not a secret
    return encoded(Image.frombytes("RGB", (side, side), pixels))


def colour(name: str, size: tuple[int, int] = (300, 200)) -> bytes:
    """Return a PNG of one colour."""
    return encoded(Image.new("RGB", size, name))


def encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def file(name: str, data: bytes, mime: str = "image/png") -> Any:
    """Return a file as a file chooser gives it."""
    return {"name": name, "mimeType": mime, "buffer": data}
