import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.processes import ROOT, run, serving
from webapp import __version__

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel, from a copy of what is in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel into a fresh environment; return its `easel`.

    The libraries come from this environment, without the network; the checkout does not.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(
        sysconfig.get_path("purelib", "venv", vars={"base": str(folder), "platbase": str(folder)})
    )
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", folder / "bin" / "python"),
            *("install", "--quiet", "--no-deps", "--no-index", wheel),
        ],
        check=True,
    )
    libraries = tmp_path_factory.mktemp("libraries")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not re.search(r"easel|__editable__|\.pth$", entry.name):
            (libraries / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    return folder / "bin" / "easel"


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_all_that_the_app_needs(wheel):
    inside = names(wheel)
    for folder, pattern in (("templates", "*.html"), ("migrations", "*.py")):
        for path in (ROOT / folder).rglob(pattern):
            assert f"webapp/_bundle/{path.relative_to(ROOT)}" in inside
    tracked = subprocess.run(
        ["git", "ls-files", "static", "webapp"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    for name in filter(None, tracked):
        if (ROOT / name).exists():
            assert (name if name.startswith("webapp") else f"webapp/_bundle/{name}") in inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_wheel_has_nothing_that_it_should_not(wheel):
    for name in names(wheel):
        assert not re.search(r"(^|/)(tests|bench|docs|instance|\.env)(/|$)", name), name
        assert not re.search(r"\.(pyc|db|key)$", name), name


def test_the_installed_command_serves_pages_from_anywhere(installed, tmp_path):
    assert f"version {__version__}" in run(tmp_path, "--version", command=[str(installed)]).stdout
    with serving(tmp_path / "data", command=[str(installed)], cwd=tmp_path) as server:
        status, page = server.get("/login")
        assert (status, "Sign in" in page) == (200, True)
        static = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert static is not None
        assert server.get(static[1])[0] == 200
        assert server.stop() == 0


def test_the_installed_command_runs_no_code_of_the_checkout(installed, tmp_path):
    python = installed.with_name("python")
    code = "import webapp.app; print(webapp.app.__file__); print(webapp.app.ROOT)"
    told = subprocess.run(
        [python, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert str(ROOT / "webapp") not in told
    assert told.splitlines()[1].endswith("webapp/_bundle")


def test_the_installed_command_makes_a_picture(installed, tmp_path):
    made = run(
        *(tmp_path / "data", "generate", "a lake", "--size", "512", "-o", str(tmp_path / "out")),
        command=[str(installed)],
    )
    assert made.returncode == 0, made.stderr
    assert len(list((tmp_path / "out").iterdir())) == 1
