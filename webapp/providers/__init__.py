"""The providers of pictures: a list you can read. A new one is a module and a line here."""

from collections.abc import Callable, Mapping

from webapp.errors import SettingsError
from webapp.providers.base import Provider
from webapp.providers.sketch import SketchProvider

Section = Mapping[str, str]
"""A provider's own settings: `EASEL_GEMINI__API_KEY` is `api_key` of section `gemini`."""

PROVIDERS: dict[str, Callable[[Section], Provider | None]] = {
    "sketch": lambda _section: SketchProvider(),
}
"""What makes each provider from its section; None means that it is not set up."""


PREFERRED = ("gemini",)
"""The providers that come before the built-in one as soon as they are set up."""


def providers_from(section: Callable[[str], Section]) -> dict[str, Provider]:
    """Return the providers that are set up, by name."""
    made = {name: make(section(name)) for name, make in PROVIDERS.items()}
    return {name: provider for name, provider in made.items() if provider is not None}


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
