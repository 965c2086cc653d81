"""When somebody who did not hear is told again, and when no more."""

import secrets

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

PAUSES_MS = (
    10 * SECOND_MS,
    MINUTE_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
)
"""How long to wait after the first attempt, the second, and so on; after the last it has failed."""

MOST_ATTEMPTS = len(PAUSES_MS) + 1
JITTER = 10
"""Up to a tenth is added, so that those who failed together do not all come back together."""

PATIENCE_MS = 5 * DAY_MS
"""A webhook that nothing has reached for so long is switched off."""

KEPT_MS = 30 * DAY_MS
"""Deliveries are forgotten after so long."""


def pause_ms(attempts: int) -> int | None:
    """Return how long to wait after so many attempts, None where that was the last one."""
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = PAUSES_MS[attempts - 1]
    return pause + secrets.randbelow(pause // JITTER)
