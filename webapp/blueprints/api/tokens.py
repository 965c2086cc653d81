"""Tokens: a person's own, made and shown once, renamed and revoked."""

from http import HTTPStatus
from typing import Annotated, Literal

from flask import Response
from pydantic import AwareDatetime, Field, Strict

from webapp.services.tokens import TokenInfo, TokenWish
from webapp.web.addresses import absolute
from webapp.web.api import (
    Asked,
    Moment,
    PageAsked,
    Reply,
    Text,
    Told,
    expected,
    operation,
    resource,
    with_etag,
)
from webapp.web.api.keys import key_of, sealed_key
from webapp.web.current import bearer, services, signed_in

blueprint = resource("tokens", "/tokens")

NEEDED = "admin"
"""The scope of every operation: a token that is lost shall not be able to make others."""

Name = Annotated[Text, Field(min_length=1, max_length=64)]
ScopeName = Literal[
    "images:read",
    "images:write",
    "generate",
    "albums:write",
    "templates:write",
    "links:write",
    "admin",
]


class TokenAsked(Asked):
    """A token that is to be made. From a token: with no more rights than it has itself."""

    name: Name
    scopes: list[ScopeName] = Field(min_length=1, max_length=20)
    expires: Annotated[AwareDatetime, Strict(strict=False)] | None = Field(
        None, description="When it ends, such as 2027-01-31T12:00:00Z; null for never."
    )


class TokenNamed(Asked):
    """A token's new name."""

    name: Name


class TokenTold(Told):
    """A token, without its secret."""

    id: int
    name: str
    prefix: str = Field(description="Its first letters.")
    scopes: list[str]
    state: Literal["active", "expired", "revoked"]
    created: Moment
    expires: Moment | None
    last_used: Moment | None


class MadeTokenTold(TokenTold):
    """A token that was made just now."""

    token: str = Field(description="What programs send. It is never shown again.")


class TokensTold(Told):
    """Tokens, newest first."""

    items: list[TokenTold]
    next_cursor: str | None


@blueprint.get("")
@operation(NEEDED, {200: TokensTold})
def index(query: PageAsked) -> Reply:
    """List your tokens, newest first."""
    found = services().tokens.own(signed_in(), key_of(query.cursor), query.limit + 1)
    shown = found[: query.limit]
    cursor = sealed_key(shown[-1].id) if len(found) > query.limit else None
    return TokensTold(items=[_told(item) for item in shown], next_cursor=cursor)


@blueprint.post("")
@operation(NEEDED, {201: MadeTokenTold})
def create(json: TokenAsked) -> Reply:
    """Make a token; `token` is there in this answer alone."""
    wish = TokenWish(json.name, tuple(json.scopes), json.expires)
    made = services().tokens.issue(signed_in(), wish, bearer())
    told = MadeTokenTold(token=made.secret, **_told(made.info).model_dump())
    where = absolute("api.tokens.show", token=made.info.id)
    return told, HTTPStatus.CREATED, {"Location": where}


@blueprint.get("/<int:token>")
@operation(NEEDED, {200: TokenTold})
def show(token: int) -> Reply:
    """Show one of your tokens."""
    return _answer(services().tokens.get(token, signed_in()))


@blueprint.patch("/<int:token>")
@operation(NEEDED, {200: TokenTold}, refuses=(412,), headers=("If-Match",))
def update(token: int, json: TokenNamed) -> Reply:
    """Give one of your tokens another name."""
    return _answer(services().tokens.rename(token, signed_in(), json.name, expected()))


@blueprint.delete("/<int:token>")
@operation(NEEDED, {204: None})
def delete(token: int) -> Reply:
    """Revoke one of your tokens, at once and for good."""
    services().tokens.revoke(token, signed_in())
    return Response(status=HTTPStatus.NO_CONTENT)


def _answer(token: TokenInfo) -> Response:
    return with_etag(_told(token), token.revision)


def _told(token: TokenInfo) -> TokenTold:
    return TokenTold(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        scopes=list(token.scopes),
        state=token.state,
        created=token.created,
        expires=token.expires,
        last_used=token.last_used,
    )
