"""Errands to Gemini: one exchange each, whose faults are all told as ProviderError."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from webapp.providers.base import ImageRequest, ImageResult, ModelCaps, ProviderError, Report
from webapp.providers.gemini import answer, connection, wish
from webapp.providers.gemini.access import Access
from webapp.providers.gemini.catalogue import Catalogue
from webapp.providers.gemini.discretion import Discretion
from webapp.providers.gemini.faults import Asked

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Errand:
    """Goes to Gemini once. `waited` is how many seconds are waited for it in all, for sentences."""

    access: Access
    waited: float
    catalogue: Catalogue

    def picture(self, request: ImageRequest, seconds: float) -> ImageResult:
        """Return a picture within some seconds, or raise ProviderError."""
        caps = self.catalogue.get(request.model)
        if request.model in self.catalogue.models:
            wish.check(request, caps)
        discretion = Discretion(self.access.key)
        content, config = wish.content(request), wish.config(request, caps, seconds)
        body = _told(
            lambda: connection.generate(self.access, request.model, content, config),
            Asked(discretion, self.waited, request.model, caps.successor),
        )
        found = answer.read(body, discretion)
        prices = self.catalogue.token_prices.get(request.model)
        usual = caps.price(request.size or caps.default_size)
        cost = None if prices is None else found.tokens.cost(prices, usual)
        return found.result(request.seed, cost)

    def report(self, known: Sequence[ModelCaps], seconds: float) -> Report:
        """Return which of the known models the key can use, or raise ProviderError."""
        discretion = Discretion(self.access.key)
        names = _told(
            lambda: set(connection.names_of_models(self.access, seconds)),
            Asked(discretion, self.waited),
        )
        usable = tuple(caps.id for caps in known if caps.id in names)
        others = sorted(name for name in names - set(self.catalogue.models) if _paints(name))
        more = f" It can also use {', '.join(map(discretion.text, others[:5]))}." if others else ""
        return Report(
            message=f"The key works, for {len(usable)} of {len(known)} models.{more}",
            models=usable,
            warnings=(
                *(f"The key can't use {_named(caps)}." for caps in known if caps.id not in names),
                *(
                    f"Google shuts {_named(caps)} down on {caps.shutdown:%d %B %Y}."
                    for caps in known
                    if caps.shutdown
                ),
            ),
        )


def _named(caps: ModelCaps) -> str:
    return f"{caps.title} ({caps.id})"


def _paints(name: str) -> bool:
    return "image" in name or "banana" in name


def _told(call: Callable[[], T], asked: Asked) -> T:
    """Return what a call returns; what it raises is told anew, without the first error behind it.

    That one may hold the request with its headers, and all that a server repeated.
    """
    failure: ProviderError
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # an SDK raises what it likes
        failure = asked.fault(error)
    raise failure
