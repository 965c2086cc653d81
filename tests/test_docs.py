import re
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pytest

from webapp.app import create_app
from webapp.blueprints import PUBLIC
from webapp.cli import easel
from webapp.imaging.presets import PRESETS
from webapp.jobs import NullRunner
from webapp.services.tokens import SCOPES
from webapp.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def page(name):
    return (DOCS / name).read_text("utf-8")


def every_command(group=easel, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(every_command())


def public_routes():
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)), runner=NullRunner())
        return sorted(
            {
                re.split(r"[<]", rule.rule)[0]
                for rule in app.url_map.iter_rules()
                if rule.endpoint.partition(".")[0] in PUBLIC - {"assets"}
            }
        )


@pytest.mark.parametrize(
    "name", [f"EASEL_{item.name.upper()}" for item in fields(Settings) if item.name != "sections"]
)
def test_every_setting_is_explained(name):
    assert f"`{name}`" in page("settings.md")


def test_no_setting_is_explained_that_is_none():
    known = {f"EASEL_{item.name.upper()}" for item in fields(Settings)}
    named = set(re.findall(r"\bEASEL_[A-Z_]+[A-Z]\b", page("settings.md")))
    assert {name for name in named if "__" not in name and not name.endswith("_FILE")} <= known


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_is_explained(path):
    assert f"easel {' '.join(path)}" in page("commands.md")


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_of_a_command_is_explained(path):
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option):
            assert any(name in page("commands.md") for name in parameter.opts), parameter.opts


@pytest.mark.parametrize("path", public_routes())
def test_every_public_address_is_explained(path):
    assert path in page("urls.md")


@pytest.mark.parametrize("name", ["small", "medium", "large", "square", "grid", "og", "avatar"])
def test_every_preset_of_the_contract_is_explained(name):
    assert name in PRESETS
    assert f"`{name}`" in page("urls.md")


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_explained(scope):
    assert f"`{scope}`" in page("commands.md")


def documents():
    return sorted([*DOCS.glob("*.md"), ROOT / "README.md", *ROOT.glob("C*.md")])


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", item.lower()).replace(" ", "-") for item in headings}
            assert anchor in slugs, target
