"""`easel user`, `easel token` and `easel login-link`: who may come in."""

import json
import sys

import click

from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.parts import Easel
from webapp.services.accounts import OWNER, ROLES
from webapp.services.tokens import SCOPES


@click.group()
def user() -> None:
    """Make, list and change accounts."""


@user.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(name: str, role: str, *, password_stdin: bool) -> None:
    """Make an account; without a password, its owner signs in by `easel login-link NAME`."""
    password = _password_from_stdin() if password_stdin else None
    with working() as easel:
        easel.services.accounts.create(name, role, password)
    click.echo(f"Made the account {name} ({role}).")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_users(*, as_json: bool) -> None:
    """Show everybody."""
    with working() as easel:
        people = easel.services.accounts.all()
    if as_json:
        facts = [
            {"name": one.name, "role": one.role, "has_password": one.has_password} for one in people
        ]
        click.echo(json.dumps(facts, indent=2))
        return
    for person in people:
        password = "" if person.has_password else "  no password yet"
        click.echo(f"{person.name:24} {person.role}{password}")


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def passwd(name: str, *, password_stdin: bool) -> None:
    """Set a password; all of the person's browsers are signed out."""
    if password_stdin:
        password = _password_from_stdin()
    else:
        password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    with working() as easel:
        easel.services.accounts.set_password(name, password)
    click.echo(f"The password of {name} has been set.")


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Make somebody an admin or a member."""
    with working() as easel:
        easel.services.accounts.set_role(name, role)
    click.echo(f"{name} is {role} now.")


@click.command("login-link")
@click.argument("name", required=False)
def login_link(name: str | None) -> None:
    """Print a link that signs its owner in, once, within a day."""
    with working() as easel:
        token_text = easel.services.accounts.sign_in_link(name)
        click.echo(f"{_address(easel)}/welcome?token={token_text}")


@click.group()
def token() -> None:
    """Make, list and revoke API tokens."""


@token.command("create")
@click.argument("name")
@click.option("--scopes", default="images:read", show_default=True, help=", ".join(SCOPES))
@click.option("--expires", type=click.IntRange(1, 3650), metavar="DAYS", help="Days until it ends.")
@click.option("--user", "owner", default=OWNER, show_default=True, help="Whose token.")
def create_token(name: str, scopes: str, expires: int | None, owner: str) -> None:
    """Print a new token; it is shown only this once."""
    wanted = scopes.replace(",", " ").split()
    with working() as easel:
        person = easel.services.accounts.named(owner)
        click.echo(easel.services.tokens.create(person, name, wanted, expires))


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_tokens(*, as_json: bool) -> None:
    """Show the tokens, without their secrets."""
    with working() as easel:
        tokens = easel.services.tokens.all()
    if as_json:
        facts = [
            {
                "id": one.id,
                "name": one.name,
                "user": one.owner,
                "scopes": one.scopes,
                "expires": None if one.expires is None else one.expires.isoformat(),
                "last_used": None if one.last_used is None else one.last_used.isoformat(),
                "revoked": one.is_revoked,
            }
            for one in tokens
        ]
        click.echo(json.dumps(facts, indent=2))
        return
    for one in tokens:
        state = "revoked" if one.is_revoked else f"{one.prefix}…"
        click.echo(f"{one.id:4}  {one.name:20} {one.owner:12} {state:12} {' '.join(one.scopes)}")


@token.command()
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """End a token; `easel token list` shows the numbers."""
    with working() as easel:
        easel.services.tokens.revoke(token_id)
    click.echo(f"Token {token_id} is revoked.")


def _password_from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        msg = "There was no password on standard input."
        raise InvalidError(msg)
    return password


def _address(easel: Easel) -> str:
    settings = easel.settings
    return settings.base_url or f"http://{settings.host}:{settings.port}"
