"""What the workers need from the outside."""

from collections.abc import Sequence
from typing import Protocol

from webapp.models.job import Lease


class Transport(Protocol):
    """Carries job ids to whoever receives first; may lose or repeat some."""

    def send(self, job_ids: Sequence[int]) -> None:
        """Send ids to the workers."""
        ...

    def receive(self) -> int | None:
        """Wait a moment for an id, and return it."""
        ...

    def size(self) -> int:
        """Return how many ids are on their way."""
        ...

    def wake(self, threads: int) -> None:
        """Let that many waiting threads of this process return early, where it can be done."""
        ...

    def disconnect(self) -> None:
        """Close this thread's connections; the next call opens new ones."""
        ...


class Ledger(Protocol):
    """Knows the truth about every job."""

    lease_seconds: float

    def claim(self, job_id: int, holder: str) -> Lease | None:
        """Take a due job, or return None."""
        ...

    def extend(self, lease: Lease) -> bool:
        """Keep a lease for another while; False when it is lost."""
        ...

    def fail(self, lease: Lease, error: str) -> None:
        """Mark a job failed."""
        ...

    def retry(self, lease: Lease, seconds: float, *, counts: bool = True) -> None:
        """Put a job back, to be tried again later."""
        ...

    def overdue(self, limit: int) -> list[int]:
        """Return jobs that no message will bring."""
        ...


class Handler(Protocol):
    """Does the jobs of one kind.

    Both methods end the job in the transaction that holds their results. A job that neither
    finishes is tried again when its lease ends.
    """

    def run(self, lease: Lease) -> None:
        """Do the work, and finish or postpone the job; ask `lease.is_lost()` now and then."""
        ...

    def give_up(self, lease: Lease, error: Exception) -> None:
        """Mark the subject and the job failed: `run` raised this, or it was tried too often."""
        ...
