"""Hits: how often what links lead to was asked for, and from which hosts' pages.

They are collected in memory and written down every few seconds, so that a thumbnail need not wait
for a transaction. Whoever kills the process loses those few.
"""

import atexit
import logging
import re
import threading
from collections import Counter
from urllib.parse import urlsplit

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.orm import Session

from webapp.errors import BusyError, StorageFullError
from webapp.models import Database, Link, LinkHit, insert_new, now_ms

logger = logging.getLogger(__name__)

SECONDS = 5.0
MOST_HOSTS = 1000
MOST_WAITING = 10_000
OTHERS = "…"
"""Stands for all hosts beyond the ones that are told apart."""

HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")
LONGEST_HOST = 253


class LinkHits:
    """Counts hits; `seconds` is how long one may wait to be written down."""

    def __init__(self, database: Database, seconds: float = SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._waiting: Counter[tuple[int, str]] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._ends_with_process = False

    def note(self, link: int, referrer: str) -> None:
        """Count a hit of a link, by its row; of the referring address only the host is kept."""
        hit = (link, host_of(referrer))
        with self._lock:
            if hit not in self._waiting and len(self._waiting) >= MOST_WAITING:
                hit = (link, OTHERS)
            self._waiting[hit] += 1
            if self._timer is None:
                self._begin()

    def flush(self) -> None:
        """Write down what was counted; what can't be written now waits for the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        if not waiting:
            return
        try:
            with self._database.writing() as session:
                _write(session, waiting)
        except (BusyError, StorageFullError):
            logger.warning("Hits of links can't be written down now; they are kept for later")
            with self._lock:
                self._waiting.update(waiting)

    def _begin(self) -> None:
        """Have the hits written down soon, and when the process ends."""
        if not self._ends_with_process:
            self._ends_with_process = True
            atexit.register(self._flush_quietly)
        self._timer = threading.Timer(self._seconds, self._flush_quietly)
        self._timer.daemon = True
        self._timer.start()

    def _flush_quietly(self) -> None:
        try:
            self.flush()
        except Exception:
            logger.exception("Hits of links are lost")


def host_of(referrer: str) -> str:
    """Return the host of a referring address in small letters, "" where it tells none."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:
        return ""
    return host if len(host) <= LONGEST_HOST and HOST.fullmatch(host) else ""


def _write(session: Session, waiting: Counter[tuple[int, str]]) -> None:
    """Add to the counts, always in the same order, so that no two processes wait for each other."""
    there = set(session.scalars(select(Link.id).where(Link.id.in_({link for link, _ in waiting}))))
    for link in sorted(there):
        session.execute(update(Link).where(Link.id == link).values(last_hit_ms=now_ms()))
        told = session.scalars(select(LinkHit.host).where(LinkHit.link_id == link))
        hosts = set(told)
        for host, count in sorted((host, n) for (of, host), n in waiting.items() if of == link):
            is_told = host in hosts or len(hosts - {OTHERS}) < MOST_HOSTS
            _add(session, link, host if is_told else OTHERS, count)
            hosts.add(host if is_told else OTHERS)


def _add(session: Session, link: int, host: str, count: int) -> None:
    row = insert_new(session.get_bind().dialect.name, LinkHit)
    session.execute(row.values(link_id=link, host=host, count=0))
    session.execute(
        update(LinkHit)
        .where(LinkHit.link_id == link, LinkHit.host == host)
        .values(count=LinkHit.count + count)
    )


def total() -> ScalarSelect[int]:
    """Return the number of a link's hits, as a column beside its row."""
    return (
        select(func.coalesce(func.sum(LinkHit.count), 0))
        .where(LinkHit.link_id == Link.id)
        .scalar_subquery()
    )
