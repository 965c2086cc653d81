"""How a command ends: with a status, and a sentence where something went wrong."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from webapp.errors import EaselError

FAILED, INTERRUPTED = 1, 130


def run(command: click.Command, arguments: Sequence[str] | None) -> int:
    """Run a command and return its exit status; what a person can mend is said in a sentence.

    0 is for what worked, 1 for what did not, 2 for a wrong command line, 130 for Ctrl-C. Whoever
    reads the output and has seen enough is told nothing.
    """
    try:
        status = command.main(arguments, prog_name="easel", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, EaselError) as error:
        return _told(error)
    except BrokenPipeError:
        _say_nothing_more()
        return FAILED
    return status if isinstance(status, int) else 0


def _told(error: click.Abort | EaselError) -> int:
    """Say why a command ended early, and return its status; Ctrl-C is what click aborts for."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, click.Abort) and isinstance(cause, KeyboardInterrupt):
        click.echo("easel: Interrupted.", err=True)
        return INTERRUPTED
    sentence = "Nothing was done." if isinstance(error, click.Abort) else str(error)
    click.echo(f"easel: {sentence}", err=True)
    return FAILED


def _say_nothing_more() -> None:
    """Let Python find an open output when it ends; else it would complain once more."""
    with suppress(OSError):  # what has no number has no pipe either
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, sys.stdout.fileno())
        finally:
            os.close(nowhere)
