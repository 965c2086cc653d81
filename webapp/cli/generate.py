"""`easel generate`: pictures from the command line, kept in the gallery like any other."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from webapp.cli.background import handlers
from webapp.cli.session import working
from webapp.errors import InvalidError
from webapp.jobs import InlineRunner
from webapp.parts import Easel
from webapp.services.accounts import OWNER, Viewer
from webapp.services.catalogue import split
from webapp.services.generation import Started
from webapp.services.pictures import Picture
from webapp.services.requests import GenerationRequest

PATIENCE = 120  # seconds, for work that somebody else does


@click.command()
@click.argument("prompt", required=False)
@click.option("-n", "--count", default=1, show_default=True, help="How many pictures.")
@click.option("--template", "slug", help="Fill a template instead of writing a prompt.")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="A template's gap.")
@click.option("--model", default="", help="A model, or provider:model.")
@click.option("--aspect-ratio", default="", help="For example 16:9; a template has its own.")
@click.option("--size", default="", help="One of the model's sizes.")
@click.option("--seed", type=int, help="The same seed makes the same picture.")
@click.option("--negative-prompt", default="", help="What the picture shall not show.")
@click.option("--user", "name", default=OWNER, show_default=True, help="Whose gallery.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Save them here too."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def generate(  # noqa: PLR0913  # one parameter an option is how click works
    *,
    prompt: str | None,
    count: int,
    slug: str | None,
    assignments: tuple[str, ...],
    model: str,
    aspect_ratio: str,
    size: str,
    seed: int | None,
    negative_prompt: str,
    name: str,
    output: Path | None,
    as_json: bool,
) -> None:
    """Make pictures of PROMPT, or of a template, and keep them in the gallery."""
    runner = InlineRunner(holder="generate")
    with working(runner) as easel:
        runner.connect(easel.services.jobs, handlers(easel))
        owner = easel.services.accounts.named(name)
        values = dict(_assignment(text) for text in assignments)
        provider, chosen = _model(easel, model)
        wish = GenerationRequest(
            prompt=_prompt(easel, prompt, slug, values),
            provider=provider,
            model=chosen,
            negative_prompt=negative_prompt,
            aspect_ratio=aspect_ratio or _ratio(easel, slug),
            size=size,
            count=count,
            seed=seed,
            template=slug,
            variables=values,
        )
        if output is not None:
            with _writing_to(output):  # before the work, so that none is in vain
                pass
        started = easel.services.generator.start(owner, wish)
        pictures = _finished(easel, started, owner)
        files = [] if output is None else [_save(easel, item, output) for item in pictures]
        _report(pictures, files, as_json=as_json)
    if any(not picture.is_ready for picture in pictures):
        raise SystemExit(1)


def _assignment(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        msg = f"--set takes NAME=VALUE, not {text!r}."
        raise InvalidError(msg)
    return name.strip(), value


def _model(easel: Easel, text: str) -> tuple[str, str]:
    """Return provider and model; a model alone is looked for among all of them."""
    if ":" in text:
        return split(text)
    for choice in easel.services.catalogue.choices():
        if text in (choice.caps.id, choice.provider, ""):
            return choice.provider, choice.caps.id
    names = ", ".join(choice.value for choice in easel.services.catalogue.choices())
    msg = f"There is no model {text!r}. There are {names}."
    raise InvalidError(msg)


def _prompt(easel: Easel, prompt: str | None, slug: str | None, values: dict[str, str]) -> str:
    if (prompt is None) == (slug is None):
        msg = 'Give either a prompt, as in easel generate "a lake at dawn", or --template NAME.'
        raise InvalidError(msg)
    if prompt is not None:
        return prompt
    known = [item.name for item in easel.services.prompts.template(slug or "").variables]
    unknown = [name for name in values if name not in known]
    if unknown:
        msg = f"Template {slug} has no gap {', '.join(unknown)}. It has {', '.join(known)}."
        raise InvalidError(msg)
    return easel.services.prompts.format(slug or "", values)


def _ratio(easel: Easel, slug: str | None) -> str:
    return "1:1" if slug is None else easel.services.prompts.template(slug).aspect_ratio


def _finished(easel: Easel, started: Started, owner: Viewer) -> list[Picture]:
    """Return the pictures as they ended; a server beside us may have taken some of the work."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [easel.services.images.get_image(item.id, owner) for item in started.pictures]
        if time.monotonic() > deadline or not any(picture.is_pending for picture in found):
            return found
        time.sleep(0.2)


def _save(easel: Easel, picture: Picture, folder: Path) -> Path | None:
    if not picture.is_ready:
        return None
    path = folder / f"{picture.id}.{ {'jpeg': 'jpg'}.get(picture.format, picture.format) }"
    source = easel.services.images.original(picture)
    data = source.read_bytes() if isinstance(source, Path) else source.read()
    with _writing_to(folder):
        path.write_bytes(data)
    return path


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """Make a folder and write into it; raises InvalidError where that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        msg = f"{folder} can't be written to: {(error.strerror or str(error)).lower()}."
        raise InvalidError(msg) from error


def _report(pictures: list[Picture], files: list[Path | None], *, as_json: bool) -> None:
    saved = [*files, *[None] * (len(pictures) - len(files))]
    if as_json:
        click.echo(
            json.dumps([_facts(*pair) for pair in zip(pictures, saved, strict=True)], indent=2)
        )
        return
    for picture, path in zip(pictures, saved, strict=True):
        if picture.is_ready:
            click.echo(
                f"{picture.id}  {picture.width}x{picture.height}  {path or 'in the gallery'}"
            )
        else:
            reason = picture.error_message or "it still waits for its turn"
            click.echo(f"{picture.id}  failed: {reason}", err=True)


def _facts(picture: Picture, path: Path | None) -> dict[str, object]:
    return {
        "id": picture.id,
        "state": picture.state,
        "width": picture.width,
        "height": picture.height,
        "seed": picture.seed,
        "file": None if path is None else str(path),
        "error": picture.error_message or None,
    }
