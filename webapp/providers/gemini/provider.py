"""Gemini: pictures by Google's models, through the Gemini API and a key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Self

from webapp.errors import SettingsError
from webapp.providers.base import (
    Cancelled,
    ImageRequest,
    ImageResult,
    ModelCaps,
    Progress,
    ProviderError,
    Report,
    Setup,
)
from webapp.providers.base.patience import Patience
from webapp.providers.gemini.access import Access, access
from webapp.providers.gemini.catalogue import MODEL_ID, Catalogue, catalogue

CHECK_SECONDS = 20.0


def today_here() -> date:
    """Return the day it is, by the clock that shutdowns are announced in, roughly."""
    return datetime.now(UTC).date()


class GeminiProvider:
    """Asks the Gemini API for pictures. google-genai is loaded with the first of them."""

    id = "gemini"
    title = "Gemini"

    def __init__(
        self,
        access: Access,
        models: Catalogue,
        *,
        patience: Patience | None = None,
        today: Callable[[], date] = today_here,
    ) -> None:
        self._access = access
        self._catalogue = models
        self._patience = patience or Patience(deadline=access.seconds)
        self._today = today

    @classmethod
    def from_setup(cls, setup: Setup) -> Self | None:
        """Return the provider, None without a key; raises SettingsError with all mistakes."""
        if not setup.text("api_key"):
            return None
        mistakes: list[str] = []
        for read in (access, catalogue):
            try:
                read(setup)
            except SettingsError as error:
                mistakes.append(str(error))
        if mistakes:
            raise SettingsError("\n".join(mistakes))
        return cls(access(setup), catalogue(setup))

    def models(self) -> Sequence[ModelCaps]:
        """Return the models that are alive, the recommended one first."""
        return self._catalogue.offered(self._today())

    def retired(self) -> Mapping[str, ModelCaps]:
        """Return the models that answer no more, by id, with their last day and successor."""
        return self._catalogue.gone(self._today())

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Return one picture; raises ProviderError."""
        self._check_model(request.model)
        progress(0.05, "Waiting for Gemini")

        def ask(seconds: float) -> ImageResult:
            from webapp.providers.gemini import asking  # noqa: PLC0415  # loads google-genai

            errand = asking.Errand(self._access, self._patience.deadline, self._catalogue)
            return errand.picture(request, seconds)

        result = self._patience.ask(ask, cancelled)
        progress(0.95, "Reading the picture")
        return result

    def check(self) -> Report:
        """Return what the key can use; costs nothing. Raises ProviderError."""

        def ask(seconds: float) -> Report:
            from webapp.providers.gemini import asking  # noqa: PLC0415  # loads google-genai

            errand = asking.Errand(self._access, brief.deadline, self._catalogue)
            return errand.report(self.models(), seconds)

        brief = replace(
            self._patience, deadline=min(CHECK_SECONDS, self._patience.deadline), attempts=1
        )
        try:
            return brief.ask(ask, lambda: False)
        except ProviderError as error:
            kind, detail = error.kind, error.detail
            message = error.message
            wait = error.retry_after
        if kind == "timeout":
            message = f"Gemini did not answer within {brief.deadline:g} seconds."
        raise ProviderError(kind, message, retry_after=wait, detail=detail)

    def _check_model(self, model: str) -> None:
        """Raise ProviderError for a model that is gone, or that can't be one."""
        if not MODEL_ID.fullmatch(model):
            message = f"{model[:40]!r} can't be the name of a model. Choose another one."
            raise ProviderError(kind="no_model", message=message)
        if gone := self.retired().get(model):
            other = self._catalogue.get(gone.successor).title if gone.successor else "another model"
            message = f"Google has shut {gone.title} down ({gone.shutdown:%d %B %Y}). Use {other}."
            raise ProviderError(kind="no_model", message=message)
