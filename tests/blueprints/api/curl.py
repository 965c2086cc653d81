"""Reads the `curl` lines of a page of documentation, and sends what they would send."""

import re
import shlex
from pathlib import Path

from webapp.providers.plain import png

QUIET = {"-s", "-S", "-sS", "-f", "-i", "-L", "-g", "--fail", "--silent", "--location"}
IGNORED = {"-o", "--output", "-w", "-c", "-b"}
PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


def curls(commands):
    """Return the lines that call curl, each as one line."""
    joined = re.sub(r"\\\n\s*", " ", commands)
    return [line.removeprefix("$ ") for line in joined.splitlines() if "$ curl" in line]


def files(commands, folder):
    """Write the files that lines such as `printf 'a,b\n' > table.csv` make."""
    for text, name in re.findall(r"printf '(.*)' > (\S+)", commands):
        (folder / name).write_text(text.replace("\\n", "\n"), "utf-8")


class Request:
    """What a line sends."""

    def __init__(self, line: str, folder: Path) -> None:
        self.method, self.path = "", ""
        self.headers: dict[str, str] = {}
        self.data: object = None
        self._folder = folder
        self._form: dict[str, list[object]] = {}
        words = shlex.split(line.replace("$EASEL", "").replace('"$AUTH"', "auth"))[1:]
        while words and words[0] not in ("|", ">"):
            self._take(words.pop(0), words)
        if self._form:
            self.data = self._form
        self.method = self.method or ("GET" if self.data is None else "POST")

    def _take(self, word: str, words: list[str]) -> None:
        if not word.startswith("-"):
            self.path = word
        elif word not in QUIET:
            value = words.pop(0)
            self._readers()[word](word, value)

    def _readers(self):
        readers = dict.fromkeys(IGNORED, lambda _word, _value: None)
        readers |= dict.fromkeys(("-X", "--request"), self._method)
        readers |= dict.fromkeys(("-H", "--header"), self._header)
        readers |= dict.fromkeys(("--json", "-d", "--data", "--data-binary"), self._body)
        return readers | dict.fromkeys(("-F", "--form"), self._field)

    def _method(self, _word: str, value: str) -> None:
        self.method = value

    def _header(self, _word: str, value: str) -> None:
        name, mark, text = value.partition(": ")
        self.headers |= {name: text} if mark else {}

    def _field(self, _word: str, value: str) -> None:
        name, _, part = value.partition("=")
        self._form.setdefault(name, []).append(self._part(part))

    def _body(self, kind: str, value: str) -> None:
        is_file = value.startswith("@")
        self.data = self._file(value[1:]).read_bytes() if is_file else value
        types = {"--json": "application/json", "--data-binary": None}
        default = types.get(kind, "application/x-www-form-urlencoded")
        if default and "Content-Type" not in self.headers:
            self.headers["Content-Type"] = default

    def _part(self, value: str) -> object:
        if not value.startswith("@"):
            return value
        name, _, kind = value[1:].partition(";type=")
        return (self._file(name).open("rb"), name, kind or None)

    def _file(self, name: str) -> Path:
        """Return a file; a picture that no line has made is made now."""
        path = self._folder / Path(name).name
        if not path.exists() and path.suffix in PICTURES:
            path.write_bytes(png(320, 240, name.encode()))
        return path
