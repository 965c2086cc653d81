"""ZIP archives for tests: good ones, odd ones, and bombs."""

import io
import stat
import zipfile


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of some files, by their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


def with_link(name: str, target: str) -> bytes:
    """Return an archive with a symbolic link in it."""
    made = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(entry, target)
    return made.getvalue()


def changed(archive: bytes, offset: int, value: bytes) -> bytes:
    """Return an archive with its first directory entry changed at an offset."""
    place = archive.index(b"PK\1\2") + offset
    return archive[:place] + value + archive[place + len(value) :]
