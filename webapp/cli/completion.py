"""`easel completion`: what makes the Tab key know commands, options and names."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import click
from click.shell_completion import CompletionItem, get_completion_class

from webapp.app import settings_from_surroundings
from webapp.cli.output import examples
from webapp.imaging.presets import PRESETS, parse_presets
from webapp.models.snapshot import looking_at
from webapp.providers import providers_from
from webapp.services.prompts import STARTERS, starters
from webapp.services.upkeep import suggestions
from webapp.storage.data_dir import DATABASE

SHELLS = ("bash", "zsh", "fish")
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


@click.command(
    epilog=examples(
        'eval "$(easel completion bash)"',
        "easel completion zsh > ~/.zfunc/_easel",
        "easel completion fish > ~/.config/fish/completions/easel.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options and names in a shell."""
    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(context.find_root().command, {}, "easel", "_EASEL_COMPLETE").source())


def completing(names: Callable[[], Iterable[str]]) -> Complete:
    """Return what completes a parameter by names; what goes wrong completes nothing."""

    def complete(
        _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        with suppress(Exception):
            return [CompletionItem(name) for name in names() if name.startswith(incomplete)]
        return []

    return complete


def users() -> list[str]:
    """Return the names of accounts; raises where the database can't be looked at."""
    return _looked_up(suggestions.users)


def templates() -> list[str]:
    """Return the names of templates, those of people by their ids."""
    return [*starters(STARTERS), *_looked_up(suggestions.templates)]


def presets() -> list[str]:
    """Return the names of presets."""
    return [*PRESETS, *parse_presets(settings_from_surroundings().presets)]


def models() -> list[str]:
    """Return the models on offer, as `provider:model`."""
    settings = settings_from_surroundings()
    offered = providers_from(settings.section, settings.models)
    return [f"{name}:{caps.id}" for name, made in offered.items() for caps in made.models()]


def _looked_up(query: suggestions.Query) -> list[str]:
    """Return what the embedded database knows; it is neither made nor brought up to date."""
    settings = settings_from_surroundings()
    path = settings.data_dir.resolve() / DATABASE
    if settings.database_url or not path.is_file():
        return []
    with looking_at(path) as database:
        return query(database)
