import io
import json
import os
import signal
import sqlite3
import subprocess
import tarfile
import time
from contextlib import closing

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from tests.processes import EASEL, ROOT, environment, run, serving, wait_for
from tests.servers import postgres_url
from webapp.app import create_app, easel_of
from webapp.jobs import NullRunner
from webapp.providers.plain import PlainProvider, png
from webapp.settings import Settings
from webapp.storage.archive import HEADER, writing_archive


@pytest.fixture
def pictures(data):
    """Return two pictures in the data directory; the second was thrown away."""
    app = create_app(
        Settings(data_dir=data), runner=NullRunner(), providers={"plain": PlainProvider()}
    )
    with app.app_context():
        services = easel_of(app).services
        services.accounts.ensure_owner()
        owner = services.accounts.named("owner")
        made = [
            services.images.add_image(owner, png(900, 700, bytes([number, 9, 200])), prompt="hush")
            for number in range(2)
        ]
        services.images.delete_image(made[1].id, owner)
        app.extensions["sqlalchemy"].engine.dispose()
    return made


@pytest.fixture
def archive(easel, pictures, tmp_path):
    """Return a backup of them."""
    path = tmp_path / "easel.tar"
    outcome = easel("backup", str(path))
    assert outcome.status == 0, outcome.err
    return path


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Return an empty data directory, which the next commands work on."""
    folder = tmp_path / "restored"
    monkeypatch.setenv("EASEL_DATA_DIR", str(folder))
    return folder


def names(path):
    with tarfile.open(path) as tar:
        return tar.getnames()


def files(folder):
    """Return the files of a data directory that a backup is about, with their bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for kind in ("originals", "masters", "watermarks", "*.key")
        for place in folder.glob(kind)
        for path in ([place] if place.is_file() else place.rglob("*"))
        if path.is_file()
    }


def rows(folder):
    with closing(sqlite3.connect(folder / "easel.db", timeout=20)) as database:
        return database.execute("select uid, digest, prompt, deleted_ms from image").fetchall()


def test_a_backup_says_what_it_holds_and_is_private(easel, pictures, tmp_path):
    path = tmp_path / "easel.tar"
    outcome = easel("backup", str(path))
    assert outcome.status == 0
    assert outcome.out.startswith("backed up 2 images, ")
    assert "Keep it secret" in outcome.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if "easel.tar" in one.name] == ["easel.tar"]
    assert names(path)[0] == HEADER
    assert {"easel.db", "secret.key", "signing.key"} < set(names(path))
    assert {one.blob_key for one in pictures} < set(names(path))
    assert not [name for name in names(path) if name.startswith("masters/")]


def test_everything_comes_back(easel, archive, data, pictures, empty):
    mark = data / "watermarks"
    mark.mkdir()
    outcome = easel("restore", str(archive), "--json")
    assert outcome.status == 0, outcome.err
    told = json.loads(outcome.out)
    assert told == {"directory": str(empty), "originals": 2, "missing": 0, "masters": 2}
    assert files(empty) == files(data)
    assert rows(empty) == rows(data)
    assert (empty / "easel.db").stat().st_mode & 0o777 == 0o600
    assert not (empty / ".restoring").exists()
    assert easel("fsck", "--deep").status == 0


def test_watermarks_travel_along(easel, data, pictures, tmp_path, monkeypatch):
    (data / "watermarks").mkdir()
    (data / "watermarks" / "logo.png").write_bytes(png(9, 9, b"logo"))
    (data / "watermarks" / "notes about it.txt").write_text("not a picture")
    easel("backup", str(tmp_path / "easel.tar"))
    monkeypatch.setenv("EASEL_DATA_DIR", str(tmp_path / "restored"))
    assert easel("restore", str(tmp_path / "easel.tar")).status == 0
    found = list((tmp_path / "restored" / "watermarks").iterdir())
    assert [one.name for one in found] == ["logo.png"]


def test_keys_can_be_left_out_and_masters_taken_in(easel, pictures, tmp_path):
    path = tmp_path / "easel.tar"
    outcome = easel("backup", str(path), "--without-secrets", "--with-masters")
    assert outcome.status == 0
    assert not [name for name in names(path) if name.endswith(".key")]
    assert {key for one in pictures for key in one.masters.values()} < set(names(path))


def test_a_missing_original_is_told_and_the_rest_backed_up(
    easel, data, pictures, tmp_path, monkeypatch
):
    (data / pictures[0].blob_key).unlink()
    outcome = easel("backup", str(tmp_path / "easel.tar"))
    assert outcome.status == 1
    assert "1 of 2 originals are missing" in outcome.err
    assert pictures[1].blob_key in names(tmp_path / "easel.tar")
    monkeypatch.setenv("EASEL_DATA_DIR", str(tmp_path / "restored"))
    outcome = easel("restore", str(tmp_path / "easel.tar"), "--json")
    assert (outcome.status, json.loads(outcome.out)["missing"]) == (0, 1)
    assert "1 of 2 originals are not in this backup" in outcome.err


