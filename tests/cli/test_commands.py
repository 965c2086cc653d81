import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from webapp import __version__
from webapp.cli import easel as root


def every_command(group=root, path=()):
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("path", list(every_command()), ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(easel, path, flag):
    outcome = easel(*path, flag)
    assert outcome.status == 0
    assert outcome.out.startswith(f"Usage: {' '.join(('easel', *path))} ")
    assert len(outcome.out.splitlines()) > 3


def every_leaf(group=root, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_leaf(command, (*path, name))
        else:
            yield (*path, name), command


LEAVES = dict(every_leaf())


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_begins_with_a_sentence_and_ends_with_examples(easel, path):
    assert LEAVES[path].help.partition("\n")[0].endswith((".", "`."))
    _, mark, shown = easel(*path, "--help").out.partition("Examples:\n")
    assert mark
    assert f"easel {' '.join(path)}" in shown or "easel --server" in shown


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_option_says_what_it_is_for(path):
    for parameter in LEAVES[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.opts


def test_the_commands_of_the_contract_are_there():
    names = {" ".join(path) for path in every_command()}
    assert names >= {
        *("serve", "worker", "generate", "login-link", "doctor", "db upgrade"),
        *("user create", "user list", "user passwd", "user role"),
        *("token create", "token list", "token revoke"),
        *("fsck", "gc", "backup", "restore", "warm", "purge", "sign", "completion"),
    }


def test_it_tells_its_version(easel):
    assert easel("--version").out == f"easel, version {__version__}\n"


def test_without_arguments_it_explains_itself(easel):
    outcome = easel()
    assert "Usage: easel" in outcome.out + outcome.err


def test_the_database_can_be_brought_up_to_date_again_and_again(easel, data):
    (data / "easel.db").unlink()
    for _ in range(2):
        outcome = easel("db", "upgrade")
        assert (outcome.status, outcome.out) == (0, "The database is up to date.\n")
    with sqlite3.connect(data / "easel.db") as database:
        tables = {row[0] for row in database.execute("select name from sqlite_master")}
    database.close()
    assert {"image", "user_account", "job", "alembic_version"} <= tables


def test_a_first_command_makes_everything_that_it_needs(easel, data, monkeypatch):
    fresh = data.parent / "fresh" / "deep"
    monkeypatch.setenv("EASEL_DATA_DIR", str(fresh))
    assert easel("user", "list").status == 0
    assert (fresh / "easel.db").exists()
    assert (fresh / "secret.key").stat().st_mode & 0o777 == 0o600


def test_mistakes_in_the_settings_are_all_told(easel, monkeypatch):
    monkeypatch.setenv("EASEL_PORT", "x")
    monkeypatch.setenv("EASEL_THREADS", "0")
    outcome = easel("user", "list")
    assert (outcome.status, outcome.out) == (1, "")
    assert "EASEL_PORT must be" in outcome.err
    assert "EASEL_THREADS must be" in outcome.err


@pytest.mark.parametrize("presets", ["{", "[]", '{"a": {"width": 99999}}'])
def test_wrong_presets_are_told(easel, monkeypatch, presets):
    monkeypatch.setenv("EASEL_PRESETS", presets)
    outcome = easel("user", "list")
    assert outcome.status == 1
    assert outcome.err.startswith("easel: ")


def test_a_worker_of_an_embedded_easel_has_nothing_to_do(easel):
    outcome = easel("worker")
    assert outcome.status == 1
    assert "EASEL_QUEUE_URL" in outcome.err


class TestDoctor:
    def test_it_says_what_is_set_up(self, easel, data):
        outcome = easel("doctor")
        assert outcome.status == 0
        for words in (str(data), "Database: SQLite", "Queue: embedded", "jpeg", "Provider Plain"):
            assert words in outcome.out

    def test_programs_can_read_it(self, easel):
        findings = json.loads(easel("doctor", "--json").out)
        assert {finding["state"] for finding in findings} <= {"ok", "optional", "problem"}
        assert all(set(one) == {"state", "subject", "text", "help"} for one in findings)

    def test_slips_of_the_pen_are_found(self, easel, monkeypatch):
        monkeypatch.setenv("EASEL_PROT", "9000")
        monkeypatch.setenv("EASEL_GEMINI__API_KEY", "x")
        out = easel("doctor").out
        assert "EASEL_PROT is not a setting" in out
        assert "EASEL_GEMINI__API_KEY is not" not in out

    def test_no_password_is_shown(self, easel, monkeypatch):
        monkeypatch.setenv("EASEL_CACHE_URL", "redis://user:hunter2@127.0.0.1:1/0")
        monkeypatch.setenv("EASEL_QUEUE_URL", "redis://user:hunter3@127.0.0.1:1/0")
        outcome = easel("doctor")
        assert "hunter" not in outcome.out + outcome.err
        assert "127.0.0.1:1/0" in outcome.out


def test_the_module_is_the_command(tmp_path):
    environ = os.environ | {"EASEL_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "user", "role", "zoe", "admin"],
        env=environ,
        cwd=Path.cwd(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "easel: There is no user called zoe.\n"
