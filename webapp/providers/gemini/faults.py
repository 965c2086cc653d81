"""Faults: whatever asking Gemini can raise, as a ProviderError with a sentence of our own.

What google-genai 3.4.0 raises for what was found out with a server that misbehaves: its own
`APIError` for a status, errors of httpx2 for the connection, and errors of JSON or pydantic for
answers that it reads itself.
"""

from dataclasses import dataclass

import httpx2
from google.genai import errors

from webapp.providers.base import ProviderError, ProviderErrorKind
from webapp.providers.base.patience import too_late
from webapp.providers.base.wire import AnswerPackedError, AnswerTooLargeError
from webapp.providers.gemini.discretion import Discretion
from webapp.providers.gemini.reasons import CHARGED
from webapp.providers.gemini.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: for a picture of a model, or for nothing that costs (`model` is empty).

    `seconds` is how long an answer was waited for, for the sentence.
    """

    discretion: Discretion
    seconds: float
    model: str = ""
    successor: str = ""

    def fault(self, error: Exception) -> ProviderError:
        """Return the error for a person; it does not hold on to the one it was made from."""
        if isinstance(error, ProviderError):
            return error
        if isinstance(error, errors.APIError):
            return self._refusal(error)
        if isinstance(error, _TOO_LATE):
            return self._late(error)
        kind, sentence, was_sent = next(
            (said for types, said in _SAID if isinstance(error, types)), _UNKNOWN
        )
        is_charged = was_sent and bool(self.model)
        return ProviderError(
            kind,
            f"{sentence} {CHARGED}" if is_charged else sentence,
            detail=self._detail(error),
            may_have_cost=is_charged,
        )

    def _refusal(self, error: errors.APIError) -> ProviderError:
        headers = getattr(error.response, "headers", None) or {}
        refusal = Refusal(error.code, error.details, str(headers.get("retry-after", "")))
        detail = self.discretion.detail(f"{error.status}: {error.message}")
        return refusal.told(self.model, self.successor, detail)

    def _late(self, error: Exception) -> ProviderError:
        late = too_late(self.seconds)
        if not self.model:
            late = ProviderError(
                "timeout", f"Gemini did not answer within {self.seconds:g} seconds."
            )
        late.detail = self._detail(error)
        return late

    def _detail(self, error: Exception) -> str:
        return self.discretion.detail(f"{type(error).__name__}: {error}")


Said = tuple[ProviderErrorKind, str, bool]
"""Kind, sentence, and whether the request had been sent."""

_TOO_LATE = (httpx2.ReadTimeout, httpx2.WriteTimeout)
_UNREACHED = "Gemini can't be reached. Check the network, and EASEL_GEMINI__BASE_URL if it is set."
_SAID: tuple[tuple[tuple[type[Exception], ...], Said], ...] = (
    (
        (AnswerPackedError,),
        (
            "bad_response",
            "Gemini's answer is compressed, which nobody asked for. Check what stands between.",
            True,
        ),
    ),
    (
        (AnswerTooLargeError,),
        ("bad_response", "Gemini's answer is larger than any picture can be.", True),
    ),
    (
        (httpx2.ProxyError,),
        ("network", "The proxy before Gemini can't be used. Check HTTPS_PROXY.", False),
    ),
    ((httpx2.ConnectTimeout, httpx2.ConnectError), ("network", _UNREACHED, False)),
    (
        (httpx2.PoolTimeout,),
        ("unavailable", "Too many pictures are being asked for at once. Try again later.", False),
    ),
    (
        (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL),
        ("invalid", "The request could not be sent. Check the settings of Gemini.", False),
    ),
    (
        (httpx2.TransportError,),
        ("network", "The connection to Gemini broke before the picture came.", True),
    ),
    (
        (ImportError,),
        (
            "invalid",
            "google-genai can't be loaded. Install it, and unset GOOGLE_GENAI_HTTP_CLIENT.",
            False,
        ),
    ),
)
_UNKNOWN: Said = ("bad_response", "Gemini's answer can't be read. Try again.", True)
