"""Access to the Gemini API: the address, its version and the key, from the settings."""

import re
from dataclasses import dataclass, field

from webapp.errors import SettingsError
from webapp.providers.base import Setup

GOOGLE = "https://generativelanguage.googleapis.com"
VERSION = "v1"
SECONDS = 180.0
_VERSION = re.compile(r"v\d{1,2}((alpha|beta)\d{0,2})?")


@dataclass(frozen=True, slots=True)
class Access:
    """Where the Gemini API is, and the key; `seconds` is the longest that a picture may take."""

    key: str = field(repr=False)
    base_url: str = GOOGLE
    version: str = VERSION
    seconds: float = SECONDS


def access(setup: Setup) -> Access:
    """Return the access that the settings describe; raises SettingsError with all mistakes."""
    found: dict[str, str | float] = {}
    mistakes: list[str] = []
    for name, read in (
        ("key", lambda: setup.secret("api_key")),
        ("base_url", lambda: setup.url("base_url") or GOOGLE),
        ("version", lambda: _version(setup)),
        ("seconds", lambda: setup.seconds("timeout", SECONDS)),
    ):
        try:
            found[name] = read()
        except SettingsError as error:
            mistakes.append(str(error))
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return Access(**found)  # type: ignore[arg-type]  # each reader returns what its field holds


def _version(setup: Setup) -> str:
    version = setup.text("api_version", VERSION) or VERSION
    if not _VERSION.fullmatch(version):
        message = f'{setup.variable("api_version")} must be a version such as "v1" or "v1beta".'
        raise SettingsError(message)
    return version
