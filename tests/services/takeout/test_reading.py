"""Take-outs that nobody vouches for: what is wrong is told by name, and the rest taken over."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from tests.services.takeout.library import files_of, read_back, take_out
from webapp.errors import InvalidError
from webapp.models import Album, Image
from webapp.providers.plain import png
from webapp.services.takeout import reports
from webapp.services.takeout.fields import EPOCH
from webapp.services.takeout.keeping import keep_album
from webapp.services.takeout.places import NewIds, Place
from webapp.services.takeout.records import MANIFEST, AlbumRecord
from webapp.services.takeout.reports import HopelessError

ONE, TWO, THREE = "1" * 11, "2" * 11, "3" * 11
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).isoformat()
BLUE, RED = png(20, 10, b"\0\0\xff"), png(20, 10, b"\xff\0\0")


def told_of(uid, data=BLUE, **changes):
    return {
        "id": uid,
        "state": "ready",
        "visibility": "private",
        "created": NOW,
        "width": 20,
        "height": 10,
        "format": "png",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "prompt": f"picture {uid[0]}",
    } | changes


class Folder:
    """A take-out that is made by hand."""

    def __init__(self, root):
        self.root = root
        (root / "originals").mkdir(parents=True)
        self.manifest()
        for kind in ("templates", "generations", "images", "albums"):
            self.lines(kind)

    def manifest(self, **changes):
        facts = {"easel": "takeout", "format": 1, "created": NOW, "user": "x", "is_complete": True}
        (self.root / MANIFEST).write_text(json.dumps(facts | changes))

    def lines(self, kind, *records):
        written = (
            item if isinstance(item, bytes) else json.dumps(item).encode() for item in records
        )
        (self.root / f"{kind}.jsonl").write_bytes(b"".join(line + b"\n" for line in written))

    def original(self, uid, data=BLUE):
        (self.root / "originals" / f"{uid}.png").write_bytes(data)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "taken")


@pytest.fixture
def read(services, owner, folder):
    return lambda: read_back(services, owner, folder.root)


def problems(report):
    return {item.name: item.error for item in report.problems}


def prompts(services, owner):
    return {picture.prompt for picture in services.images.get_images(owner).pictures}


class TestFiles:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (None, "originals/11111111111.png is missing."),
            (bytes(len(BLUE)), "its SHA-256 differs"),
            (BLUE[:-3], "bytes instead of"),
            (BLUE + b"more", "larger than it says"),
        ],
        ids=["missing", "altered", "cut off", "longer"],
    )
    def test_one_that_is_not_what_was_taken_out_is_told_and_the_others_are_kept(
        self, services, owner, folder, read, data, sentence
    ):
        folder.lines("images", told_of(ONE), told_of(TWO, RED))
        folder.original(TWO, RED)
        if data is not None:
            folder.original(ONE, data)
        report = read()
        assert report.added == {"images": 1}
        assert sentence in problems(report)[f"originals/{ONE}.png"]
        assert prompts(services, owner) == {"picture 2"}

    def test_one_that_comes_later_finds_its_album(self, services, owner, folder, read):
        folder.lines("images", told_of(ONE), told_of(TWO, RED))
        folder.lines(
            "albums",
            {"id": THREE, "title": "A", "created": NOW, "updated": NOW, "images": [ONE, TWO]},
        )
        folder.original(TWO, RED)
        read()
        folder.original(ONE)
        report = read()
        assert (report.added, report.problems) == ({"images": 1, "albums": 1}, [])
        inside = services.library.contents.page(THREE, owner).pictures
        assert {picture.id for picture in inside} == {ONE, TWO}

    def test_what_is_no_picture_is_not_kept(self, services, owner, folder, read):
        text = b"<svg onload='alert(1)'/>"
        folder.lines("images", told_of(ONE, text))
        folder.original(ONE, text)
        assert list(problems(read())) == [f"originals/{ONE}.png"]
        assert prompts(services, owner) == set()

    def test_a_link_is_not_followed(self, folder, read, tmp_path):
        (tmp_path / "secret.png").write_bytes(BLUE)
        (folder.root / "originals" / f"{ONE}.png").symlink_to(tmp_path / "secret.png")
        folder.lines("images", told_of(ONE))
        assert "is missing" in problems(read())[f"originals/{ONE}.png"]

    def test_what_is_larger_than_allowed_is_not_even_read(self, folder, read):
        folder.lines("images", told_of(ONE, bytes=2**52))
        folder.original(ONE)
        assert "MB that are allowed" in problems(read())[f"originals/{ONE}.png"]

    def test_a_bomb_is_read_up_to_the_size_that_it_says(self, services, owner, folder, tmp_path):
        folder.lines("images", told_of(ONE))
        archive = tmp_path / "bomb.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in files_of(folder.root).items():
                packed.writestr(name, data)
            packed.writestr(f"originals/{ONE}.png", bytes(1 << 26))
        report = read_back(services, owner, archive)
        assert "larger than it says" in problems(report)[f"originals/{ONE}.png"]

    @pytest.mark.parametrize("damage", ["crc", "password"])
    def test_a_damaged_zip_tells_which_file_it_is(self, services, owner, folder, tmp_path, damage):
        folder.lines("images", told_of(ONE), told_of(TWO, RED))
        folder.original(ONE)
        folder.original(TWO, RED)
        archive = tmp_path / "damaged.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for name, data in files_of(folder.root).items():
                packed.writestr(name, data)
            place = packed.getinfo(f"originals/{ONE}.png").header_offset
        damaged = bytearray(archive.read_bytes())
        if damage == "crc":
            damaged[damaged.index(BLUE) + 40] ^= 1
        else:
            damaged[place + 6] |= 1
            entry = damaged.index(f"originals/{ONE}.png".encode(), damaged.index(b"PK\1\2"))
            damaged[entry - 46 + 8] |= 1
        archive.write_bytes(damaged)
        report = read_back(services, owner, archive)
        assert report.added == {"images": 1}
        assert list(problems(report)) == [f"originals/{ONE}.png"]


class TestLines:
    def test_a_field_that_can_not_be_is_told_with_its_line(self, services, owner, folder, read):
        folder.lines("images", told_of(ONE, prompt="x" * 10_000_000), told_of(TWO, RED))
        folder.original(ONE)
        folder.original(TWO, RED)
        report = read()
        assert problems(report) == {
            "images.jsonl, line 1": "prompt: Value error, it has 0 to 100,000 characters, "
            "not 10,000,000."
        }
        assert prompts(services, owner) == {"picture 2"}

    @pytest.mark.parametrize(
        "line", [b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'"\\ud800"', b""], ids=repr
    )
    def test_what_is_no_record_is_told(self, folder, read, line):
        folder.lines("images", line)
        assert list(problems(read())) == ["images.jsonl, line 1"]

    def test_a_line_without_an_end_is_not_kept_in_memory(self, folder, read, monkeypatch):
        monkeypatch.setattr("webapp.services.takeout.sources.LONGEST_LINE", 1000)
        folder.lines("images", b"x" * 5000, told_of(TWO, RED))
        folder.original(TWO, RED)
        report = read()
        assert list(problems(report)) == ["images.jsonl, line 1"]
        assert report.added == {"images": 1}

    def test_signs_that_can_not_be_kept_are_left_out(self, services, owner, folder, read):
        folder.lines("images", told_of(ONE, prompt="a\0b\x1b[31m", filename="x\0.png"))
        folder.original(ONE)
        assert read().problems == []
        assert prompts(services, owner) == {"ab[31m"}

    def test_a_file_of_records_that_is_missing_is_told(self, folder, read):
        (folder.root / "albums.jsonl").unlink()
        assert problems(read()) == {"albums.jsonl": "albums.jsonl is missing."}

    def test_so_many_mistakes_end_it(self, folder, read, monkeypatch):
        monkeypatch.setattr(reports, "MOST_PROBLEMS", 5)
        folder.lines("images", *[b"{"] * 20)
        with pytest.raises(HopelessError, match="Nothing more was tried"):
            read()


class TestReferences:
    def test_nothing_descends_from_itself(self, services, owner, folder, read):
        folder.lines(
            "images",
            told_of(ONE, parents=[{"id": TWO, "role": "source"}, {"id": ONE, "role": "recipe"}]),
            told_of(TWO, RED, parents=[{"id": ONE, "role": "source"}]),
        )
        folder.original(ONE)
        folder.original(TWO, RED)
        assert read().problems == []
        levels = {
            item.id: item.level
            for item in services.lineage.of(services.images.own_image(TWO, owner)).relatives
            if item.picture is not None
        }
        assert levels == {ONE: -1, TWO: 0}

    def test_nobody_gets_at_the_pictures_of_others(
        self, services, owner, stranger, folder, read, a_picture
    ):
        secret = services.images.add_image(stranger, a_picture, prompt="hush")
        folder.lines("images", told_of(ONE, parents=[{"id": secret.id, "role": "reference"}]))
        folder.lines(
            "albums",
            {
                "id": THREE,
                "title": "A",
                "created": NOW,
                "updated": NOW,
                "images": [secret.id, ONE],
                "cover": secret.id,
            },
        )
        folder.original(ONE)
        assert read().problems == []
        inside = services.library.contents.page(THREE, owner).pictures
        assert [picture.id for picture in inside] == [ONE]
        assert services.library.albums.get(THREE, owner).cover.id == ONE
        assert services.gallery.references_of(services.images.own_image(ONE, owner)) == ()

    def test_an_id_that_stands_there_twice_is_kept_twice_under_two(
        self, services, owner, folder, read
    ):
        folder.lines("images", told_of(ONE), told_of(ONE, RED, bytes=len(RED)))
        folder.original(ONE)
        report = read()
        assert report.added == {"images": 1}
        assert list(problems(report)) == [f"originals/{ONE}.png"]
        assert services.images.own_image(ONE, owner).digest == hashlib.sha256(BLUE).hexdigest()

    def test_a_mask_that_is_none_is_left_out(self, services, owner, folder, read):
        folder.lines(
            "generations",
            {
                "id": TWO,
                "created": NOW,
                "prompt": "a boat",
                "provider": "plain",
                "model": "plain-1",
                "aspect_ratio": "1:1",
                "size": "",
                "count": 1,
                "mask": hashlib.sha256(b"no mask").hexdigest(),
            },
        )
        (folder.root / "masks").mkdir()
        (folder.root / "masks" / f"{TWO}.png").write_bytes(b"no mask")
        report = read()
        assert report.added == {"generations": 1}
        assert list(problems(report)) == [f"masks/{TWO}.png"]

    def test_an_album_takes_more_at_once_whatever_is_in_it(self, easel, owner):
        taken = AlbumRecord(id=THREE, title="A", created=EPOCH, updated=EPOCH, images=[])
        with easel.database.writing() as session:
            images = [
                Image(owner_id=owner.id, state="ready", width=1, height=1) for _ in "x" * 1200
            ]
            album = Album(owner_id=owner.id, title="A")
            session.add_all([*images, album])
            session.flush()
            place = Place(THREE, album.id)
            taken = taken.model_copy(update={"images": [row.uid for row in images]})
            asked = []
            listening = (session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))
            event.listen(*listening)
            try:
                assert keep_album(session, owner, taken, place, NewIds(), 0)
                assert not keep_album(session, owner, taken, place, NewIds(), 0)
            finally:
                event.remove(*listening)
        assert len([said for said in asked if said.startswith("SELECT")]) < 20


class TestTemplates:
    def template(self, **said):
        version = {"number": 1, "created": NOW, "variables": [], "aspect_ratio": "3:2"}
        return {
            "id": THREE,
            "title": "A",
            "aspect_ratio": "3:2",
            "version": 1,
            "created": NOW,
            "updated": NOW,
            "versions": [version | said],
        }

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"sections": [{"text": "A {place}"}]}, "a gap without a variable"),
            ({"sections": []}, "one section at least"),
            ({"sections": [{"text": "x" * 20_000}]}, "at most 10,000 characters"),
            ({"sections": [{"text": "A lake"}], "aspect_ratio": "wide"}, "two numbers"),
            ({"sections": [{"text": "A lake"}], "model": "none"}, "a provider and a name"),
        ],
    )
    def test_one_that_no_editor_would_take_is_told(self, folder, read, said, sentence):
        folder.lines("templates", self.template(**said))
        report = read()
        assert sentence in problems(report)[f"template {THREE}"]
        assert report.added == {}

    def test_a_variable_without_a_label_is_called_by_its_name(self, services, owner, folder, read):
        said = {"sections": [{"text": "A {place}"}], "variables": [{"name": "place"}]}
        folder.lines("templates", self.template(**said))
        assert read().problems == []
        assert [item.label for item in services.prompts.template(THREE, owner).variables] == [
            "Place"
        ]

    def test_one_that_makes_sense_is_kept(self, services, owner, folder, read):
        folder.lines("templates", self.template(sections=[{"text": "A lake"}]))
        assert read().problems == []
        assert services.prompts.template(THREE, owner).text == "A lake"


class TestManifest:
    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"format": 2}, "This take-out is of format 2"),
            ({"is_complete": False}, "Run `easel export` with the same folder again"),
            ({"easel": "backup"}, "is no take-out"),
            ({"format": "1"}, "is no take-out"),
            ({"counts": {"images": -1}}, "is no take-out"),
        ],
    )
    def test_what_can_not_be_read_here_is_refused_as_a_whole(self, folder, read, changes, sentence):
        folder.manifest(**changes)
        with pytest.raises(InvalidError, match=sentence):
            read()

    @pytest.mark.parametrize("name", ["empty", "a.zip", "text.zip"])
    def test_what_is_none_is_refused(self, services, owner, tmp_path, name):
        path = tmp_path / name
        if name == "empty":
            path.mkdir()
        elif name == "a.zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("a.txt", "a")
        else:
            path.write_text("no zip")
        with pytest.raises(InvalidError, match="is no take-out"):
            read_back(services, owner, path)


class TestFolder:
    def test_one_that_holds_something_else_is_left_alone(self, services, owner, tmp_path):
        (tmp_path / "thesis.txt").write_text("years of work")
        with pytest.raises(InvalidError, match="is not empty, and no take-out"):
            take_out(services, owner, tmp_path)
        assert files_of(tmp_path).keys() >= {"thesis.txt"}

    def test_the_take_out_of_somebody_else_is_left_alone(self, services, owner, stranger, tmp_path):
        take_out(services, owner, tmp_path / "taken")
        with pytest.raises(InvalidError, match="holds the take-out of owner"):
            take_out(services, stranger, tmp_path / "taken")

    def test_one_that_stopped_half_way_goes_on(self, services, owner, tmp_path, monkeypatch):
        kept = [services.images.add_image(owner, png(9, 9, bytes([n, 0, 0]))) for n in range(3)]
        monkeypatch.setattr(
            services.images, "_blobs", _Stopping(services.images._blobs, at=kept[1].digest)
        )
        with pytest.raises(KeyboardInterrupt):
            take_out(services, owner, tmp_path / "taken")
        assert not json.loads((tmp_path / "taken" / MANIFEST).read_text())["is_complete"]
        monkeypatch.undo()
        take_out(services, owner, tmp_path / "taken")
        names = {path.stem for path in (tmp_path / "taken" / "originals").iterdir()}
        assert names == {picture.id for picture in kept}
        assert json.loads((tmp_path / "taken" / MANIFEST).read_text())["is_complete"]

    def test_an_original_that_is_lost_or_damaged_is_told(self, services, owner, easel, tmp_path):
        kept = [services.images.add_image(owner, png(9, 9, bytes([n, 0, 0]))) for n in range(3)]
        easel.blobs.open_path(kept[0].blob_key).unlink()
        easel.blobs.open_path(kept[1].blob_key).write_bytes(b"no picture any more")
        tally = take_out(services, owner, tmp_path / "taken")
        assert [item.id for item in tally.missing] == [kept[0].id, kept[1].id]
        assert tally.counts["originals"] == 1
        assert len(list((tmp_path / "taken" / "originals").iterdir())) == 1


class _Stopping:
    """A store that is interrupted at one of its originals."""

    def __init__(self, store, at):
        self._store, self._at = store, at

    def open_path(self, key):
        if self._at in key:
            raise KeyboardInterrupt
        return self._store.open_path(key)
