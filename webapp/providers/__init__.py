"""The providers of pictures: a list you can read. A new one is a module and a line here."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from webapp.errors import SettingsError
from webapp.providers.a1111 import a1111_from
from webapp.providers.base import Provider, Section, Setup
from webapp.providers.gemini import GeminiProvider
from webapp.providers.openai import openai_from
from webapp.providers.sketch import SketchProvider

PROVIDERS: dict[str, Callable[[Setup], Provider | None]] = {
    "sketch": lambda _setup: SketchProvider(),
    "gemini": GeminiProvider.from_setup,
    "openai": openai_from,
    "a1111": a1111_from,
}
"""What makes each provider from its settings; None means that it is not set up."""


PREFERRED = ("gemini",)
"""The providers that come before the built-in one as soon as they are set up."""


def providers_from(section: Callable[[str], Section], models: str = "") -> dict[str, Provider]:
    """Return the providers that are set up, by name.

    `models` is the JSON of `EASEL_MODELS`: `{"gemini": {"some-model": {"price": {"1K": 0.05}}}}`.
    Raises SettingsError with a line for every mistake.
    """
    made: dict[str, Provider] = {}
    mistakes: list[str] = []
    try:
        tables = _tables(models)
    except SettingsError as error:
        tables, mistakes = {}, [str(error)]
    for name, make in PROVIDERS.items():
        try:
            provider = make(Setup(name, section(name), tables.get(name, {})))
        except SettingsError as error:
            mistakes.append(str(error))
        else:
            if provider is not None:
                made[name] = provider
    if mistakes:
        raise SettingsError("\n".join(["The settings can't be used:", *mistakes]))
    return made


def default_provider(wanted: str, providers: Mapping[str, Provider]) -> str:
    """Return the provider that forms start with.

    Raises SettingsError when the wanted one is not set up.
    """
    if not wanted:
        return next(name for name in (*PREFERRED, *providers) if name in providers)
    if wanted not in providers:
        msg = f"EASEL_PROVIDER must be one of {', '.join(providers)}; {wanted} is not set up."
        raise SettingsError(msg)
    return wanted


def _tables(text: str) -> dict[str, Any]:
    """Return what `EASEL_MODELS` says, by provider."""
    try:
        tables = json.loads(text or "{}")
    except (ValueError, RecursionError):
        msg = "EASEL_MODELS must be JSON; this can't be read. docs/providers.md has an example."
        raise SettingsError(msg) from None
    if not isinstance(tables, dict) or not all(isinstance(item, dict) for item in tables.values()):
        msg = 'EASEL_MODELS must be of the form {"gemini": {"some-model": {…}}}.'
        raise SettingsError(msg)
    unknown = [name for name in tables if name not in PROVIDERS]
    if unknown:
        msg = (
            f"EASEL_MODELS names {', '.join(map(repr, unknown))}; there are {', '.join(PROVIDERS)}."
        )
        raise SettingsError(msg)
    return tables
