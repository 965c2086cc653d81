"""The provider: checkpoints of a server of one's own, and one picture from one of them."""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from webapp.providers.a1111.catalogue import Catalogue
from webapp.providers.a1111.server import Server
from webapp.providers.a1111.wishes import wish
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

CHECK_SECONDS = 10.0


class A1111Provider:
    """Makes pictures with a server that speaks the API of AUTOMATIC1111's web UI."""

    id = "a1111"
    title = "Stable Diffusion"

    def __init__(
        self,
        server: Server,
        catalogue: Catalogue,
        seconds: float,
        patience: Patience | None = None,
    ) -> None:
        self._server = server
        self._catalogue = catalogue
        self._patience = patience or Patience(deadline=seconds)

    def models(self) -> Sequence[ModelCaps]:
        """Return the loaded checkpoint, those of the settings, and those that were found so far."""
        return self._catalogue.models()

    def generate(
        self, request: ImageRequest, progress: Progress, cancelled: Cancelled
    ) -> ImageResult:
        """Return one picture; raises ProviderError.

        Nothing is charged, so that a picture may be asked for again whatever went wrong.
        """
        from webapp.providers.a1111.making import made  # noqa: PLC0415  # loads httpx2
        from webapp.providers.a1111.watching import Watch  # noqa: PLC0415  # loads httpx2

        task = f"easel-{secrets.token_hex(8)}"
        page, fields = wish(self._caps(request.model), request, task)
        watch = Watch(self._server, task, self._refresh)

        def work(seconds: float) -> ImageResult:
            watch.begin()
            return made(self._server, page, fields, seconds)

        def nobody_waits() -> bool:
            watch.tell(progress)
            return cancelled()

        progress(0.0, "Waiting for the server")
        is_wanted = False
        try:
            result = self._patience.ask(work, nobody_waits)
            is_wanted = True
        except ProviderError as error:
            raise self._for_nothing(error) from None
        finally:
            watch.end(interrupt=not is_wanted)
        progress(1.0, "Received")
        return result

    def check(self) -> Report:
        """Ask the server for its checkpoints, and remember them; raises ProviderError."""
        from webapp.providers.a1111.talking import line  # noqa: PLC0415  # loads httpx2

        seconds = min(CHECK_SECONDS, self._patience.deadline)
        with line(self._server, seconds, in_all=True) as ask:
            found = self._learn(ask)
        warnings = () if found else ("It has no checkpoint yet. Put one into its models folder.",)
        return Report(f"{self._server.name} answers.", tuple(found), warnings)

    def _refresh(self, ask: Callable[..., Any]) -> None:
        """Learn anew what the server has, if that is some time ago."""
        if self._catalogue.is_due():
            with contextlib.suppress(ProviderError):
                self._learn(ask)

    def _learn(self, ask: Callable[..., Any]) -> list[str]:
        """Return the checkpoints of the server, and remember them with its samplers."""
        from webapp.providers.a1111 import making  # noqa: PLC0415  # loads httpx2

        found = making.checkpoints(ask)
        names: list[str] = []
        with contextlib.suppress(ProviderError):
            names = making.samplers(ask)
        self._catalogue.note(found, names)
        return found

    def _caps(self, model: str) -> ModelCaps:
        found = next((caps for caps in self.models() if caps.id == model), None)
        if found is None:
            message = (
                f"{self._server.name} is not known to have the checkpoint “{model[:80]}”. Name it "
                "in EASEL_A1111__MODELS, or test the provider so that Easel looks anew."
            )
            raise ProviderError(kind="no_model", message=message)
        return found

    def _for_nothing(self, error: ProviderError) -> ProviderError:
        """Return an error that does not speak of money."""
        message = error.message
        if error.kind == "timeout":
            message = (
                f"No picture came within {self._patience.deadline:g} seconds. Choose a smaller "
                "size or fewer steps, or raise EASEL_A1111__TIMEOUT."
            )
        return ProviderError(
            error.kind, message, retry_after=error.retry_after, detail=error.detail
        )
