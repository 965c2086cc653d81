"""How hard an encoder tries: while somebody waits, or when nobody does."""

from typing import Literal

Effort = Literal["request", "background"]

WEBP_METHODS: dict[Effort, int] = {"request": 2, "background": 4}
"""Method 2 costs half the time of method 4, and 4 % more bytes."""

AVIF_SPEEDS: dict[Effort, int] = {"request": 8, "background": 6}
"""Speed 6 takes three times as long as 8 for a tenth fewer bytes."""
