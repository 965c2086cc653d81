"""A provider's own settings: read with care, mistakes told in sentences and without secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from webapp.errors import SettingsError

Section = Mapping[str, str]
"""A provider's settings: `EASEL_GEMINI__API_KEY` is `api_key` of section `gemini`."""

_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Setup:
    """What a provider is made from: its section, and what `EASEL_MODELS` says of its models."""

    name: str
    section: Section = field(repr=False)
    models: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str, default: str = "") -> str:
        """Return a setting's text."""
        return self.section.get(key, default).strip()

    def secret(self, key: str) -> str:
        """Return a key that fits into a header; raises SettingsError, which does not repeat it."""
        value = self.text(key)
        if value and not _HEADER_VALUE.fullmatch(value):
            msg = (
                f"{self.variable(key)} must be one line of letters, digits and signs, without "
                "spaces or line breaks. Copy the key again."
            )
            raise SettingsError(msg)
        return value

    def url(self, key: str) -> str:
        """Return an http or https URL without a slash at its end; raises SettingsError."""
        value = self.text(key).rstrip("/")
        if value and not _is_address(value):
            msg = f"{self.variable(key)} must be a URL that starts with http:// or https://."
            raise SettingsError(msg)
        return value

    def seconds(self, key: str, default: float) -> float:
        """Return a number of seconds from 1 to 3600; raises SettingsError."""
        value = self.text(key)
        if not value:
            return default
        if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", value) or not 1 <= float(value) <= 3600:
            msg = f"{self.variable(key)} must be a number of seconds from 1 to 3600."
            raise SettingsError(msg)
        return float(value)

    def variable(self, key: str) -> str:
        """Return the name that a setting has in the environment."""
        return f"EASEL_{self.name}__{key}".upper()


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
