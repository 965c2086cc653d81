"""Turns: one webhook is told at a time in a process, and people take turns.

A receiver that does not answer takes as long as the deadline. Whoever has many of those waits for
them alone: between two of theirs comes everybody else.
"""

import threading
from collections import Counter

Person = int | None
"""The key of an owner; None where there is no such webhook any more."""


class Turns:
    """Gives the turn to one job, and remembers who waits for it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: dict[int, Person] = {}
        self._last: dict[Person, int] = {}
        self._count = 0

    @property
    def is_free(self) -> bool:
        """Whether nobody has the turn."""
        return not self._turn.locked()

    def begin(self) -> bool:
        """Take the turn; False where another thread has it."""
        return self._turn.acquire(blocking=False)

    def end(self, person: Person) -> None:
        """Give the turn back, which was taken for somebody's webhook."""
        with self._lock:
            self._count += 1
            self._last[person] = self._count
        self._turn.release()

    def wait(self, job_id: int, person: Person) -> None:
        """Have a job called when the turn is free."""
        with self._lock:
            self._waiting[job_id] = person

    def called(self) -> list[int]:
        """Return the jobs that wait, and forget them: a job of each person in every round.

        A round begins with who had the turn longest ago.
        """
        with self._lock:
            rounds: Counter[Person] = Counter()
            places = {}
            for job_id, person in self._waiting.items():
                places[job_id] = (rounds[person], self._last.get(person, 0))
                rounds[person] += 1
            self._waiting.clear()
        return sorted(places, key=places.__getitem__)
