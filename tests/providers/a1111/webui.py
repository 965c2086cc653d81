"""A server on this machine that speaks the API of AUTOMATIC1111's web UI."""

import base64
import json
import threading
from collections.abc import Mapping
from typing import Any

from tests.providers.loopback import Exchange, Loopback
from webapp.providers.a1111 import A1111Provider, a1111_from
from webapp.providers.a1111.catalogue import Catalogue
from webapp.providers.a1111.server import Server
from webapp.providers.base import Setup
from webapp.providers.base.patience import Patience
from webapp.providers.plain import png

PASSWORD = "Secret-Pass-0123456789"
NAME = "owner"
COLOUR = b"\x40\x90\x30"


def encoded(width: int, height: int) -> str:
    return base64.b64encode(png(width, height, COLOUR)).decode()


def picture(wish: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
    """Return what txt2img and img2img answer."""
    seed = wish["seed"] if wish["seed"] >= 0 else 4711
    told = {
        "seed": seed,
        "all_seeds": [seed],
        "sampler_name": wish.get("sampler_name", "Euler a"),
        "steps": wish.get("steps", 50),
        "sd_model_name": "dreams",
        **facts,
    }
    return {
        "images": [encoded(wish["width"], wish["height"])],
        "parameters": {},
        "info": json.dumps(told),
    }


class WebUI:
    """A server with a queue of one; a job that is held ends when it is interrupted or let go."""

    def __init__(self, *, holds: bool = False, without: tuple[str, ...] = ()) -> None:
        self.without = without
        self.let_go = threading.Event()
        if not holds:
            self.let_go.set()
        self.at_work = threading.Event()
        self.heard = threading.Event()
        self.lingers = False
        self._looks_afterwards = threading.Semaphore(0)
        self.missed = threading.Event()
        self.task = ""
        self.task_in_front = ""
        self.interrupted = threading.Event()
        self.step = 7
        self.previews = True
        self.checkpoints = ["dreams.safetensors [abcd1234]", "xl/photo.safetensors"]

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.call.path.partition("?")[0]
        answers = {
            "/sdapi/v1/txt2img": self.make,
            "/sdapi/v1/img2img": self.make,
            "/sdapi/v1/progress": self.progress,
            "/sdapi/v1/interrupt": self.interrupt,
            "/sdapi/v1/sd-models": self.models,
            "/sdapi/v1/samplers": self.samplers,
            "/internal/progress": self.internal,
        }
        if path in answers and path not in self.without:
            answers[path](exchange)
        else:
            exchange.json({"detail": "Not Found"}, 404)
            self.missed.set()

    def make(self, exchange: Exchange) -> None:
        wish = exchange.call.json
        self.task = wish["force_task_id"]
        self.at_work.set()
        self.heard.set()
        while not (self.let_go.wait(0.01) or exchange.closing.is_set()):
            pass
        self.at_work.clear()
        for _ in range(5 if self.lingers else 0):
            self._looks_afterwards.acquire(timeout=60)
        exchange.json(picture(wish))

    def progress(self, exchange: Exchange) -> None:
        busy = self.at_work.is_set() or bool(self.task_in_front)
        state = {
            "job": "scripts_txt2img" if busy else "",
            "job_count": 1 if busy else 0,
            "sampling_step": self.step if busy else 0,
            "sampling_steps": 20,
        }
        preview = encoded(32, 32) if busy and self.previews else None
        share = self.step / 20 if busy else 0
        exchange.json({"progress": share, "state": state, "current_image": preview})

    def internal(self, exchange: Exchange) -> None:
        asked = exchange.call.json["id_task"]
        if self.task_in_front:  # a job waits from the moment on that the server has heard of it
            self.heard.wait(60)
        known = asked == self.task and self.at_work.is_set()
        if self.heard.is_set() and not known:
            self._looks_afterwards.release()
        active = known and not self.task_in_front
        exchange.json({"active": active, "queued": known and not active, "completed": False})

    def interrupt(self, exchange: Exchange) -> None:
        self.interrupted.set()
        self.let_go.set()
        exchange.json({})

    def models(self, exchange: Exchange) -> None:
        exchange.json([{"title": title, "model_name": "x"} for title in self.checkpoints])

    def samplers(self, exchange: Exchange) -> None:
        names = ("DPM++ 2M", "Restart")
        exchange.json([{"name": name, "aliases": [], "options": {}} for name in names])


def made_wishes(server: Loopback) -> list[dict[str, Any]]:
    """Return what pictures were asked for."""
    return [call.json for call in server.calls if call.path.endswith("2img")]


def provider(url: str, table: Mapping[str, Any] | None = None, /, **section: str) -> A1111Provider:
    """Return a provider for a server, as the settings make it."""
    made = a1111_from(Setup("a1111", {"base_url": url, **section}, table or {}))
    assert made is not None
    return made


def impatient(url: str, seconds: float = 60.0) -> A1111Provider:
    """Return a provider that waits for so long and asks once."""
    catalogue = Catalogue.of(Setup("a1111", {}))
    patience = Patience(deadline=seconds, attempts=1)
    return A1111Provider(Server(url, NAME, PASSWORD), catalogue, seconds, patience)
