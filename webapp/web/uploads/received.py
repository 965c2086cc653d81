"""`received`: the files, the address and the fields of a request, whichever way they are sent."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Self

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from webapp.errors import InvalidError, TooLargeError
from webapp.services.uploads.staging import Arrival, StagedFiles
from webapp.web.current import services
from webapp.web.uploads.base64_file import Base64File
from webapp.web.uploads.forms import MOST_KEPT, FormReader
from webapp.web.uploads.json_text import JsonText

PICTURE = "image"
BASE64 = 1.4
"""How many characters stand for a byte at most, with a line end every 64 of them."""
MULTIPART, FORM, JSON = (
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "application/json",
)


@dataclass(frozen=True, slots=True)
class Received:
    """What was sent.

    `files` are in the order in which they came; each has a `path`, the `name` that its sender gave
    it (empty for base64) and its form's `field`. `fields` holds everything else: texts of a form,
    or the values of a JSON object, and may have several values of a name.
    """

    files: Sequence[Arrival] = ()
    fields: MultiDict[str, Any] = field(default_factory=MultiDict)

    def of(self, *names: str) -> list[Arrival]:
        """Return the files of some fields, such as `image` and `image[]`."""
        return [file for file in self.files if file.field in names]

    def text(self, name: str) -> str:
        """Return a field that is a text, empty where there is none; raises InvalidError."""
        value = self.fields.get(name)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        msg = f"{name} must be a text."
        raise InvalidError(msg, fields={name: ["invalid"]})

    @property
    def url(self) -> str:
        """The address of a picture to fetch, empty where none was sent; may raise InvalidError."""
        return self.text("url")


@contextmanager
def received(picture: str = PICTURE) -> Iterator[Received]:
    """Give what the current request brought; the files are gone when the block is left.

        with received() as brought:
            for file in brought.of("image"):
                services().images.keep(owner, file.path, filename=file.name)

    Reads `multipart/form-data` (files under any name), `application/x-www-form-urlencoded` and
    JSON. A text in the field `picture` is base64 or a data URI, and becomes a file too. The body
    goes to the data directory as it comes; only 64 KB of other fields are in memory.

    Nothing may have read the request's body before, `request.form` included: a check of CSRF
    tokens is done by `extensions.csrf.check`, which looks at the header, or is told the token.

    Raises InvalidError (`invalid_image` with `{"image": ["invalid_image"]}`, `invalid_json`,
    `invalid_form`), TooLargeError and StorageFullError. How large a single picture may be is for
    the service to say that keeps it.
    """
    _refuse_large()
    with services().uploads.files() as staged:
        staged.make_room(request.content_length or 0)
        with staged.filling(), _Files(staged) as files:
            fields = _read(files, picture)
        yield Received(tuple(files.arrivals), fields)


def _read(files: "_Files", picture: str) -> MultiDict[str, Any]:
    kind = request.mimetype
    if not request.content_length:
        return MultiDict()
    if kind == JSON or kind.endswith("+json"):
        return _json(files, picture)
    form = FormReader(files, picture)
    if kind == MULTIPART:
        form.multipart(request.stream, request.mimetype_params.get("boundary", ""))
    elif kind == FORM:
        form.urlencoded(request.stream)
    else:
        msg = f"Send the picture as {MULTIPART}, {FORM} or {JSON}."
        raise InvalidError(msg, code="unknown_content_type")
    return form.fields


def _json(files: "_Files", picture: str) -> MultiDict[str, Any]:
    values = JsonText(request.stream, picture, decoder := _Late(files, picture)).read()
    decoder.close()
    return MultiDict(list(values.items()))


def _refuse_large() -> None:
    """Raise TooLargeError for a body that is too long, before it is read."""
    most = int(current_app.config["MAX_CONTENT_LENGTH"])
    if request.mimetype != MULTIPART:  # holds one picture
        most = min(most, int(services().uploads.max_bytes * BASE64) + MOST_KEPT)
    if (request.content_length or 0) > most:
        msg = f"A request of this kind may have {most / 10**6:.3g} MB: send less at once."
        raise TooLargeError(msg)


class _Files:
    """Puts what comes into staged files, and notes which."""

    def __init__(self, staged: StagedFiles) -> None:
        self._staged = staged
        self._stack = ExitStack()
        self.arrivals: list[Arrival] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._stack.close()

    def file(self, field: str, name: str) -> BinaryIO:
        arrival = Arrival(self._staged.new(), name, field)
        self.arrivals.append(arrival)
        return self._stack.enter_context(arrival.path.open("xb"))

    def text(self, field: str) -> Base64File:
        return Base64File(self.file(field, ""))


class _Late:
    """A decoder whose file is made with the first piece of text."""

    def __init__(self, files: _Files, name: str) -> None:
        self._files = files
        self._name = name
        self._decoder: Base64File | None = None

    def write(self, text: bytes) -> None:
        self._decoder = self._decoder or self._files.text(self._name)
        self._decoder.write(text)

    def close(self) -> None:
        if self._decoder is not None:
            self._decoder.close()
