"""The catalogue: which providers and models there are, and what each of them can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.errors import InvalidError
from webapp.providers.base import ModelCaps, Provider, Wordy

SEPARATOR = ":"

__all__ = ["Catalogue", "ModelCaps", "ModelChoice", "ProviderState", "split"]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model on offer. `value` names provider and model as one form value."""

    value: str
    provider: str
    caps: ModelCaps

    @property
    def title(self) -> str:
        """The model's title."""
        return self.caps.title


@dataclass(frozen=True, slots=True)
class ProviderState:
    """Whether a provider can be used, and what to do where it can't."""

    name: str
    title: str
    status: str
    help: str = ""
    is_ready: bool = True


class Catalogue:
    """Knows the providers by name; `default` is the one that forms start with."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        default: str,
        missing: Sequence[ProviderState] = (),
    ) -> None:
        self._providers = providers
        self._default = default
        self._missing = tuple(missing)

    def provider(self, name: str) -> Provider:
        """Return a provider; raises InvalidError for an unknown one."""
        try:
            return self._providers[name]
        except KeyError:
            msg = f"There is no provider {name[:60]!r}. There are {', '.join(self._providers)}."
            raise InvalidError(msg, fields={"model": [msg]}) from None

    def caps(self, provider: str, model: str) -> ModelCaps:
        """Return what a model can do, the provider's first one for an empty name."""
        models = self.provider(provider).models()
        for caps in models:
            if model in (caps.id, ""):
                return caps
        names = ", ".join(caps.id for caps in models)
        msg = f"There is no model {model[:60]!r}. There are {names}."
        raise InvalidError(msg, fields={"model": [msg]})

    def choices(self) -> tuple[ModelChoice, ...]:
        """Return every model on offer, those of the default provider first."""
        names = sorted(self._providers, key=lambda name: (name != self._default, name))
        return tuple(
            ModelChoice(f"{name}{SEPARATOR}{caps.id}", name, caps)
            for name in names
            for caps in self._providers[name].models()
        )

    def title(self, provider: str) -> str:
        """Return how a provider is called, also one that is not set up any more."""
        known = self._providers.get(provider)
        return provider if known is None else known.title

    def states(self) -> tuple[ProviderState, ...]:
        """Return what there is and what could be, for the settings page and `easel doctor`."""
        ready = tuple(
            ProviderState(
                name,
                provider.title,
                "Default" if name == self._default else "Ready",
                _note(provider),
            )
            for name, provider in self._providers.items()
        )
        return ready + self._missing

    def vocabulary(self) -> Mapping[str, Sequence[str]]:
        """Return the words that the built-in picture maker knows, by group."""
        for provider in self._providers.values():
            if isinstance(provider, Wordy):
                return provider.vocabulary()
        return {}


def split(value: str) -> tuple[str, str]:
    """Return provider and model of a form value such as `sketch:sketch-1`."""
    provider, _, model = value.partition(SEPARATOR)
    return provider, model


def _note(provider: Provider) -> str:
    models = provider.models()
    return models[0].note if models else ""
