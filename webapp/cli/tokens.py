"""`easel token`: what lets scripts in, here or on a server elsewhere."""

from typing import Any

import click

from webapp.cli.completion import completing, users
from webapp.cli.output import as_json, examples, print_json, print_table
from webapp.cli.remote import Server, given
from webapp.cli.remote import tokens as elsewhere
from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.services.accounts import OWNER
from webapp.services.tokens import SCOPES, TokenInfo

Facts = dict[str, Any]
LETTERS = 10
"""So many letters of a token are shown: more than those that all begin with."""


@click.group()
def token() -> None:
    """Make, list and revoke API tokens."""


@token.command(
    "create",
    epilog=examples(
        "easel token create ci --scopes images:read,generate --expires 30",
        "easel --server https://pics.example.org token create phone",
    ),
)
@click.argument("name")
@click.option(
    "--scopes",
    default="images:read",
    metavar="SCOPE,…",
    show_default=True,
    help=f"Some of {', '.join(SCOPES)}.",
)
@click.option("--expires", type=click.IntRange(1, 3650), metavar="DAYS", help="Days until it ends.")
@click.option(
    "--user",
    "owner",
    metavar="NAME",
    help=f"Whose token; {OWNER} without it.",
    shell_complete=completing(users),
)
@as_json
def create_token(
    *, name: str, scopes: str, expires: int | None, owner: str | None, as_json: bool
) -> None:
    """Print a new token; it is shown only this once."""
    wanted = scopes.replace(",", " ").split()
    server = _server(owner)
    if server is not None:
        made = elsewhere.create(server, name, wanted, expires)["token"]
    else:
        with working() as easel:
            person = easel.services.accounts.named(owner or OWNER)
            made = easel.services.tokens.create(person, name, wanted, expires)
    if as_json:
        print_json({"name": name, "token": made, "scopes": wanted})
    else:
        click.echo(made)


@token.command("list", epilog=examples("easel token list", "easel token list --user ada --json"))
@click.option(
    "--user",
    "owner",
    metavar="NAME",
    help="Only this person's tokens.",
    shell_complete=completing(users),
)
@as_json
def list_tokens(*, owner: str | None, as_json: bool) -> None:
    """Show the tokens, without their secrets."""
    server = _server(owner)
    found = _here(owner) if server is None else list(map(_told, elsewhere.every(server)))
    if as_json:
        for facts in found:
            del facts["prefix"]
        print_json(found)
    elif found:
        print_table([_row(facts) for facts in found])


@token.command(epilog=examples("easel token revoke 3"))
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End a token; `easel token list` shows the numbers."""
    server = given()
    if server is not None:
        elsewhere.revoke(server, token_id)
    else:
        with working() as easel:
            easel.services.tokens.revoke(token_id)
    click.echo(f"Token {token_id} is revoked.")


def _server(owner: str | None) -> Server | None:
    """Return the server elsewhere; raises InvalidError where somebody is named as well."""
    server = given()
    if server is not None and owner is not None:
        msg = "On a server elsewhere, the token says whose tokens these are. Leave out --user."
        raise InvalidError(msg)
    return server


def _here(owner: str | None) -> list[Facts]:
    with working() as easel:
        if owner is not None:
            easel.services.accounts.named(owner)  # or say that there is nobody of that name
        tokens = easel.services.tokens.all()
    return [_facts(one) for one in tokens if owner in (None, one.owner)]


def _facts(one: TokenInfo) -> Facts:
    return {
        "id": one.id,
        "name": one.name,
        "user": one.owner,
        "prefix": one.prefix,
        "scopes": list(one.scopes),
        "expires": None if one.expires is None else one.expires.isoformat(),
        "last_used": None if one.last_used is None else one.last_used.isoformat(),
        "revoked": one.is_revoked,
    }


def _told(one: Facts) -> Facts:
    """Return what a server elsewhere tells of a token, by the names that are used here."""
    same = {name: one[name] for name in ("id", "name", "prefix", "scopes", "expires", "last_used")}
    return {**same, "user": "", "revoked": one["state"] == "revoked"}


def _row(one: Facts) -> tuple[str, ...]:
    state = "revoked" if one["revoked"] else f"{one['prefix'][:LETTERS]}…"
    return f"{one['id']:4}", one["name"], one["user"], state, " ".join(one["scopes"])
