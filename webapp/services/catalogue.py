"""The catalogue: which providers and models there are, and what each of them can do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.errors import InvalidError
from webapp.providers.base import Checkable, ModelCaps, Provider, Report, Retiring, Wordy

SEPARATOR = ":"
WARNED_AHEAD = timedelta(days=60)

__all__ = [
    "Catalogue",
    "EndingModel",
    "ModelCaps",
    "ModelChoice",
    "ProviderState",
    "Report",
    "split",
]


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


@dataclass(frozen=True, slots=True)
class EndingModel:
    """A model that is, or will soon be, shut down; `heir` is the form value of its successor."""

    provider: str
    caps: ModelCaps
    is_gone: bool
    heir: str

    @property
    def value(self) -> str:
        """The model as a form value."""
        return f"{self.provider}{SEPARATOR}{self.caps.id}"


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
        msg = self._missing_model(provider, model, models)
        raise InvalidError(msg, fields={"model": [msg]})

    def known(self, provider: str, model: str) -> ModelCaps | None:
        """Return what is, or was, known of a model, also of one that answers no more."""
        maker = self._providers.get(provider)
        if maker is None:
            return None
        gone = _retired(maker).get(model)
        return next((caps for caps in maker.models() if caps.id == model), gone)

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

    def ending(self, today: date) -> tuple[EndingModel, ...]:
        """Return the models on offer that will be shut down soon, and those that were."""
        soon = today + WARNED_AHEAD
        return tuple(
            EndingModel(name, caps, caps.shutdown <= today, self.heir(name, caps))
            for name, provider in self._providers.items()
            for caps in (*provider.models(), *_retired(provider).values())
            if caps.shutdown is not None and caps.shutdown <= soon
        )

    def check(self, name: str) -> Report:
        """Ask a provider, for nothing, whether it works; raises ProviderError, or InvalidError."""
        provider = self.provider(name)
        if isinstance(provider, Checkable):
            return provider.check()
        return Report(f"{provider.title} needs no key and no connection.")

    def checkable(self) -> frozenset[str]:
        """Return the names of the providers that can be asked whether they work."""
        return frozenset(
            name for name, maker in self._providers.items() if isinstance(maker, Checkable)
        )

    def heir(self, name: str, caps: ModelCaps) -> str:
        """Return the form value of what takes a model's place, the first living successor."""
        seen = {caps.id}
        while caps.successor and caps.successor not in seen:
            seen.add(caps.successor)
            found = self.known(name, caps.successor)
            if found is None:
                break
            if found.id in {item.id for item in self._providers[name].models()}:
                return f"{name}{SEPARATOR}{found.id}"
            caps = found
        return ""

    def _missing_model(self, provider: str, model: str, models: Sequence[ModelCaps]) -> str:
        gone = self.known(provider, model)
        if gone is not None and gone.shutdown is not None:
            heir = f" Use {gone.successor}." if gone.successor else ""
            return f"{gone.title} was shut down on {gone.shutdown:%d %B %Y}.{heir}"
        names = ", ".join(caps.id for caps in models)
        return f"There is no model {model[:60]!r}. There are {names}."

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


def _retired(provider: Provider) -> Mapping[str, ModelCaps]:
    return provider.retired() if isinstance(provider, Retiring) else {}


def _note(provider: Provider) -> str:
    models = provider.models()
    return models[0].note if models else ""
