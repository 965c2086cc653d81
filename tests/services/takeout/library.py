"""A library with some of everything, to be taken out and read back."""

import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image as Picture
from sqlalchemy import select, update

from tests.conftest import an_app
from tests.imaging.pictures import encoded
from webapp.app import easel_of
from webapp.jobs import InlineRunner
from webapp.models import (
    Album,
    AlbumImage,
    Database,
    Generation,
    Image,
    ImageTag,
    Template,
)
from webapp.providers.plain import png
from webapp.services import Services
from webapp.services.accounts import Viewer
from webapp.services.requests import GenerationRequest
from webapp.services.takeout.folder import TakeoutFolder
from webapp.services.takeout.reports import Report
from webapp.services.takeout.sources import opened
from webapp.services.takeout.writing import Tally
from webapp.services.templates.drafts import TemplateDraft
from webapp.services.templates.text import Section
from webapp.services.templates.variables import Variable
from webapp.settings import Settings

DRAFT = TemplateDraft(
    title="A place",
    description="Somewhere quiet.",
    sections=(Section("", "A {place} in {light}"), Section("STYLE", "calm, wide")),
    variables=(
        Variable("place", "Place", "lake", kind="choice", choices=("lake", "wood")),
        Variable("light", "Light", "mist"),
    ),
)


def tag(database: Database, owner: Viewer, uid: str, *tags: str) -> None:
    """Give an image its tags."""
    with database.writing() as session:
        key = session.scalar(select(Image.id).where(Image.uid == uid))
        session.add_all(ImageTag(image_id=key, tag=text, owner_id=owner.id) for text in tags)


def album(database: Database, owner: Viewer, title: str, uids: list[str], **more: str) -> str:
    """Make an album of images in an order, and return its id."""
    with database.writing() as session:
        row = Album(owner_id=owner.id, title=title, **more)
        session.add(row)
        session.flush()
        for position, uid in enumerate(uids):
            key = session.scalar(select(Image.id).where(Image.uid == uid))
            place = (position - 1) << 16  # some stand before the first that was put there
            session.add(AlbumImage(album_id=row.id, image_id=key, position=place))
        return row.uid


def furnish(easel, owner: Viewer) -> dict[str, str]:
    """Fill somebody's library with some of everything; return the ids by name."""
    images, database = easel.services.images, easel.database
    template = _template_in_three_versions(easel.services, owner)
    photo = encoded(Picture.new("RGB", (90, 60), "teal"), "JPEG")
    ids = {
        "template": template,
        "photo": images.add_image(owner, photo, filename="küche <1>.jpg").id,
        "thrown": images.add_image(owner, png(30, 20, b"\1\2\3"), prompt="thrown").id,
    }
    ids |= _made(easel.services, owner, ids)
    images.delete_image(ids["thrown"], owner)
    images.set_visibility(ids["lake"], owner, "public")
    images.set_visibility(ids["boat"], owner, "unlisted")
    images.set_focal_point(ids["photo"], owner, (0.25, 0.75))
    tag(database, owner, ids["lake"], "water", "dawn")
    tag(database, owner, ids["photo"], "küche")
    hung = [ids["boat"], ids["lake"], ids["photo"]]
    words = {"description": "Lakes and boats.", "cover": ids["lake"]}
    ids["album"] = album(database, owner, "Water", hung, **words)
    album(database, owner, "Nothing yet", [])
    _paid_and_masked(database, ids)
    return ids


def _template_in_three_versions(services: Services, owner: Viewer) -> str:
    template = services.templates.create(owner, DRAFT)
    for said in ("calm", "loud"):
        changed = replace(DRAFT, sections=(Section("", f"A {said} {{place}} in {{light}}"),))
        services.templates.save(template.slug, owner, changed, template.version)
        template = services.prompts.template(template.slug, owner)
    return template.slug


def _made(services: Services, owner: Viewer, ids: dict[str, str]) -> dict[str, str]:
    """Make a chain of pictures, each of the one before, and one that fails."""
    wish = GenerationRequest(prompt="a lake at dawn", provider="plain", model="plain-1", seed=7)
    lake = services.generator.start(owner, wish).pictures[0].id
    of_lake = replace(
        wish,
        prompt="a boat",
        references=(lake,),
        strength=0.5,
        template=ids["template"],
        template_version=2,
        variables={"place": "lake", "picture": ids["photo"]},
    )
    boat = services.generator.start(owner, of_lake).pictures[0].id
    twice = replace(wish, prompt="two boats", references=(boat,), count=2)
    first, second = (picture.id for picture in services.generator.start(owner, twice).pictures)
    refused = services.generator.start(owner, replace(wish, prompt="!quota")).pictures[0].id
    return {"lake": lake, "boat": boat, "first": first, "second": second, "refused": refused}


def _paid_and_masked(database: Database, ids: dict[str, str]) -> None:
    """Write down what the plain provider leaves out: amounts, a mask, a template's picture."""
    grey = encoded(Picture.new("L", (64, 64), 255), optimize=True)
    boat = select(Image.generation_id).where(Image.uid == ids["boat"]).scalar_subquery()
    shown = update(Template).where(Template.uid == ids["template"])
    with database.writing() as session:
        session.execute(update(Image).where(Image.uid == ids["lake"]).values(price=900, cost=870))
        session.execute(shown.values(picture=ids["lake"]))
        session.execute(update(Generation).where(Generation.id == boat).values(mask=grey))


def take_out(services: Services, owner: Viewer, folder: Path) -> Tally:
    """Write a take-out into a folder, and return what was written."""
    tally = Tally()
    target = TakeoutFolder(folder)
    target.begin(services.takeouts.writer.beginning(owner), owner.name)
    tally.counts["written"] = sum(target.write(services.takeouts.writer.entries(owner, tally)))
    return tally


def read_back(services: Services, owner: Viewer, path: Path) -> Report:
    """Read a take-out back, and return what became of it."""
    report = Report()
    with opened(path) as source:
        for _ in services.takeouts.reader.read(source, owner, report):
            pass
    return report


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def packed(folder: Path, target: Path) -> Path:
    """Pack a folder as other programs do, with the folder itself in the archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files_of(folder).items():
            archive.writestr(f"{folder.name}/{name}", data)
    return target


@contextmanager
def another_easel(folder: Path, empty_database: Path):
    """Give an Easel of its own on another data directory."""
    with (
        an_app(Settings(data_dir=folder), InlineRunner(), empty_database) as app,
        app.app_context(),
    ):
        yield easel_of(app)
