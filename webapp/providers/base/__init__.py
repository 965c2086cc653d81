"""What providers of pictures promise and share: the words that services and providers speak."""

from webapp.providers.base.capabilities import ModelCaps, Parameter, SeedSupport
from webapp.providers.base.exchange import ImageRequest, ImageResult, Reference
from webapp.providers.base.failure import ProviderError, ProviderErrorKind
from webapp.providers.base.protocol import (
    Cancelled,
    Checkable,
    Progress,
    Provider,
    Report,
    Retiring,
    Wordy,
)
from webapp.providers.base.setup import Section, Setup

__all__ = [
    "Cancelled",
    "Checkable",
    "ImageRequest",
    "ImageResult",
    "ModelCaps",
    "Parameter",
    "Progress",
    "Provider",
    "ProviderError",
    "ProviderErrorKind",
    "Reference",
    "Report",
    "Retiring",
    "Section",
    "SeedSupport",
    "Setup",
    "Wordy",
]
