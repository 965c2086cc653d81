"""A take-out in a folder: an earlier one of the same person goes on where it stopped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from webapp.errors import InvalidError
from webapp.services.exports.archive import Entry
from webapp.services.exports.folder import ExportFolder
from webapp.services.takeout.records import MANIFEST, Manifest


class TakeoutFolder:
    """Writes the files of a take-out into a folder."""

    def __init__(self, root: Path) -> None:
        self._folder = ExportFolder(root)

    def begin(self, beginning: Entry, user: str) -> None:
        """See that the folder is free for a person's take-out, and mark it as one.

        Raises InvalidError where it holds something else, or the take-out of somebody else.
        """
        root, names = self._folder.root, self._folder.swept()
        if names and MANIFEST not in names:
            msg = f"{root} is not empty, and no take-out. Choose another folder."
            raise InvalidError(msg)
        if names and self._user() != user:
            msg = f"{root} holds the take-out of {self._user()}. Choose another folder."
            raise InvalidError(msg)
        list(self._folder.write([beginning]))

    def write(self, entries: Iterable[Entry]) -> Iterator[bool]:
        """Write files, and give for each whether it was missing; raises as `ExportFolder` does."""

        def all_there_first() -> Iterator[Entry]:
            for entry in entries:
                if entry.name == MANIFEST:  # which promises that all the others are there
                    self._folder.sync()
                yield entry

        return self._folder.write(all_there_first())

    def _user(self) -> str:
        path = self._folder.root / MANIFEST
        try:
            return Manifest.model_validate_json(path.read_bytes()).user
        except (OSError, ValidationError) as error:
            msg = f"{path} can't be read. Choose another folder."
            raise InvalidError(msg) from error
