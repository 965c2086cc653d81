"""The models page: what each model can do and costs, whether its provider works, and its end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from webapp.providers.base import ModelCaps, ProviderError
from webapp.services.accounts import Viewer
from webapp.services.catalogue import Catalogue, EndingModel, ModelChoice, split
from webapp.services.failures import failure
from webapp.services.money.amounts import dollars
from webapp.services.templates.editor import TemplateEditor

TEST_PROMPT = "A red kite over a green hill under a blue sky"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a test of a provider found, in sentences."""

    provider: str
    is_ok: bool
    title: str
    message: str
    next_step: str = ""
    models: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderShelf:
    """A provider and its models; `result` is what a test of it has just found."""

    name: str
    title: str
    is_checkable: bool
    models: tuple[ModelChoice, ...]
    result: CheckResult | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """A model at its end, what takes its place, and how many of a person's templates pin it."""

    model: EndingModel
    heir_title: str
    templates: int


class ModelShop:
    """Reads the catalogue for people."""

    def __init__(self, catalogue: Catalogue, templates: TemplateEditor) -> None:
        self._catalogue = catalogue
        self._templates = templates

    def shelves(self, result: CheckResult | None = None) -> tuple[ProviderShelf, ...]:
        """Return the providers with their models, and what a test of one has just found."""
        choices, checkable = self._catalogue.choices(), self._catalogue.checkable()
        names = dict.fromkeys(choice.provider for choice in choices)
        return tuple(
            ProviderShelf(
                name,
                self._catalogue.title(name),
                name in checkable,
                tuple(choice for choice in choices if choice.provider == name),
                result if result is not None and result.provider == name else None,
            )
            for name in names
        )

    def endings(self, viewer: Viewer) -> tuple[Ending, ...]:
        """Return the models that end soon, or did while a person's templates still pin them."""
        pinned = self._templates.pinned_models(viewer)
        found = (
            Ending(model, self._title(model.heir), pinned.get(model.value, 0))
            for model in self._catalogue.ending(datetime.now(UTC).date())
        )
        return tuple(item for item in found if item.templates or not item.model.is_gone)

    def check(self, name: str) -> CheckResult:
        """Ask a provider, for nothing, whether it works; raises InvalidError for an unknown one."""
        title = self._catalogue.title(name)
        try:
            report = self._catalogue.check(name)
        except ProviderError as error:
            known = failure(error.kind)
            return CheckResult(name, False, known.title, str(error), known.next_step)
        return CheckResult(
            name, True, f"{title} works", report.message, "", report.models, report.warnings
        )

    def switch(self, viewer: Viewer, old: str, new: str) -> int:
        """Pin another model in all of a person's templates that pin an old one; return how many.

        Raises InvalidError where there is no such new model.
        """
        provider, model = split(new)
        caps = self._catalogue.caps(provider, model)
        return self._templates.switch_model(viewer, old, f"{provider}:{caps.id}")

    def _title(self, value: str) -> str:
        provider, model = split(value)
        known = self._catalogue.known(provider, model) if value else None
        return known.title if known else ""


def price_line(caps: ModelCaps) -> str:
    """Return what a model's pictures cost, such as `$0.034 (1K), $0.113 (4K)`."""
    if caps.is_free:
        return "free"
    if not caps.prices:
        return "price not known"
    prices: dict[int, list[str]] = {}
    for size, price in caps.prices.items():
        prices.setdefault(price, []).append(size)
    if len(prices) == 1:
        return dollars(next(iter(prices)))
    return ", ".join(f"{dollars(price)} ({', '.join(sizes)})" for price, sizes in prices.items())
