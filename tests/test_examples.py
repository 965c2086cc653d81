"""The scripts of docs/examples, run as people run them, against a served Easel."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.processes import PATIENCE
from tests.serving import served
from webapp.providers.plain import png
from webapp.settings import Settings

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
COMMANDS = {".sh": ["sh"], ".py": [sys.executable], ".mjs": ["node"]}
NEEDED = {".sh": ("curl", "apt install curl"), ".mjs": ("node", "apt install nodejs")}


@pytest.fixture(scope="module")
def easel(tmp_path_factory):
    with served(Settings(data_dir=tmp_path_factory.mktemp("served"))) as running:
        yield running


def run(easel, script, token, *arguments):
    tool, way = NEEDED.get(script.suffix, (sys.executable, ""))
    if shutil.which(tool) is None:
        pytest.skip(f"no {tool} here; get it: {way}")
    return subprocess.run(
        [*COMMANDS[script.suffix], str(script), *arguments],
        env=os.environ | {"EASEL": easel.address, "EASEL_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


SCRIPTS = sorted(EXAMPLES.iterdir())
each = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)


def test_there_is_one_for_each_language():
    assert {path.suffix for path in SCRIPTS} == set(COMMANDS)


@each
def test_an_example_makes_uploads_embeds_and_lists(easel, tmp_path, script):
    picture = tmp_path / "picture.png"
    picture.write_bytes(png(80, 60, bytes([len(script.name), 9, 9])))
    done = run(easel, script, easel.token(), str(picture))
    assert done.returncode == 0, done.stderr
    assert "succeeded" in done.stdout
    embedded = re.search(r'<img src="([^"]+)"', done.stdout)
    assert embedded is not None
    with urllib.request.urlopen(embedded[1]) as shown:
        assert shown.headers["Content-Type"].startswith("image/")
    assert len(re.findall(rf"{easel.address}/images/\w{{11}}/original", done.stdout)) >= 2


@each
def test_an_example_without_rights_says_what_is_wrong(easel, tmp_path, script):
    done = run(easel, script, "easel_wrong", str(tmp_path / "none.png"))
    assert done.returncode != 0
    assert "token" in done.stdout + done.stderr
