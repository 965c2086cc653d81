"""Watching the server at its work: how far it is, what it looks like, and stopping it.

`GET /sdapi/v1/progress` tells of whatever the server is doing, and the server may have other people
to serve. `POST /internal/progress`, which its own pages use, knows a job by its name. So what is
shown is ours as far as the server can tell, and what is interrupted too.
"""

import base64
import binascii
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from webapp.providers.a1111.refusals import MissingPageError
from webapp.providers.a1111.server import Server
from webapp.providers.a1111.talking import Ask, line
from webapp.providers.base import Progress, ProviderError

EVERY = 1.0  # seconds between looks
SECONDS = 5.0  # for one look
LONGEST_PREVIEW = 2**23  # characters
BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
PROGRESS = "sdapi/v1/progress"
INTERRUPT = "sdapi/v1/interrupt"
INTERNAL = "internal/progress"
QUEUED = "Waiting for other pictures"


@dataclass(frozen=True, slots=True)
class Note:
    """How far the work is: the share done (0..1), a word for it, and a picture of now."""

    share: float
    stage: str
    preview: bytes | None = None


class Watch:
    """Looks about once a second from a thread of its own; whoever waits hears of it by `tell`.

    `before` may ask other things on the same line, before the first look.
    """

    def __init__(self, server: Server, task: str, before: Callable[[Ask], None]) -> None:
        self._server = server
        self._task = task
        self._before = before
        self._knows_jobs = True
        self._knew_ours = False
        self._newest: Note | None = None
        self._told = Note(0.0, "")
        self._over = threading.Event()
        self._interrupts = False
        self._thread = threading.Thread(target=self._look_on, name="easel-a1111", daemon=True)

    def begin(self) -> None:
        """Begin to look; a second time changes nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def tell(self, progress: Progress) -> None:
        """Tell what is new. It never goes back, though a server may begin a second pass."""
        note = self._newest
        if note is not None and note is not self._told and note.share >= self._told.share:
            self._told = note
            progress(note.share, note.stage, note.preview)

    def end(self, *, interrupt: bool = False) -> None:
        """Look no more, and stop the server's work on this picture if nobody wants it; at once."""
        self._interrupts = interrupt
        self._over.set()

    def _look_on(self) -> None:
        if self._over.wait(EVERY) and not self._interrupts:
            return  # it came at once
        with suppress(ProviderError), line(self._server, SECONDS) as ask:
            if not self._over.is_set():
                self._before(ask)
            while not self._over.is_set() and self._look(ask):
                self._over.wait(EVERY)
        self._over.wait()
        if self._interrupts:
            with suppress(ProviderError), line(self._server, SECONDS) as ask:
                if self._is_ours(ask):
                    ask(INTERRUPT, {})

    def _look(self, ask: Ask) -> bool:
        """Take a note; return whether the server tells about its work at all."""
        known = self._known(ask)
        if known is None and self._knew_ours:
            return True  # ours has ended: what the server does now is somebody else's
        if known is not None and not known.get("active"):
            self._newest = Note(0.0, QUEUED) if known.get("queued") else self._newest
            return True
        try:
            said = ask(PROGRESS)
        except MissingPageError:
            return False
        except ProviderError:
            return True  # it is busy; its answer to the request itself will tell
        self._newest = read_note(said) or self._newest
        return True

    def _is_ours(self, ask: Ask) -> bool:
        """Return whether the server is at our picture, as far as it can tell."""
        known = self._known(ask)
        if known is not None or self._knew_ours:
            return known is not None and bool(known.get("active"))
        said = ask(PROGRESS)
        state = said.get("state") if isinstance(said, dict) else None
        return isinstance(state, dict) and bool(state.get("job"))

    def _known(self, ask: Ask) -> dict[str, Any] | None:
        """Return what the server says of our job by name, None where it does not know the name."""
        if not self._knows_jobs:
            return None
        try:
            said = ask(INTERNAL, {"id_task": self._task, "live_preview": False})
        except MissingPageError:
            self._knows_jobs = False
            return None
        except ProviderError:
            return None
        states = ("active", "queued", "completed")
        is_known = isinstance(said, dict) and any(said.get(state) for state in states)
        self._knew_ours |= is_known
        return said if is_known else None


def read_note(said: Any) -> Note | None:
    """Return what `/sdapi/v1/progress` says, None where it says nothing of any use."""
    state = said.get("state") if isinstance(said, dict) else None
    share = said.get("progress") if isinstance(said, dict) else None
    if not isinstance(state, dict) or not isinstance(share, (int, float)) or not 0 < share <= 1:
        return None
    step, steps = state.get("sampling_step"), state.get("sampling_steps")
    is_counting = isinstance(step, int) and isinstance(steps, int) and 0 < step <= steps
    stage = f"Step {step} of {steps}" if is_counting else "Working"
    return Note(float(share), stage, _picture(said.get("current_image")))


def _picture(encoded: object) -> bytes | None:
    if not isinstance(encoded, str) or not encoded or len(encoded) > LONGEST_PREVIEW:
        return None
    try:
        data = base64.b64decode(encoded.rpartition(",")[2], validate=True)
    except (ValueError, binascii.Error):
        return None
    return data if data.startswith(BEGINNINGS) else None
