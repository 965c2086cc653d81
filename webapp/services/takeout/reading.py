"""Reading a take-out back: an equal library, whatever is here already."""

import hashlib
from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from webapp.errors import EaselError, InvalidError, NotFoundError
from webapp.imaging.references import as_mask
from webapp.models import Generation, Image
from webapp.services.accounts import Viewer
from webapp.services.changes import hold_owner
from webapp.services.takeout import keeping, places
from webapp.services.takeout.image_reading import ImageReading, Parts
from webapp.services.takeout.records import (
    AlbumRecord,
    GenerationRecord,
    ImageRecord,
    Manifest,
    Record,
    TemplateRecord,
    lines_of,
)
from webapp.services.takeout.reports import TAKEN, Report, mistakes
from webapp.services.takeout.sources import LONGEST_LINE, Source, lines, manifest_of, read

LARGEST_MASK = 1 << 25
ALTERED_MASK = "It is not the mask that was taken out."
LONG_LINE = f"It is longer than {LONGEST_LINE >> 20} MB."
R = TypeVar("R", bound=Record)


class TakeoutReader:
    """Takes over the libraries that take-outs hold."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def manifest(self, source: Source) -> Manifest:
        """Return what a take-out says of itself; raises InvalidError where it can't be read."""
        return manifest_of(source)

    def read(self, source: Source, owner: Viewer, report: Report) -> Iterator[str]:
        """Take over what a person does not have yet, and give the kind of each record.

        What can't be read is told in the report, and the rest is taken over all the same. Nothing
        that is here is changed, whoever it belongs to. Raises InvalidError for what is no
        take-out, HopelessError where too much of it can't be read.
        """
        manifest_of(source)
        yield from _Reading(self._parts, source, owner, report).run()


class _Reading:
    """One take-out on its way in."""

    def __init__(self, parts: Parts, source: Source, owner: Viewer, report: Report) -> None:
        self._parts, self._database = parts, parts.database
        self._source = source
        self._owner = owner
        self._report = report
        self._ids = places.NewIds()
        self._new_templates: list[str] = []
        self._new_generations: list[str] = []
        self._newest = self._database.look_up(select(func.max(Image.id))) or 0

    def run(self) -> Iterator[str]:
        """Read kind by kind: what others refer to comes first."""
        for template in self._records("templates", TemplateRecord):
            self._template(template)
            yield "templates"
        for generation in self._records("generations", GenerationRecord):
            self._generation(generation)
            yield "generations"
        images = ImageReading(self._parts, self._source, self._owner, self._report, self._ids)
        for _ in images.read(self._records("images", ImageRecord)):
            yield "images"
        for album in self._records("albums", AlbumRecord):
            self._album(album)
            yield "albums"
        self._rename_pictures()

    def _records(self, kind: str, record: type[R]) -> Iterator[R]:
        """Give the records of a kind; what is none is told."""
        name = lines_of(kind)
        try:
            for number, line in enumerate(lines(self._source, name), 1):
                try:
                    if line is None:
                        self._report.tell(f"{name}, line {number}", LONG_LINE)
                    else:
                        yield record.model_validate_json(line)
                except ValidationError as error:
                    self._report.tell(f"{name}, line {number}", mistakes(error))
        except NotFoundError as error:
            self._report.tell(name, str(error))

    def _template(self, record: TemplateRecord) -> None:
        try:
            with self._database.writing() as session:
                hold_owner(session, self._owner.id)
                place = places.place_of_template(session, self._owner, record)
                if place.key is None:
                    keeping.keep_template(session, self._owner, record, place.uid)
        except InvalidError as error:
            self._report.tell(f"template {record.id}", str(error))
            return
        except IntegrityError:
            self._report.tell(record.id, TAKEN)
            return
        if place.key is None:
            self._new_templates.append(place.uid)
        if place.uid != record.id:
            self._ids.templates[record.id] = place.uid
        self._report.count("templates", is_new=place.key is None)

    def _generation(self, record: GenerationRecord) -> None:
        mask = self._mask(record)
        try:
            with self._database.writing() as session:
                hold_owner(session, self._owner.id)
                place = places.place_of_generation(session, self._owner, record)
                known = None if place.key is None else session.get_one(Generation, place.key)
                is_new = known is None or bool(record.prompt and not known.prompt)
                if is_new:
                    keeping.keep_generation(session, self._owner, record, place, mask, self._ids)
        except IntegrityError:
            self._report.tell(record.id, TAKEN)
            return
        if is_new:
            self._new_generations.append(place.uid)
        if place.uid != record.id:
            self._ids.generations[record.id] = place.uid
        self._report.count("generations", is_new=is_new)

    def _mask(self, record: GenerationRecord) -> bytes | None:
        """Return a generation's mask in the form in which masks are kept."""
        if record.mask is None:
            return None
        try:
            data = read(self._source, record.mask_file, LARGEST_MASK)
            if hashlib.sha256(data).hexdigest() == record.mask:
                return as_mask(data)
            self._report.tell(record.mask_file, ALTERED_MASK)
        except EaselError as error:
            self._report.tell(record.mask_file, str(error))
        return None

    def _album(self, record: AlbumRecord) -> None:
        try:
            with self._database.writing() as session:
                hold_owner(session, self._owner.id)
                place = places.place_of_album(session, self._owner, record)
                is_new = keeping.keep_album(
                    session, self._owner, record, place, self._ids, self._newest
                )
        except IntegrityError:
            self._report.tell(record.id, TAKEN)
            return
        self._report.count("albums", is_new=is_new)

    def _rename_pictures(self) -> None:
        """Let what is new name those pictures by their ids here that could not keep theirs."""
        if not self._ids.images:
            return
        with self._database.writing() as session:
            keeping.rename_in_templates(session, self._new_templates, self._ids)
            keeping.rename_in_generations(session, self._new_generations, self._ids)
