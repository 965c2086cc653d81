"""What somebody looks for among their pictures, read from the query of an address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self
from urllib.parse import parse_qsl

from webapp.errors import InvalidError
from webapp.models import is_public_id
from webapp.models.image import STATES, VISIBILITIES
from webapp.services.library.tags import normal_tag
from webapp.services.requests import clean

LONGEST_QUERY, MOST_WORDS = 500, 10
LONGEST_FILTER = 4000
EVERYTHING = "all=1"
NOTHING_NAMED = (
    f"A query names a filter, such as q=lake. For all of the pictures send {EVERYTHING}."
)
YES, NO = ("1", "true", "yes"), ("", "0", "false", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions that all must hold; what is empty asks for nothing.

    Each of the words in `q` stands in the prompt or in the file's name, in any case. `album` is an
    id. Without `trash`, what is in the trash is left out; with it, all else is.
    """

    q: str = ""
    album: str = ""
    tag: str = ""
    state: str = ""
    visibility: str = ""
    trash: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words of `q`, each once."""
        return tuple(dict.fromkeys(self.q.split()))

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Return the filter that some values describe.

        Raises InvalidError for a value that can't be, and for a name that there is not: a slip of
        the pen must not choose all pictures.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                msg = f"There is no filter {name[:40]!r}. There are {', '.join(known)}."
                raise _wrong(msg)
        tag = values.get("tag", "")
        return cls(
            q=_words(values.get("q", "")),
            album=_album(values.get("album", "")),
            tag=normal_tag(tag, "tag") if tag else "",
            state=_one_of("state", values.get("state", ""), STATES),
            visibility=_one_of("visibility", values.get("visibility", ""), VISIBILITIES),
            trash=_yes("trash", values.get("trash", "")),
        )

    @classmethod
    def parse(cls, query: str) -> Self:
        """Return the filter of a query such as `q=lake&tag=sea`; `all=1` asks for everything.

        Raises InvalidError as `of` does, and for a query that asks for nothing.
        """
        if len(query) > LONGEST_FILTER:
            msg = f"A query has at most {LONGEST_FILTER:,} characters."
            raise _wrong(msg)
        text = query.removeprefix("?")
        if text == EVERYTHING:
            return cls()
        if not text:
            raise _wrong(NOTHING_NAMED)
        try:
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        except ValueError:
            msg = "A query looks like q=lake&tag=sea."
            raise _wrong(msg) from None
        if len(dict(pairs)) < len(pairs):
            msg = "A query names each of its filters once."
            raise _wrong(msg)
        wanted = cls.of(dict(pairs))
        if wanted == cls():
            raise _wrong(NOTHING_NAMED)
        return wanted


def _words(text: str) -> str:
    words = clean(text[: 2 * LONGEST_QUERY])
    if len(words) > LONGEST_QUERY or len(words.split()) > MOST_WORDS:
        msg = f"Search for at most {MOST_WORDS} words and {LONGEST_QUERY} characters."
        raise _wrong(msg, name="q")
    return words


def _album(text: str) -> str:
    if text and not is_public_id(text):
        msg = "There is no such album."
        raise _wrong(msg, name="album")
    return text


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text and text not in known:
        msg = f"This is one of {', '.join(known)}."
        raise _wrong(msg, name)
    return text


def _yes(name: str, text: str) -> bool:
    if text.lower() not in (*YES, *NO):
        msg = "This is 1 or 0."
        raise _wrong(msg, name)
    return text.lower() in YES


def _wrong(sentence: str, name: str = "query") -> InvalidError:
    return InvalidError(sentence, fields={name: [sentence]})
