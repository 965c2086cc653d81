"""What the settings put on offer: providers, and presets for thumbnails."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.errors import InvalidError, SettingsError
from webapp.imaging.presets import PRESETS, Preset, parse_presets
from webapp.providers import default_provider
from webapp.providers.base import Provider
from webapp.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Offer:
    """The providers' catalogue and the presets by name."""

    catalogue: Catalogue
    presets: Mapping[str, Preset]


def on_offer(provider: str, presets: str, providers: Mapping[str, Provider]) -> Offer:
    """Return what is on offer; raises SettingsError with all mistakes in both settings."""
    mistakes: list[str] = []
    default, known = "", PRESETS
    try:
        default = default_provider(provider, providers)
    except SettingsError as error:
        mistakes.append(str(error))
    try:
        known = PRESETS | parse_presets(presets)
    except InvalidError as error:
        mistakes.append(f"EASEL_PRESETS: {error}")
    if mistakes:
        raise SettingsError("\n".join(["The settings can't be used:", *mistakes]))
    return Offer(Catalogue(providers, default), known)
