"""What `easel generate` has made here: wait for it, save it, and say what became of it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.cli.results import Result, file_for
from webapp.errors import InvalidError
from webapp.parts import Easel
from webapp.services.accounts import Viewer
from webapp.services.money.amounts import MICROS
from webapp.services.pictures import Picture

PATIENCE = 120  # seconds, for work that somebody else does


@dataclass(frozen=True, slots=True)
class Made:
    """A picture as it ended, and what it has cost in millionths of a US dollar, None if unknown."""

    picture: Picture
    cost: int | None


def finished(easel: Easel, generations: Sequence[str], owner: Viewer) -> list[Made]:
    """Return the pictures as they ended; a server beside us may have taken some of the work."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = [
            Made(picture, view.costs[picture.id])
            for view in easel.services.generations.many(generations, owner)
            for picture in view.all_pictures
        ]
        if time.monotonic() > deadline or not any(item.picture.is_pending for item in found):
            return found
        time.sleep(0.2)


def save(easel: Easel, picture: Picture, folder: Path) -> Path | None:
    """Write a picture into a folder and return its path, None where there is no picture."""
    if not picture.is_ready:
        return None
    path = file_for(folder, picture.id, picture.format)
    source = easel.services.images.original(picture)
    data = source.read_bytes() if isinstance(source, Path) else source.read()
    with writing_to(folder):
        path.write_bytes(data)
    return path


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Make a folder and write into it; raises InvalidError where that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        msg = f"{folder} can't be written to: {(error.strerror or str(error)).lower()}."
        raise InvalidError(msg) from error


def is_file(text: str) -> bool:
    """Return whether a text names a file; what is longer than any name can be does not."""
    try:
        return Path(text).is_file()
    except OSError:
        return False


def result(item: Made, path: Path | None) -> Result:
    """Return what became of a picture; `path` is where it was saved."""
    picture = item.picture
    return Result(
        id=picture.id,
        generation=picture.generation,
        state=picture.state,
        prompt=picture.prompt,
        model=f"{picture.provider}:{picture.model}",
        width=picture.width,
        height=picture.height,
        seed=picture.seed,
        cost=None if item.cost is None else item.cost / MICROS,
        file=None if path is None else str(path),
        error=_error(picture),
    )


def _error(picture: Picture) -> dict[str, str] | None:
    if not picture.error_kind:
        return None
    failure = picture.failure
    return {
        "kind": picture.error_kind,
        "message": picture.error_message,
        "next_step": failure.next_step,
    }
