"""`easel user` and `easel login-link`: who may come in."""

import sys

import click

from webapp.cli.completion import completing, users
from webapp.cli.output import as_json, examples, print_json
from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.parts import Easel
from webapp.services.accounts import ROLES


@click.group()
def user() -> None:
    """Make, list and change accounts."""


@user.command(
    "create",
    epilog=examples(
        "easel user create ada",
        'echo "correct horse battery" | easel user create bob --role admin --password-stdin',
    ),
)
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="member",
    show_default=True,
    help="What they may do.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(name: str, role: str, *, password_stdin: bool) -> None:
    """Make an account; without a password, its owner signs in by `easel login-link NAME`."""
    password = _password_from_stdin() if password_stdin else None
    with working() as easel:
        easel.services.accounts.create(name, role, password)
    click.echo(f"Made the account {name} ({role}).")


@user.command("list", epilog=examples("easel user list", "easel user list --json"))
@as_json
def list_users(*, as_json: bool) -> None:
    """Show everybody."""
    with working() as easel:
        people = easel.services.accounts.all()
    if as_json:
        facts = [
            {"name": one.name, "role": one.role, "has_password": one.has_password} for one in people
        ]
        print_json(facts)
        return
    for person in people:
        password = "" if person.has_password else "  no password yet"
        click.echo(f"{person.name:24} {person.role}{password}")


@user.command(epilog=examples("easel user passwd ada"))
@click.argument("name", shell_complete=completing(users))
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


@user.command(epilog=examples("easel user role ada admin"))
@click.argument("name", shell_complete=completing(users))
@click.argument("role", type=click.Choice(ROLES))
def role(name: str, role: str) -> None:
    """Make somebody an admin or a member."""
    with working() as easel:
        easel.services.accounts.set_role(name, role)
    click.echo(f"{name} is {role} now.")


@click.command("login-link", epilog=examples("easel login-link", "easel login-link ada"))
@click.argument("name", required=False, shell_complete=completing(users))
def login_link(name: str | None) -> None:
    """Print a link that signs its owner in, once, within a day."""
    with working() as easel:
        token_text = easel.services.accounts.sign_in_link(name)
        click.echo(f"{_address(easel)}/welcome?token={token_text}")


def _password_from_stdin() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        msg = "There was no password on standard input."
        raise InvalidError(msg)
    return password


def _address(easel: Easel) -> str:
    settings = easel.settings
    return settings.base_url or f"http://{settings.host}:{settings.port}"
