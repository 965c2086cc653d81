"""Remote mode against a real `easel serve`."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.processes import run, serving
from webapp.providers.plain import png

pytestmark = pytest.mark.slow

SCOPES = "images:read,images:write,generate,admin"


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """Give a function that runs `easel` on a server elsewhere, without a data directory."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with serving(folder / "there") as server:
        token = run(
            folder / "there", "token", "create", "laptop", "--scopes", SCOPES
        ).stdout.strip()

        def there(*arguments, **settings):
            here = {"EASEL_SERVER": server.address, "EASEL_TOKEN": token} | settings
            return run(folder / "here", *arguments, **here)

        yield there
        assert not (folder / "here").exists()


def test_pictures_are_made_there_and_saved_here(there, tmp_path):
    out = tmp_path / "out"
    done = there(
        *("generate", "a {red|blue} lake", "--size", "512", "--seed", "7"),
        *("-o", str(out), "--json"),
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert [(one["state"], one["seed"]) for one in made] == [("ready", 7), ("ready", 7)]
    assert {one["prompt"] for one in made} == {"a red lake", "a blue lake"}
    for one in made:
        assert one["file"] == str(out / f"{one['id']}.png")
        assert (out / f"{one['id']}.png").read_bytes().startswith(b"\x89PNG")


def test_a_template_and_a_picture_to_work_from(there, tmp_path):
    (tmp_path / "a.png").write_bytes(png(64, 48, b"\x20\x60\xa0"))
    done = there(
        "generate", "an oil painting", "--size", "512", "--reference", str(tmp_path / "a.png")
    )
    assert done.returncode == 0, done.stderr
    done = there("generate", "--template", "night-city", "--set", "city=Lisbon", "--size", "512")
    assert done.returncode == 0, done.stderr
    assert "in the gallery" in done.stdout


def test_what_can_t_be_made_is_said_in_the_server_s_words(there):
    done = there("generate", "x", "-n", "99")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("easel: ")
    assert "1 to 16" in done.stderr


def test_addresses_are_signed_there(there, tmp_path):
    made = json.loads(there("generate", "dunes", "--size", "512", "--json").stdout)
    done = there("sign", f"/w_400,fit_cover/{made[0]['id']}.webp")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"/w_400,fit_cover/{made[0]['id']}.webp\n")
    assert "/i/" in done.stdout
    assert there("sign", f"/w_0/{made[0]['id']}.webp").returncode == 1


def test_tokens_are_made_listed_and_revoked_there(there):
    secret = there("token", "create", "phone", "--expires", "9").stdout.strip()
    assert secret.startswith("easel_")
    listed = json.loads(there("token", "list", "--json").stdout)
    (phone,) = [one for one in listed if one["name"] == "phone"]
    assert phone["scopes"] == ["images:read"]
    assert phone["expires"]
    refused = there("generate", "x", EASEL_TOKEN=secret)
    assert refused.returncode == 1
    assert "lacks the scope generate" in refused.stderr
    assert there("token", "revoke", str(phone["id"])).returncode == 0
    gone = there("token", "list", EASEL_TOKEN=secret)
    assert "unknown, revoked or has expired" in gone.stderr


def test_a_folder_is_imported_there(there, tmp_path):
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.png").write_bytes(png(64, 48, b"one"))
    (folder / "deep" / "b.png").write_bytes(png(64, 48, b"two"))
    (folder / "broken.png").write_bytes(b"no picture")
    done = there("import", str(folder))
    assert done.returncode == 1
    assert done.stdout == "imported 2, duplicates 0, failed 1\n"
    assert f"{folder / 'broken.png'}: " in done.stderr
    (folder / "broken.png").unlink()
    done = there("import", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["imported"], told["failed"]) == ([], [])
    assert [Path(one["name"]).name for one in told["duplicates"]] == ["a.png", "b.png"]
    guarded = there("import", "http://127.0.0.1:9/a.png")
    assert guarded.returncode == 1
    assert guarded.stderr.startswith("http://127.0.0.1:9/a.png: ")
    refused = there("import", str(folder), "--tag", "sea")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "and no options" in refused.stderr


def test_everything_is_taken_out(there, tmp_path):
    there("generate", "a lake", "--size", "512")
    path = tmp_path / "all.zip"
    done = there("export", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("exported ")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert any(name.endswith(".png") for name in archive.namelist())
    refused = there("export", str(tmp_path / "folder"))
    assert refused.returncode == 1
    assert "FILE.zip" in refused.stderr
    assert not (tmp_path / "folder").exists()
