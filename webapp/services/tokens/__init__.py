"""API tokens: made once, shown once, kept as hashes, limited to scopes."""

from webapp.services.tokens.scopes import SCOPES, Scope, scopes_of
from webapp.services.tokens.tokens import Tokens
from webapp.services.tokens.values import PREFIX, Bearer, NewToken, TokenInfo, TokenWish

__all__ = [
    "PREFIX",
    "SCOPES",
    "Bearer",
    "NewToken",
    "Scope",
    "TokenInfo",
    "TokenWish",
    "Tokens",
    "scopes_of",
]
