"""`easel generate`: pictures from the command line, kept in the gallery like any other."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from webapp.cli.background import handlers
from webapp.cli.completion import completing, models, templates, users
from webapp.cli.made import finished, is_file, result, save, writing_to
from webapp.cli.output import as_json, examples
from webapp.cli.remote import Server, given
from webapp.cli.remote import generate as elsewhere
from webapp.cli.results import Result, report
from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.jobs import InlineRunner
from webapp.parts import Easel
from webapp.services.accounts import OWNER, Viewer
from webapp.services.composing.orders import Order
from webapp.services.money.amounts import dollars


@click.command(
    epilog=examples(
        'easel generate "a lake at dawn" -n 2 --aspect-ratio 16:9 -o pictures',
        "easel generate --template night-city --set city=Lisbon",
        'easel --server https://pics.example.org generate "a {red|blue} kite"',
    )
)
@click.argument("prompt", required=False)
@click.option(
    "-n", "--count", metavar="N", default=1, show_default=True, help="How many of each prompt."
)
@click.option(
    "--template",
    default="",
    metavar="TEMPLATE",
    help="Fill a template instead of writing a prompt.",
    shell_complete=completing(templates),
)
@click.option("--set", "variables", multiple=True, metavar="NAME=VALUE", help="A template's gap.")
@click.option(
    "--model",
    default="",
    metavar="MODEL",
    help="A model, or provider:model.",
    shell_complete=completing(models),
)
@click.option(
    "--aspect-ratio", default="", metavar="W:H", help="For example 16:9; a template has its own."
)
@click.option("--size", default="", metavar="SIZE", help="One of the model's sizes.")
@click.option("--seed", type=int, metavar="N", help="The same seed makes the same picture.")
@click.option(
    "--negative-prompt", default="", metavar="TEXT", help="What the picture shall not show."
)
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="FILE|ID",
    help="A picture to work from: a file, or an id of the gallery.",
)
@click.option(
    "--strength",
    type=float,
    metavar="SHARE",
    help="How far to go from the first reference, 0 to 1.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the model's own.",
)
@click.option(
    "--user",
    "name",
    default=OWNER,
    metavar="NAME",
    show_default=True,
    help="Whose gallery.",
    shell_complete=completing(users),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Save them here too.",
)
@click.option("--yes", is_flag=True, help="Do not ask before money is spent.")
@as_json
def generate(*, name: str, output: Path | None, yes: bool, as_json: bool, **asked: Any) -> None:
    """Make pictures of PROMPT, or of a template, and keep them in the gallery.

    A prompt with alternatives, such as "a {red|blue} kite", makes pictures of each.
    """
    order = _order(asked)
    if output is not None:
        with writing_to(output):  # before the work, so that none is in vain
            pass
    server = given()
    if server is None:
        results = _made_here(order, name, output, asks=not yes)
    else:
        results = _made_there(server, order, name, output, asks=not yes, quiet=as_json)
    report(results, as_json=as_json)
    if not all(item.is_ready for item in results):
        raise SystemExit(1)


def _made_here(order: Order, name: str, output: Path | None, *, asks: bool) -> list[Result]:
    """Make the pictures in this process."""
    runner = InlineRunner(holder="generate")
    with working(runner) as easel:
        runner.connect(easel.services.jobs, handlers(easel))
        owner = easel.services.accounts.named(name)
        _check(easel, order, owner, asks=asks)
        ready = replace(order, references=_uploaded(easel, order.references, owner))
        made = finished(easel, easel.services.orders.place(ready, owner).generations, owner)
        return [
            result(item, None if output is None else save(easel, item.picture, output))
            for item in made
        ]


def _made_there(
    server: Server, order: Order, name: str, output: Path | None, *, asks: bool, quiet: bool
) -> list[Result]:
    """Have a server elsewhere make the pictures, for whomever the token belongs to."""
    if name != OWNER:
        msg = "On a server elsewhere, the token says whose gallery it is. Leave out --user."
        raise InvalidError(msg)
    body = elsewhere.body_of(order, elsewhere.uploaded(server, order.references))
    told = elsewhere.estimate(server, body)
    if told.estimate.usd != 0:
        price = None if told.estimate.usd is None else told.estimate.text
        _ask(told.pictures, price, asks=asks)
    return elsewhere.generate(server, body, output, quiet=quiet)


def _order(asked: Mapping[str, Any]) -> Order:
    """Return the order of a command line, whose options are named as its fields."""
    if (asked["prompt"] is None) == (not asked["template"]):
        msg = 'Give either a prompt, as in easel generate "a lake at dawn", or --template NAME.'
        raise InvalidError(msg)
    read = {
        "prompt": asked["prompt"] or "",
        "variables": _assignments("--set", asked["variables"]),
        "parameters": _assignments("--parameter", asked["parameters"]),
    }
    return Order(**{**asked, **read})


def _assignments(option: str, texts: Sequence[str]) -> dict[str, str]:
    values = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark:
            msg = f"{option} takes NAME=VALUE, not {text!r}."
            raise InvalidError(msg)
        values[name.strip()] = value
    return values


def _check(easel: Easel, order: Order, owner: Viewer, *, asks: bool) -> None:
    """Refuse what can't be made before anything is kept; ask before money is spent."""
    orders = easel.services.orders
    for text in order.references:
        if not is_file(text) and not easel.services.images.own_images([text], owner):
            msg = f"There is neither a file nor a picture of yours called {text!r} to work from."
            raise InvalidError(msg)
    requests = orders.requests(order, owner)
    estimate = orders.estimate(requests)
    if estimate == 0:
        return
    count = sum(request.count for request in requests)
    _ask(count, None if estimate is None else dollars(estimate), asks=asks)


def _ask(count: int, price: str | None, *, asks: bool) -> None:
    """Say what pictures will cost, and ask a person whether to go on."""
    pictures = "One picture" if count == 1 else f"{count} pictures"
    told = "at a price that is not known" if price is None else f"for {price}"
    click.echo(f"{pictures} {told}.", err=True)
    if asks and sys.stdin.isatty():
        click.confirm("Go on?", abort=True, err=True)


def _uploaded(easel: Easel, references: Sequence[str], owner: Viewer) -> tuple[str, ...]:
    """Return the ids of pictures to work from; files become pictures of the gallery first."""
    images = easel.services.images
    return tuple(
        images.add_image(owner, Path(text), filename=Path(text).name).id if is_file(text) else text
        for text in references
    )
