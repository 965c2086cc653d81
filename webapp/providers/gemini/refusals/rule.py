"""A rule that tells one sort of refusal from others."""

import re
from dataclasses import dataclass

from webapp.providers.base import ProviderErrorKind

KEY = "EASEL_GEMINI__API_KEY"
STUDIO = "Google AI Studio (aistudio.google.com)"


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits a status code (0 for any), and words in lower case where some are given.

    A `foreign` rule fits only what is not in the form of Google's errors: something else than
    the Gemini API has answered. The sentence may name {model}, {next}, {wait} and {code}.
    """

    kind: ProviderErrorKind
    sentence: str
    code: int = 0
    words: str = ""
    foreign: bool = False
    may_have_cost: bool = False

    def fits(self, code: int, words: str) -> bool:
        """Return whether a refusal is of this sort; `words` are empty for a foreign one."""
        if self.code not in (0, code) or (self.foreign and words):
            return False
        return bool(re.search(self.words, words))
