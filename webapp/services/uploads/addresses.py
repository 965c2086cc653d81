"""Pictures from addresses that people name."""

from urllib.parse import unquote, urlsplit

from webapp.errors import (
    EaselError,
    InvalidError,
    TooLargeError,
    UpstreamError,
    UpstreamTimeoutError,
)
from webapp.providers.base.outward import fetch_to
from webapp.providers.base.reach import DownloadError
from webapp.services.uploads.staging import Arrival, StagedFiles

SECONDS = 60.0

LONGEST = 4096
"""The characters that an address may have."""

NO_ADDRESS = "This is no http:// or https:// address of a picture."
PRIVATE = (
    "This address leads into a private network, where Easel fetches nothing from. Save the "
    "picture, and upload the file."
)
LATE = "The picture did not come in time. Try it again later."
UNREACHABLE = "The server at this address can't be reached. Check the address."


def fetched(url: str, files: StagedFiles, *, most_bytes: int, seconds: float = SECONDS) -> Arrival:
    """Return the file at a public http(s) address, with the name that the address ends in.

    It has so many seconds, from the name's resolution to the last byte.
    Raises InvalidError (`invalid_url`, `private_address`), TooLargeError, UpstreamError,
    UpstreamTimeoutError or StorageFullError.
    """
    if len(url) > LONGEST:
        raise _invalid(NO_ADDRESS)
    files.make_room(most_bytes)
    path = files.new()
    try:
        with files.filling(), path.open("xb") as file:
            fetch_to(url, file, seconds=seconds, most_bytes=most_bytes)
    except DownloadError as error:
        raise _told(error, most_bytes) from error
    return Arrival(path, name_in(url), "url")


def name_in(url: str) -> str:
    """Return the last part of an address' path, an empty text where it has none."""
    try:
        return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _told(error: DownloadError, most_bytes: int) -> EaselError:
    if error.code == "address":
        return _invalid(NO_ADDRESS)
    if error.code == "private":
        return _invalid(PRIVATE, "private_address")
    if error.code == "too_large":
        return TooLargeError(f"The file there is larger than the {most_bytes // 10**6} MB allowed.")
    if error.code == "timeout":
        return UpstreamTimeoutError(LATE)
    return UpstreamError(UNREACHABLE if error.code == "unreachable" else error.message)


def _invalid(message: str, code: str = "invalid_url") -> InvalidError:
    return InvalidError(message, code=code, fields={"url": [code]})
