import io
import shutil
import sys
from dataclasses import dataclass
from importlib import import_module

import pytest

from webapp.app import create_app
from webapp.cli import main
from webapp.extensions import limiter
from webapp.providers import PROVIDERS
from webapp.providers.plain import PlainProvider


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def data(tmp_path, empty_database):
    """Return a data directory with an up-to-date database."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(empty_database, folder / "easel.db")
    return folder


@pytest.fixture
def easel(data, tmp_path, monkeypatch, capsys):
    """Run `easel` with some arguments, in this process; its provider is the plain one."""
    apps = []

    def remembered(*arguments, **options):
        apps.append(create_app(*arguments, **options))
        return apps[-1]

    for module in ("session", "database"):
        monkeypatch.setattr(import_module(f"webapp.cli.{module}"), "create_app", remembered)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(PROVIDERS, "plain", lambda _section: PlainProvider())
    monkeypatch.setenv("EASEL_DATA_DIR", str(data))
    monkeypatch.setenv("EASEL_PROVIDER", "plain")

    def run(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        code = ended.value.code
        assert code is None or isinstance(code, int)
        return Outcome(code or 0, *capsys.readouterr())

    yield run
    limiter.enabled = False  # as everywhere: nobody is held up by the tests before
    for app in apps:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()
