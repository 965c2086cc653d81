"""Breaks: exchanges that came to no end, and answers that make no sense, as ProviderError."""

import httpx2

from webapp.providers.base import ProviderError, ProviderErrorKind
from webapp.providers.base.wire import AnswerPackedError, AnswerTooLargeError
from webapp.providers.openai.server import Server

CHARGED = " The picture may have been made, and charged, all the same."


def unreadable(server: Server, *, costs: bool) -> ProviderError:
    """Return the error for an answer that makes no sense."""
    message = f"{server.name} sent an answer that can't be read.{CHARGED * costs}"
    return ProviderError("bad_response", message, may_have_cost=costs)


def broken(server: Server, error: Exception, *, costs: bool) -> ProviderError:
    """Return the error for an exchange that did not come to its end.

    `costs` says whether the request was for something that is charged.
    """
    kind, sentence, was_sent = next(
        (found for types, found in _BROKEN if isinstance(error, types)), _UNKNOWN
    )
    detail = server.detail(f"{type(error).__name__}: {error}")
    is_charged = bool(was_sent and costs)
    text = sentence.format(server.name) + CHARGED * is_charged
    return ProviderError(kind, text, detail=detail, may_have_cost=is_charged)


_Broken = tuple[ProviderErrorKind, str, bool]
"""Kind, sentence, and whether the request had been sent."""

_BROKEN: tuple[tuple[tuple[type[Exception], ...], _Broken], ...] = (
    (
        (AnswerPackedError,),
        ("bad_response", "{0} sent a compressed answer, which was not asked for.", True),
    ),
    ((AnswerTooLargeError,), ("bad_response", "{0} sent more than a picture can have.", True)),
    (
        (httpx2.ConnectTimeout, httpx2.ConnectError),
        ("network", "{0} can't be reached. Check that it runs, and the network.", False),
    ),
    (
        (httpx2.ProxyError,),
        ("network", "{0} can't be reached through the proxy of the environment.", False),
    ),
    ((httpx2.WriteTimeout,), ("network", "{0} did not take the request in time.", False)),
    ((httpx2.ReadTimeout,), ("timeout", "{0} did not answer in time.", True)),
    (
        (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.InvalidURL),
        ("invalid", "{0} can't be asked like this. Check the settings of EASEL_OPENAI.", False),
    ),
    ((httpx2.TransportError,), ("network", "{0} broke the connection.", True)),
)
_UNKNOWN: _Broken = ("bad_response", "{0} sent an answer that can't be read.", True)
