import io
import os
import signal
import subprocess
import sys

import click
import pytest
from alembic.script import ScriptDirectory

from tests.processes import EASEL, ROOT, environment, wait_for
from webapp.cli.groups import SECTIONS
from webapp.cli.running import run as run_command
from webapp.storage.archive import HEADER, Header, writing_archive


def ended(error):
    """Return the exit status of a command that ends with an error."""

    @click.command()
    def command():
        raise error

    return run_command(command, [])


def test_ctrl_c_ends_with_130_and_a_sentence(capsys):
    assert ended(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "\neasel: Interrupted.\n"


def test_a_question_that_is_answered_with_no_ends_with_1(capsys):
    assert ended(click.Abort()) == 1
    assert capsys.readouterr().err == "easel: Nothing was done.\n"


def test_ctrl_c_at_a_question_ends_with_130(monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    @click.command()
    def command():
        click.confirm("Go on?", abort=True)

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    assert run_command(command, []) == 130


def test_whoever_has_seen_enough_is_told_nothing(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert ended(BrokenPipeError()) == 1
    assert capsys.readouterr().err == ""


def test_a_closed_pipe_is_no_error_of_python(tmp_path):
    command = (
        "import click; import webapp.cli.accounts as accounts; told = click.echo;"
        "accounts.click.echo = lambda *_: told('x' * 10**6);"
        "from webapp.cli import main; main(['user', 'list'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", command],
        env=environment(tmp_path / "data"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        errors = process.stderr.read()
    assert process.wait(60) == 1
    assert b"Traceback" not in errors
    assert b"Broken" not in errors


@pytest.mark.slow
def test_an_interrupted_command_leaves_no_traceback(tmp_path):
    data = tmp_path / "data"
    process = subprocess.Popen(
        [*EASEL, "restore", "-"],
        env=environment(data),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(beginning())
    process.stdin.flush()
    # Not just the folder: right after it was made, nobody would take it away yet.
    wait_for((data / ".restoring" / "easel.db").exists)
    os.kill(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.endswith(b"easel: Interrupted.\n")
    assert b"Traceback" not in errors
    assert not (data / ".restoring").exists()


def beginning():
    """Return the first part of a backup, whose rest is still to come."""
    revision = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    assert revision is not None
    header = Header(
        easel="1", schema=revision, created="", files=0, has_masters=False, has_secrets=False
    )
    target = io.BytesIO()
    with writing_archive(target) as archive:
        archive.add(HEADER, header.encoded())
        archive.add("easel.db", b"x" * 100_000)
    return target.getvalue()[:50_000]


def test_help_shows_the_commands_in_sections(easel):
    out = easel("--help").out
    places = [out.index(f"\n{title}:") for title in SECTIONS]
    assert places == sorted(places)
    assert "\nOthers:" not in out


def test_output_for_programs_has_no_colours(easel):
    assert "\x1b" not in easel("user", "list").out + easel("doctor").out + easel("--help").out