def test_a_damaged_original_is_told_and_backed_up(easel, data, pictures, tmp_path):
    (data / pictures[0].blob_key).write_bytes(b"other bytes")
    outcome = easel("backup", str(tmp_path / "easel.tar"))
    assert outcome.status == 1
    assert "1 of 2 originals are damaged" in outcome.err
    assert pictures[0].blob_key in names(tmp_path / "easel.tar")


def test_a_backup_into_nowhere_is_refused(easel, tmp_path):
    outcome = easel("backup", str(tmp_path / "no" / "easel.tar"))
    assert (outcome.status, outcome.out) == (1, "")
    assert "can't be written" in outcome.err


def test_no_copy_of_the_database_is_left_behind(archive, data):
    assert list((data / ".incoming").iterdir()) == []


def test_a_used_directory_is_refused(easel, archive, data):
    before = rows(data)
    outcome = easel("restore", str(archive))
    assert outcome.status == 1
    assert "is in use: there is easel.db" in outcome.err
    assert rows(data) == before


@pytest.mark.parametrize("change", ["flip", "cut", "no tar"])
def test_a_damaged_backup_leaves_nothing(easel, archive, empty, change):
    whole = archive.read_bytes()
    place = whole.index(b"IDAT") + 20
    changed = {
        "flip": whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
        "cut": whole[:place],
        "no tar": b"x" * 10_000,
    }
    archive.write_bytes(changed[change])
    outcome = easel("restore", str(archive))
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("easel: This")
    assert {path.name for path in empty.glob("*")} <= {"serve.lock"}
    assert easel("user", "list").status == 0


def content(tar, name):
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


def other_header(archive, **facts):
    """Write an archive that says something else of itself."""
    with tarfile.open(archive) as tar:
        members = [(name, content(tar, name)) for name in tar.getnames()]
    target = io.BytesIO()
    with writing_archive(target) as written:
        told = json.loads(members[0][1]) | facts
        written.add(HEADER, json.dumps(told).encode())
        for name, data in members[1:-1]:
            written.add(name, data)
    archive.write_bytes(target.getvalue())


def test_a_backup_of_a_newer_easel_is_refused(easel, archive, empty):
    other_header(archive, schema="9999", easel="9.9")
    outcome = easel("restore", str(archive))
    assert outcome.status == 1
    assert "made by Easel 9.9" in outcome.err
    assert not empty.exists()


@pytest.mark.parametrize(
    ("facts", "settings", "sentence"),
    [
        ({"schema": ""}, {}, "holds files alone"),
        ({}, {"EASEL_STORAGE_URL": "s3://bucket"}, "EASEL_STORAGE_URL names"),
        ({}, {"EASEL_DATABASE_URL": "postgresql://127.0.0.1/x"}, "EASEL_DATABASE_URL names"),
    ],
)
def test_a_backup_that_does_not_fit_the_settings_is_refused(
    easel, archive, empty, monkeypatch, facts, settings, sentence
):
    other_header(archive, **facts)
    for name, text in settings.items():
        monkeypatch.setenv(name, text)
    outcome = easel("restore", str(archive))
    assert outcome.status == 1
    assert sentence in outcome.err
    assert not empty.exists()


def test_an_older_database_is_brought_up_to_date(easel, archive, empty, tmp_path, monkeypatch):
    folder = tmp_path / "old"
    monkeypatch.setenv("EASEL_DATA_DIR", str(folder))
    run_flask(folder, "0007")
    monkeypatch.setenv("EASEL_DATA_DIR", str(empty))
    with closing(sqlite3.connect(folder / "easel.db")) as database:
        (revision,) = database.execute("select version_num from alembic_version").fetchone()
    target = io.BytesIO()
    with tarfile.open(archive) as tar, writing_archive(target) as written:
        told = json.loads(content(tar, HEADER)) | {"schema": revision, "files": 0}
        written.add(HEADER, json.dumps(told).encode())
        written.add("easel.db", folder / "easel.db")
    archive.write_bytes(target.getvalue())
    assert easel("restore", str(archive)).status == 0
    with closing(sqlite3.connect(empty / "easel.db")) as database:
        assert database.execute("select version_num from alembic_version").fetchone() > (revision,)
        assert database.execute("select count(*) from album").fetchone() == (0,)


