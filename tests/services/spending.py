"""Charges, written as the ledger would have."""

import itertools

from sqlalchemy import insert

from webapp.models import Charge

_NUMBERS = itertools.count()


def charge(services, owner, day, micros, state="charged", **more):
    """Write that a person's picture cost something on a day."""
    number = next(_NUMBERS)
    values = {
        "key": f"{number:032}",
        "owner_id": owner and owner.id,
        "image_uid": f"{number:011}",
        "provider": "gemini",
        "model": "nano",
        "day": day,
        "micros": micros,
        "state": state,
        "asked_ms": 1_763_700_000_000 + number,
    }
    services.usage._database.change(insert(Charge).values(**values | more))
