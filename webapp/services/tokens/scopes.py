"""Scopes: what a token lets a program do, and how that is said to people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.errors import InvalidError
from webapp.services.accounts import Viewer


@dataclass(frozen=True, slots=True)
class Scope:
    """A right that a token can have: its name in the API, a title, and what it opens."""

    name: str
    title: str
    words: str


ADMIN = "admin"
ALL = (
    Scope("images:read", "See pictures", "Your pictures, and everything else that is only read."),
    Scope(
        "images:write",
        "Keep and change pictures",
        "Uploads, changes, who sees them, the trash. What it changes, it sees.",
    ),
    Scope("generate", "Make pictures", "Costs money where a model does. Your budget holds."),
    Scope("albums:write", "Change albums", "Make albums, fill them, delete them."),
    Scope("templates:write", "Change templates", "Make your own, change them, delete them."),
    Scope("links:write", "Share", "Make links that show pictures to others, and revoke them."),
    Scope(ADMIN, "Administer", "What admins may do, and make more tokens."),
)
SCOPES = tuple(scope.name for scope in ALL)


def scopes_of(owner: Viewer) -> tuple[Scope, ...]:
    """Return the scopes that a person's tokens can have."""
    return tuple(scope for scope in ALL if scope.name != ADMIN or owner.role == ADMIN)


def checked_scopes(owner: Viewer, scopes: Iterable[str]) -> Sequence[str]:
    """Return scopes, each once; raises InvalidError for what is none or not the owner's to give."""
    wanted = tuple(dict.fromkeys(scopes))
    unknown = [scope[:60] for scope in wanted if scope not in SCOPES]
    known = f"Scopes are {', '.join(SCOPES)}."
    if not wanted:
        msg = f"A token needs a scope at least. {known}"
        raise InvalidError(msg, fields={"scopes": [msg]})
    if unknown:
        msg = f"Unknown scope: {', '.join(unknown[:8])}. {known}"
        raise InvalidError(msg, fields={"scopes": [msg]})
    if ADMIN in wanted and owner.role != ADMIN:
        msg = "Only an admin's token can have the scope admin."
        raise InvalidError(msg, fields={"scopes": [msg]})
    return wanted