def run_flask(folder, start):
    """Make a database as an older Easel had it."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    (revision,) = [
        one.revision for one in scripts.walk_revisions() if start in (one.path or one.revision)
    ]
    app = create_app(Settings(data_dir=folder), runner=NullRunner())
    with app.app_context():
        upgrade(revision=revision)
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.slow
def test_a_backup_beside_a_working_server_is_consistent(tmp_path):
    data, path = tmp_path / "data", tmp_path / "easel.tar"
    with serving(data) as server:
        beside = subprocess.Popen(
            [*EASEL, "generate", "{a|b|c|d|e|f} lake", "--size", "512", "-n", "2"],
            env=environment(data),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: (data / "easel.db").exists() and ready(data) > 0)
        made = run(data, "backup", str(path))
        assert made.returncode == 0, made.stderr
        refused = run(data, "restore", str(path))
        assert refused.returncode == 1
        assert "is using" in refused.stderr
        assert beside.wait(300) == 0
        assert server.stop() == 0
    back = tmp_path / "back"
    assert run(back, "restore", str(path)).returncode == 0
    assert 0 < ready(back) <= 12
    checked = run(back, "fsck", "--deep")
    assert (checked.returncode, checked.stdout) == (0, "Everything is as it should be.\n")


def ready(folder):
    with closing(sqlite3.connect(folder / "easel.db", timeout=20)) as database:
        return database.execute("select count(*) from image where state = 'ready'").fetchone()[0]


@pytest.mark.slow
def test_a_restore_that_is_killed_serves_nothing_and_can_be_done_again(archive, data, tmp_path):
    back = tmp_path / "back"
    whole = archive.read_bytes()
    process = subprocess.Popen(
        [*EASEL, "restore", "-"], env=environment(back), cwd=ROOT, stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(whole[: len(whole) * 2 // 3])
    process.stdin.flush()
    wait_for((back / ".restoring" / "easel.db").exists)
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    process.stdin.close()
    for command in ("serve", "doctor", "fsck"):
        refused = run(back, command)
        assert refused.returncode == 1
        assert "has not come to its end" in refused.stderr
    assert not (back / "easel.db").exists()
    assert run(back, "restore", str(archive)).returncode == 0
    assert rows(back) == rows(data)
    assert files(back) == files(data)


@pytest.mark.slow
def test_a_backup_goes_through_a_pipe(data, pictures, tmp_path):
    piped = subprocess.run(
        [*EASEL, "backup", "-"],
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert b"backed up 2 images" in piped.stderr
    back = subprocess.run(
        [*EASEL, "restore", "-"],
        env=environment(tmp_path / "back"),
        cwd=ROOT,
        input=piped.stdout,
        capture_output=True,
        check=False,
    )
    assert back.returncode == 0, back.stderr
    assert rows(tmp_path / "back") == rows(data)


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_a_full_disk_ends_with_a_sentence(data, pictures):
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        done = subprocess.run(
            [*EASEL, "backup", "-"],
            env=environment(data),
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "The disk is full" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_with_postgresql_the_files_come_back_and_the_database_is_left_to_it(tmp_path):
    data, back, path = tmp_path / "data", tmp_path / "back", tmp_path / "easel.tar"
    with postgres_url() as url:
        settings = {"EASEL_DATABASE_URL": url.replace("+psycopg", "")}
        assert run(data, "db", "upgrade", **settings).returncode == 0
        assert run(data, "generate", "x", "--size", "512", **settings).returncode == 0
        made = run(data, "backup", str(path), **settings)
        assert made.returncode == 0, made.stderr
        assert "Run pg_dump first" in made.stderr
        assert "backed up 1 images" in made.stdout
        assert "easel.db" not in names(path)
        restored = run(back, "restore", str(path), **settings)
        assert restored.returncode == 0, restored.stderr
        assert files(back) == files(data)
        assert run(back, "fsck", "--deep", **settings).returncode == 0


@pytest.mark.parametrize("name", ["q?x", "my#data", "pc%41t", "a b&c=d", "ä:ö@"])
def test_a_directory_may_be_called_anything(easel, pictures, data, tmp_path, monkeypatch, name):
    folder = tmp_path / "odd" / name
    folder.parent.mkdir()
    data.rename(folder)
    monkeypatch.setenv("EASEL_DATA_DIR", str(folder))
    archive = tmp_path / "easel.tar"
    for arguments in (["fsck"], ["backup", str(archive)]):
        outcome = easel(*arguments)
        assert outcome.status == 0, outcome.err
    restored = tmp_path / "again" / name
    monkeypatch.setenv("EASEL_DATA_DIR", str(restored))
    assert easel("restore", str(archive)).status == 0
    assert files(restored) == files(folder)
    assert sorted(rows(restored)) == sorted(rows(folder))
    assert (restored / "easel.db").stat().st_mode & 0o777 == 0o600
    for parent in (folder.parent, restored.parent):
        assert [path.name for path in parent.iterdir()] == [name]
