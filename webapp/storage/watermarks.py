"""Watermarks: pictures by name in a folder, put there by whoever runs Easel."""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from webapp.errors import InvalidError

FOLDER = "watermarks"
"""Its name in the data directory."""

EXTENSIONS = ("png", "webp", "jpg")
DIGEST_LENGTH = 16
MOST_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class _Known:
    """A picture as it was when its file had this time and size."""

    stamp: tuple[int, int]
    data: bytes
    digest: str


class Watermarks:
    """Reads `<name>.png`, `.webp` or `.jpg` in a folder; a file that is exchanged is read anew.

    Names are those that the grammar of addresses lets through: letters, digits and hyphens.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Return the names there are."""
        found = {path.stem for end in EXTENSIONS for path in self._folder.glob(f"*.{end}")}
        return sorted(found)

    def read(self, name: str) -> bytes:
        """Return the encoded picture; raises InvalidError where there is none."""
        return self._get(name).data

    def digest(self, name: str) -> str:
        """Return hex digits that change with the picture; raises InvalidError as `read` does."""
        return self._get(name).digest

    def _get(self, name: str) -> _Known:
        for extension in EXTENSIONS:
            path = self._folder / f"{name}.{extension}"
            try:
                status = path.stat()
            except OSError:
                continue
            return self._current(name, path, (status.st_mtime_ns, status.st_size))
        raise _unknown(name)

    def _current(self, name: str, path: Path, stamp: tuple[int, int]) -> _Known:
        with self._lock:
            known = self._known.get(name)
            if known is None or known.stamp != stamp:
                if stamp[1] > MOST_BYTES:
                    msg = f"The watermark {name!r} has more than {MOST_BYTES // 10**6} MB."
                    raise InvalidError(msg, code="unknown_watermark")
                data = _read(name, path)
                digest = hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]
                known = self._known[name] = _Known(stamp, data, digest)
            return known


def _read(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unknown(name) from error


def _unknown(name: str) -> InvalidError:
    return InvalidError(f"There is no watermark called {name!r}.", code="unknown_watermark")
