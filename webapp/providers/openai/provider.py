"""The provider: which models there are, and one picture from one of them."""

from collections.abc import Mapping, Sequence

from webapp.providers.base import (
    Cancelled,
    ImageRequest,
    ImageResult,
    ModelCaps,
    Progress,
    ProviderError,
    Report,
)
from webapp.providers.base.patience import Patience
from webapp.providers.openai.catalogue import Card, known_cards
from webapp.providers.openai.server import Server
from webapp.providers.openai.shapes import pixels

CHECK_SECONDS = 15.0


class OpenAIProvider:
    """Makes pictures with OpenAI, or with a server that speaks like it."""

    id = "openai"

    def __init__(
        self,
        server: Server,
        cards: Sequence[Card],
        seconds: float,
        patience: Patience | None = None,
    ) -> None:
        self.title = server.name.removeprefix("The server at ")
        self._server = server
        self._cards = {card.caps.id: card for card in cards}
        self._patience = patience or Patience(deadline=seconds)

    def models(self) -> Sequence[ModelCaps]:
        """Return the models of the table and of the settings, the default one first."""
        return tuple(card.caps for card in self._cards.values())

    def retired(self) -> Mapping[str, ModelCaps]:
        """Return the models that OpenAI had, by id, with their last day and successor."""
        if not self._server.is_openai:
            return {}
        known = {card.caps.id: card.caps for card in known_cards()}
        return {name: caps for name, caps in known.items() if name not in self._cards}

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Return one picture; raises ProviderError.

        How far the server is it does not tell, so there is little progress to hear of.
        """
        from webapp.providers.openai.asking import picture  # noqa: PLC0415  # loads httpx2

        card = self._card(request.model)
        size = pixels(card, request.aspect_ratio, request.size or card.caps.default_size)
        if len(request.references) > card.caps.max_references:
            most = card.caps.max_references
            message = f"{card.caps.title} takes {most or 'no'} reference pictures."
            raise ProviderError(kind="invalid", message=message)
        progress(0.05, f"Waiting for {self.title}")
        result = self._patience.ask(
            lambda seconds: picture(self._server, card, request, size, seconds), cancelled
        )
        progress(1.0, "Received")
        return result

    def check(self) -> Report:
        """Ask the server for its models, which costs nothing; raises ProviderError."""
        from webapp.providers.openai.asking import names_of_models  # noqa: PLC0415  # loads httpx2

        names = names_of_models(self._server, min(CHECK_SECONDS, self._patience.deadline))
        if names is None:
            warning = "It has no list of models, so its key and models could not be tested."
            return Report(f"{self._server.name} answers.", warnings=(warning,))
        there = [name for name in self._cards if name in names]
        warnings = () if there or not self._server.is_openai else (_NO_MODEL,)
        return Report(f"{self._server.name} answers.", tuple(names), warnings)

    def _card(self, model: str) -> Card:
        if model in self._cards:
            return self._cards[model]
        gone = next((card.caps for card in known_cards() if card.caps.id == model), None)
        message = f"{self._server.name} is not known to have the model “{model[:80]}”."
        if gone is not None and gone.shutdown:
            message = f"{gone.title} was shut down on {gone.shutdown.day} {gone.shutdown:%B %Y}."
            message += f" OpenAI names {gone.successor} in its place." if gone.successor else ""
        raise ProviderError(kind="no_model", message=message)


_NO_MODEL = "None of the models on offer is in the list of what this key may use."
