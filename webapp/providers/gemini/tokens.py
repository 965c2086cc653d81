"""Tokens: what an answer says was counted, and what that costs.

There are prices for what was sent and for the pictures that were made. Words and thoughts in an
answer are charged as well, at a price that is not known here. So a count with any of them, or with
a part missing, is no whole account: then a picture costs at least what is usual for its size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.providers.gemini.catalogue import TokenPrices

MOST_TOKENS = 10**6


@dataclass(frozen=True, slots=True)
class Tokens:
    """The `usageMetadata` of an answer; anything may be in it."""

    said: Mapping[str, Any]

    @property
    def images(self) -> int:
        """How many tokens of pictures were made."""
        found = self.said.get("candidatesTokensDetails")
        counts = [
            _count(item.get("tokenCount"))
            for item in (found if isinstance(found, list) else [])
            if isinstance(item, dict) and item.get("modality") == "IMAGE"
        ]
        return sum(filter(None, counts))

    def cost(self, prices: TokenPrices, usual: int | None) -> int | None:
        """Return millionths of a US dollar, None where no picture was counted.

        `usual` is what a picture of the size costs at least unless everything was counted.
        """
        if not self.images:
            return None
        counted = round(self.images * prices.image + (self._sent or 0) * prices.sent)
        return counted if self._is_whole else max(counted, usual or 0)

    @property
    def _sent(self) -> int | None:
        return _count(self.said.get("promptTokenCount"))

    @property
    def _is_whole(self) -> bool:
        """Whether the pictures and what was sent are all that was charged."""
        return self._sent is not None and self._sent + self.images == _count(
            self.said.get("totalTokenCount")
        )


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_TOKENS
    return value if is_count and isinstance(value, int) else None
