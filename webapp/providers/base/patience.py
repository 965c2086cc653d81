"""Patience with a remote provider: a deadline, retries where they are safe, and letting go."""

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from webapp.providers.base.failure import ProviderError
from webapp.providers.base.protocol import Cancelled

T = TypeVar("T")
_Answers = queue.SimpleQueue[tuple[T | None, BaseException | None]]

LOOK_EVERY = 0.1  # seconds between looks at whether anybody still waits
LONGEST_RETRY_AFTER = 30.0  # seconds
CALLS = "easel-provider-call"  # what the threads are called
RETRIED = ("rate_limit", "unavailable", "network")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for one picture, and how often to ask.

    `deadline` is in seconds for a picture, all attempts together. Pauses are drawn at random below
    a bound that doubles ("full jitter"), so that many who failed together don't return together.
    """

    deadline: float = 180.0
    attempts: int = 3
    first_pause: float = 1.0
    longest_pause: float = 16.0
    draw: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def ask(self, call: Callable[[float], T], cancelled: Cancelled) -> T:
        """Return what `call` returns; it is given the seconds that are left.

        Repeated are refusals for now (`rate_limit`, as the provider says, up to 30 s) and what
        surely never reached the provider or surely cost nothing. Raises ProviderError: what the
        last attempt raised, `timeout` past the deadline, `cancelled` when nobody waits any more.
        A call that can't be interrupted is left alone, and what it brings is dropped.
        """
        end = time.monotonic() + self.deadline
        for attempt in range(1, self.attempts + 1):
            try:
                return self._once(call, end, cancelled)
            except ProviderError as error:
                pause = self._pause(error, attempt)
                if pause is None or time.monotonic() + pause >= end:
                    raise
            _sleep(pause, cancelled)
        message = "unreachable: the last attempt returns or raises"
        raise AssertionError(message)

    def _once(self, call: Callable[[float], T], end: float, cancelled: Cancelled) -> T:
        if cancelled():
            raise ProviderError(kind="cancelled", message="Cancelled.")
        answers = _started(call, end - time.monotonic())
        while (left := end - time.monotonic()) > 0:
            try:
                value, error = answers.get(timeout=min(left, LOOK_EVERY))
            except queue.Empty:
                if cancelled():
                    raise nobody_waits() from None
            else:
                if error is not None:
                    raise error
                return value  # type: ignore[return-value]  # without an error there is a value
        raise too_late(self.deadline)

    def _pause(self, error: ProviderError, attempt: int) -> float | None:
        """Return how many seconds to wait before asking again, None for not at all."""
        is_last = attempt >= self.attempts
        if is_last or error.may_have_cost or error.kind not in RETRIED:
            return None
        jitter = self.draw(0, min(self.longest_pause, self.first_pause * 2 ** (attempt - 1)))
        if error.retry_after is None:
            return jitter
        return error.retry_after + jitter if error.retry_after <= LONGEST_RETRY_AFTER else None


def too_late(seconds: float) -> ProviderError:
    """Return the error for a picture that did not come in time."""
    message = (
        f"No picture came within {seconds:g} seconds. It may have been made, and charged, "
        "all the same."
    )
    return ProviderError("timeout", message, may_have_cost=True)


def nobody_waits() -> ProviderError:
    """Return the error that ends work which is not wanted any more."""
    return ProviderError("cancelled", "Cancelled.", may_have_cost=True)


def _started(call: Callable[[float], T], seconds: float) -> "_Answers[T]":
    """Run a call in a thread of its own, which is left behind when waiting has no more sense."""
    answers: _Answers[T] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put((call(seconds), None))
        except ProviderError as error:
            # The frames of a traceback hold what was read so far, which may be large.
            answers.put((None, error.with_traceback(None)))
        except BaseException as error:  # noqa: BLE001  # it is raised where somebody waits
            answers.put((None, error))

    threading.Thread(target=work, name=CALLS, daemon=True).start()
    return answers


def _sleep(seconds: float, cancelled: Cancelled) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if cancelled():
            raise ProviderError(kind="cancelled", message="Cancelled.")
        time.sleep(min(left, LOOK_EVERY))
