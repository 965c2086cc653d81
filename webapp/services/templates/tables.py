"""Tables that people bring: CSV in whatever dialect their spreadsheet writes."""

import csv
import io
from dataclasses import dataclass

from webapp.errors import InvalidError

LONGEST_TABLE = 1_000_000
LATIN = "This file is not UTF-8. It was read as Latin-1: look whether its accents are right."
SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows, each with the number that a spreadsheet shows beside it."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def decoded(data: bytes) -> tuple[str, str]:
    """Return a file's text, and a sentence where it had to be guessed how to read it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # as some spreadsheets call "Unicode text"
        return data.decode("utf-16", "replace"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("latin-1"), LATIN


def read_table(text: str) -> Table:
    """Return the table of a CSV text; raises InvalidError where it can't be read."""
    if len(text) > LONGEST_TABLE:
        msg = f"A table has at most {LONGEST_TABLE // 10**6} MB. Split it."
        raise InvalidError(msg)
    plain = text.removeprefix("\ufeff").replace("\0", "")
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=_separator(plain), strict=True)
    try:
        rows = list(enumerate(reader, 1))
    except csv.Error as error:
        msg = f"Line {reader.line_num} can't be read: {error}."
        raise InvalidError(msg) from None
    filled = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        msg = "The table is empty. Its first row names the columns."
        raise InvalidError(msg)
    (_, header), *body = filled
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    return Table(tuple(names), tuple((number, _fit(row, len(names))) for number, row in body))


def _separator(text: str) -> str:
    """Return what stands between the names of the columns; a comma where nothing does."""
    is_quoted = False
    found = dict.fromkeys(SEPARATORS, 0)
    for letter in text.lstrip("\r\n"):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter in "\r\n" and not is_quoted:
            break
        elif letter in found and not is_quoted:
            found[letter] += 1
    return max(SEPARATORS, key=found.__getitem__)


def _fit(row: list[str], width: int) -> tuple[str, ...]:
    """Return a row without the empty cells that spreadsheets leave beyond the last column."""
    end = len(row)
    while end > width and not row[end - 1].strip():
        end -= 1
    return tuple(row[:end])
