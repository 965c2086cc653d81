"""Refusals: what an error status and its JSON mean, as a kind, a sentence and a next step.

The form is that of `google.rpc.Status`, with `ErrorInfo`, `QuotaFailure` and `RetryInfo` among its
details. Google tells many faults apart by their words alone, so that words decide here as well.
The first rule that fits counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.providers.base import ProviderError
from webapp.providers.gemini.refusals import account, requests
from webapp.providers.gemini.refusals.rule import Rule

RULES = (
    *requests.FOREIGN,
    *account.KEYS,
    *account.PERMISSIONS,
    *account.MONEY,
    *requests.MODELS,
    *requests.REQUESTS,
    *requests.TROUBLES,
)

LONGEST_WORDS = 20_000  # characters
LONGEST_WAIT = 7 * 24 * 3600.0  # seconds
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error status with the JSON that came with it, and the `Retry-After` header."""

    code: int
    content: Any
    retry_after: str = ""

    @property
    def words(self) -> str:
        """What the server says, its reasons included, in lower case; empty for a foreign one."""
        error = self._error()
        if not error:
            return ""
        reasons = [str(detail.get("reason", "")) for detail in self._details()]
        quotas = [str(item.get("quotaId", "")) for item in self._violations()]
        said = (error.get("status", ""), error.get("message", ""), *reasons, *quotas)
        return " ".join(map(str, said))[:LONGEST_WORDS].lower() or "-"

    @property
    def wait(self) -> float | None:
        """How many seconds the server wants to be left alone, None where it does not say."""
        named = [str(detail.get("retryDelay", "")) for detail in self._details()]
        for text in (*named, self.retry_after.strip()):
            if match := _DURATION.fullmatch(text):
                return min(float(match[1]), LONGEST_WAIT)
        return None

    def told(self, model: str, successor: str, detail: str) -> ProviderError:
        """Return the error for a person; `detail` holds no secret."""
        rule = self._rule()
        values = {
            "model": model or "this model",
            "next": f"Use {successor} instead." if successor else "Choose another model.",
            "wait": _waiting(self.wait),
            "code": self.code,
        }
        return ProviderError(
            rule.kind,
            rule.sentence.format_map(values),
            retry_after=self.wait if rule.kind in ("rate_limit", "unavailable") else None,
            detail=f"{self.code} {detail}",
            may_have_cost=rule.may_have_cost,
        )

    def _rule(self) -> Rule:
        words = self.words
        known = (rule for rule in RULES if rule.fits(self.code, words))
        return next(known, None) or requests.OTHERS.get(self.code // 100, requests.OTHERS[2])

    def _error(self) -> dict[str, Any]:
        content = self.content[0] if _is_single(self.content) else self.content
        error = content.get("error") if isinstance(content, Mapping) else None
        return dict(error) if isinstance(error, Mapping) else {}

    def _details(self) -> list[Mapping[str, Any]]:
        return _tables(self._error().get("details"))

    def _violations(self) -> list[Mapping[str, Any]]:
        return [item for detail in self._details() for item in _tables(detail.get("violations"))]


def _waiting(seconds: float | None) -> str:
    if seconds is None or seconds < 1:
        return "Try again in a minute."
    if seconds < 120:
        return f"Try again in {round(seconds)} seconds."
    return f"Try again in {round(seconds / 60)} minutes."


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _is_single(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1
