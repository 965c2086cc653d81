import json
import zipfile

import pytest

from tests.services.takeout.library import files_of
from webapp.services.takeout.records import MANIFEST


@pytest.fixture
def made(easel):
    outcome = easel("generate", "a lake", "-n", "2", "--json")
    return [one["id"] for one in json.loads(outcome.out)]


def test_a_folder_gets_everything(easel, made, tmp_path):
    outcome = easel("export", "taken")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "exported 2 images, 1 generation, 0 templates, 0 albums to taken\n"
    names = {path.stem for path in (tmp_path / "taken" / "originals").iterdir()}
    assert names == set(made)


def test_a_second_export_adds_what_is_missing(easel, made):
    easel("export", "taken")
    again = json.loads(easel("export", "taken", "--json").out)
    assert again[0]["written"] == 5  # the lists and the manifest
    easel("generate", "another lake")
    assert json.loads(easel("export", "taken", "--json").out)[0]["written"] == 6


def test_a_zip_appears_when_it_is_whole(easel, made, tmp_path):
    assert easel("export", "taken.zip").status == 0
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == MANIFEST
        assert json.loads(archive.read(MANIFEST))["counts"]["originals"] == 2
    assert [path.name for path in tmp_path.glob("taken*")] == ["taken.zip"]


def test_everybody_gets_a_folder(easel, made, tmp_path):
    easel("user", "create", "anna")
    outcome = easel("export", "all", "--all-users")
    assert outcome.out.splitlines() == [
        "exported 0 images, 0 generations, 0 templates, 0 albums to all/anna",
        "exported 2 images, 1 generation, 0 templates, 0 albums to all/owner",
    ]
    assert MANIFEST in files_of(tmp_path / "all" / "anna")
    assert "name a folder, not a ZIP" in easel("export", "all.zip", "--all-users").err


def test_what_is_lost_is_told_and_the_rest_is_exported(easel, made, data):
    next(data.glob("originals/*/*/*.png")).write_bytes(b"no picture any more")
    outcome = easel("export", "taken")
    assert outcome.status == 1
    assert outcome.out.startswith(
        "exported 2 images, 1 generation, 0 templates, 0 albums, without "
    )
    assert sum(f"{uid}: Its file is damaged" in outcome.err for uid in made) == 1


def test_a_folder_of_something_else_is_left_alone(easel, made, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("a")
    outcome = easel("export", "mine")
    assert outcome.status == 1
    assert outcome.err == "easel: mine is not empty, and no take-out. Choose another folder.\n"


def test_a_place_that_can_not_be_written_is_told(easel, made, tmp_path):
    (tmp_path / "file").write_text("a")
    outcome = easel("export", "file/taken")
    assert outcome.status == 1
    assert outcome.err.startswith("easel: file/taken can't be written: ")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("taken", "--gallery", "x", "--all-users"),
        ("taken", "--originals"),
        ("taken", "--metadata", "none"),
        ("taken", "--metadata", "some"),
    ],
    ids=str,
)
def test_a_command_line_that_makes_no_sense_is_refused(easel, arguments):
    assert easel("export", *arguments).status == 2


def test_an_album_that_is_none_is_told(easel, made):
    outcome = easel("export", "pages", "--gallery", "Fyj5NgQL7r7")
    assert (outcome.status, outcome.err) == (1, "easel: There is no such album.\n")


def test_nobody_of_that_name_is_told(easel, made):
    assert easel("export", "taken", "--user", "nobody").status == 1
