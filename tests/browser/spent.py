"""A ledger to look at: months of pictures by several models, some of them in doubt."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from tests.browser.studio import Studio, db_of
from webapp.models import Charge
from webapp.services.accounts import Viewer

MODELS = (
    ("gemini", "gemini-3-pro-image", 134_000, 3),
    ("gemini", "gemini-2.5-flash-image", 39_000, 6),
    ("openai", "gpt-image-2", 53_000, 2),
    ("openai", "gpt-image-1-mini", 11_000, 2),
    ("local", "flux-2-dev", None, 1),
)


def spend(studio: Studio, person: Viewer, days: int = 400, *, seed: int = 1) -> None:
    """Write what a person may have spent, more of it lately and less at weekends."""
    chance = random.Random(seed)  # not a secret
    now = datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    for back in range(days):
        day = now - timedelta(days=back)
        busy = (0.3 if day.weekday() > 4 else 1) * (1.5 if back < 30 else 0.6)
        for provider, model, price, often in MODELS:
            for _ in range(int(chance.expovariate(1 / (often * busy)))):
                state = "uncertain" if chance.random() < 0.03 else "charged"
                rows.append(_row(person, provider, model, price, state, day, len(rows)))
    with db_of(studio.app) as connection:
        connection.execute(insert(Charge), rows)


def _row(person, provider, model, price, state, day, number):
    return {
        "key": f"{person.id:06}{number:026}",
        "owner_id": person.id,
        "image_uid": f"{number:011}",
        "provider": provider,
        "model": model,
        "day": day.date().isoformat(),
        "micros": price,
        "state": state,
        "asked_ms": int(day.timestamp() * 1000),
    }
