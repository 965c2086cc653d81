import os
import shutil
import subprocess
import sys

import pytest

from tests.processes import ROOT, environment, run

SHELLS = ("bash", "zsh", "fish")
SHOWN = '_easel_completion easel; printf "%s\\n" "${COMPREPLY[@]}"'


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed(easel, shell):
    outcome = easel("completion", shell)
    assert outcome.status == 0
    assert "_EASEL_COMPLETE" in outcome.out


@pytest.fixture(scope="module")
def completed(tmp_path_factory):
    """Return what bash's own function offers for a line, its last word being typed."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    folder = tmp_path_factory.mktemp("completion")
    command = folder / "easel"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m webapp.cli "$@"\n')
    command.chmod(0o755)
    data = folder / "data"
    run(data, "user", "create", "ada")
    script = run(data, "completion", "bash").stdout

    def completed(*words, **settings):
        environ = environment(data, **settings)
        line = " ".join(f"'{word}'" for word in ("easel", *words))
        done = subprocess.run(
            [
                bash,
                "-c",
                f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words)}\n{SHOWN}",
            ],
            env=environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return completed


@pytest.mark.slow
def test_bash_completes_commands(completed):
    assert completed("res") == ["restore"]


@pytest.mark.slow
def test_bash_completes_options(completed):
    assert completed("fsck", "--re") == ["--repair"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("login-link", "a"), "ada"),
        (("token", "create", "x", "--user", ""), "owner"),
        (("warm", "--preset", "sma"), "small"),
        (("generate", "--template", "night"), "night-city"),
    ],
)
def test_bash_completes_names(completed, words, expected):
    assert expected in completed(*words)


@pytest.mark.slow
def test_what_goes_wrong_completes_nothing(completed, tmp_path):
    assert completed("login-link", "a", EASEL_DATA_DIR=str(tmp_path / "none")) == []
    assert not (tmp_path / "none").exists()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "easel.db").write_bytes(b"no database")
    assert completed("login-link", "a", EASEL_DATA_DIR=str(broken)) == []
    assert completed("login-link", "a", EASEL_PORT="x") == []
