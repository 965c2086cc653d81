"""The `easel` command, one module a noun."""

import sys
from collections.abc import Sequence

import click
from click.core import ParameterSource

from webapp import __version__
from webapp.cli import remote
from webapp.cli.accounts import login_link, user
from webapp.cli.backup import backup, restore
from webapp.cli.completion import completion
from webapp.cli.database import database
from webapp.cli.doctor import doctor
from webapp.cli.exporting import export
from webapp.cli.generate import generate
from webapp.cli.groups import Sectioned
from webapp.cli.importing import import_pictures
from webapp.cli.output import examples
from webapp.cli.renditions import purge, warm
from webapp.cli.running import run
from webapp.cli.serve import serve
from webapp.cli.sign import sign
from webapp.cli.tokens import token
from webapp.cli.upkeep import fsck, gc
from webapp.cli.worker import worker


@click.group(
    cls=Sectioned,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "easel serve",
        'easel generate "a lake at dawn" -n 2',
        "easel backup /backups/easel.tar",
    ),
)
@click.version_option(__version__, prog_name="easel")
@click.option(
    "--server",
    default="",
    metavar="URL",
    envvar="EASEL_SERVER",
    help="Work on an Easel elsewhere: generate, sign, token, import and export.",
)
@click.option(
    "--token",
    "secret",
    default="",
    metavar="TOKEN",
    envvar="EASEL_TOKEN",
    help="A token for that server. Others on this machine can see it here: "
    "EASEL_TOKEN or EASEL_TOKEN_FILE keep it to yourself.",
)
@click.option(
    "--token-file",
    default="",
    metavar="FILE",
    envvar="EASEL_TOKEN_FILE",
    help="A file with that token.",
)
@click.pass_context
def easel(context: click.Context, server: str, secret: str, token_file: str) -> None:
    """Easel, a self-hosted image studio."""
    if not server:
        _check_that_no_token_is_given(context)
    found = remote.chosen(server, secret, token_file, context.invoked_subcommand)
    if found is not None:
        context.obj = found
        context.call_on_close(found.close)


def _check_that_no_token_is_given(context: click.Context) -> None:
    """Refuse a token without a server: whoever writes one does not mean this machine."""
    for name, option in (("secret", "--token"), ("token_file", "--token-file")):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            msg = f"{option} goes with --server URL, which says where the Easel is. Add that."
            raise click.UsageError(msg)


for command in (
    serve,
    worker,
    generate,
    warm,
    purge,
    sign,
    user,
    login_link,
    token,
    database,
    doctor,
    export,
    import_pictures,
    backup,
    restore,
    fsck,
    gc,
    completion,
):
    easel.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and end this process with its status."""
    sys.exit(run(easel, arguments))
