"""Settings from the environment: frozen, typed, with all mistakes reported together."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from webapp.errors import SettingsError

PREFIX = "EASEL_"
DATA_DIR = Path("instance")
SECTION_MARK = "__"
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
FALLBACKS = {"EASEL_GEMINI__API_KEY": ("GEMINI_API_KEY", "GOOGLE_API_KEY")}
"""Names that other tools have made common, taken where ours is not set."""


def parse_count(text: str) -> int:
    """Return a whole number of at least 1."""
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
        msg = "a whole number from 1"
        raise ValueError(msg)
    return int(text)


def parse_natural(text: str) -> int:
    """Return a whole number of at least 0."""
    return 0 if text == "0" else parse_count(text)


def parse_port(text: str) -> int:
    """Return a TCP port, 0 for any free one."""
    if not re.fullmatch(r"\d{1,5}", text) or int(text) > 65535:
        msg = "a port from 0 to 65535"
        raise ValueError(msg)
    return int(text)


def parse_bytes(text: str) -> int:
    """Return a number of bytes written as `52428800`, `50 MB` or `2 GiB`."""
    match = re.fullmatch(r"(\d{1,15})\s*([kmg]i?)?b?", text.strip().lower())
    if match is None or int(match[1]) < 1:
        msg = "a number of bytes such as 52428800, 50MB or 2GiB"
        raise ValueError(msg)
    return int(match[1]) * UNITS[match[2] or ""]


def parse_folder(text: str) -> Path:
    """Return the absolute path of a folder."""
    if not Path(text).is_absolute():
        msg = "an absolute path"
        raise ValueError(msg)
    return Path(text)


def parse_list(text: str) -> tuple[str, ...]:
    """Return the parts between commas, without blanks."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return the hosts between commas in lower case, each perhaps with a port."""
    hosts = parse_list(text.lower())
    if not all(re.fullmatch(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", host) for host in hosts):
        msg = "hosts such as hooks.lan or 192.168.1.9:8080, separated by commas"
        raise ValueError(msg)
    return hosts


def parse_rate(text: str) -> str:
    """Return how often something may happen, such as `1200 per minute`; empty for `off`."""
    if text.lower() in ("0", "off"):
        return ""
    match = re.fullmatch(r"([1-9]\d{0,8}) ?(?:per|/) ?(second|minute|hour|day)", text.lower())
    if match is None:
        msg = "a rate such as `1200 per minute`, per second, hour or day, or `off`"
        raise ValueError(msg)
    return f"{match[1]} per {match[2]}"


def parse_name(text: str) -> str:
    """Return a lower-case name."""
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", text):
        msg = "a name of lower-case letters and digits"
        raise ValueError(msg)
    return text


def url_of(*schemes: str) -> Callable[[str], str]:
    """Return a parser for URLs of some schemes."""

    def parse(text: str) -> str:
        if _scheme(text) not in schemes:
            msg = "a URL that starts with " + " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(msg)
        return text.rstrip("/") if schemes == ("http", "https") else text

    return parse


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:  # brackets that hold no address, for example
        return ""


def setting(default: Any, parse: Callable[[str], Any], text: str) -> Any:
    """Declare a setting: its default, how its text is read, and what it means."""
    return field(default=default, metadata={"parse": parse, "help": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this Easel is set up. The field `max_pixels` is `EASEL_MAX_PIXELS` in the environment."""

    data_dir: Path = setting(DATA_DIR, Path, "Where Easel keeps everything.")
    host: str = setting("127.0.0.1", str, "The address to listen on.")
    port: int = setting(8000, parse_port, "The port to listen on; 0 takes a free one.")
    threads: int = setting(8, parse_count, "Threads that answer requests.")
    base_url: str = setting("", url_of("http", "https"), "Where others reach this Easel.")
    trusted_hosts: tuple[str, ...] = setting(
        (), parse_list, "Host names to answer to, beside the loopback names and the base URL's."
    )
    trusted_proxies: int = setting(0, parse_natural, "How many proxies stand in front.")
    nginx_dir: Path | None = setting(
        None, parse_folder, "A folder that nginx may read, for public thumbnails as files."
    )
    secret_key: str = setting("", str, "Signs sessions; made at first start.")
    signing_keys: tuple[str, ...] = setting(
        (), parse_list, "Sign thumbnail URLs: the first signs, all verify; made at first start."
    )
    database_url: str = setting(
        "", url_of("sqlite", "postgresql", "postgresql+psycopg"), "Another database than SQLite."
    )
    cache_url: str = setting("", url_of("redis", "rediss"), "Another cache than files.")
    cache_max_bytes: int = setting(2 * 2**30, parse_bytes, "How large the cache of files may grow.")
    queue_url: str = setting(
        "",
        url_of("redis", "rediss", "postgresql", "postgresql+psycopg"),
        "Another queue than the embedded one; then `easel worker` does the work.",
    )
    workers: int = setting(2, parse_count, "Pictures that are made at the same time.")
    storage_url: str = setting(
        "", url_of("s3", "gs", "az", "file"), "Another store for originals than files."
    )
    provider: str = setting("", parse_name, "The provider that the create form starts with.")
    api_rate: str = setting(
        "1200 per minute", parse_rate, "How often a token, person or address may ask the API."
    )
    upload_rate: str = setting(
        "300 per minute", parse_rate, "How often one of them may upload by the API."
    )
    max_upload_bytes: int = setting(50_000_000, parse_bytes, "The largest upload.")
    max_pixels: int = setting(100_000_000, parse_count, "The most pixels that are ever decoded.")
    webhook_hosts: tuple[str, ...] = setting(
        (), parse_hosts, "Hosts in private networks that webhooks may tell."
    )
    presets: str = setting("", str, "More presets for thumbnail URLs, as JSON.")
    models: str = setting("", str, "More models, and other prices for known ones, as JSON.")
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def section(self, name: str) -> Mapping[str, str]:
        """Return the settings of a provider: `EASEL_GEMINI__API_KEY` is `api_key` of `gemini`."""
        return self.sections.get(name, {})

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings that an environment describes.

        Raises SettingsError with one line for every mistake.
        """
        mistakes: list[str] = []
        texts = _texts(environ, mistakes)
        values: dict[str, Any] = {}
        for item in fields(cls):
            name = PREFIX + item.name.upper()
            if name in texts and item.name != "sections":
                try:
                    values[item.name] = item.metadata["parse"](texts[name])
                except ValueError as error:
                    mistakes.append(f"{name} must be {error}.")
        if mistakes:
            raise SettingsError("\n".join(["The settings can't be used:", *sorted(mistakes)]))
        return cls(**values, sections=_sections(texts))


def _texts(environ: Mapping[str, str], mistakes: list[str]) -> dict[str, str]:
    """Return the texts of our names, with `_FILE` names read from their files."""
    texts = {
        name: value.strip()
        for name, value in environ.items()
        if name.startswith(PREFIX) and value.strip() and not name.endswith("_FILE")
    }
    for name, path in environ.items():
        if name.startswith(PREFIX) and name.endswith("_FILE") and path.strip():
            try:
                texts[name.removesuffix("_FILE")] = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                mistakes.append(f"{name} must name a file that can be read; {path!r} can't.")
    for name, others in FALLBACKS.items():
        found = [environ[other].strip() for other in others if environ.get(other, "").strip()]
        if found:
            texts.setdefault(name, found[0])
    return texts


def _sections(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    for name, value in texts.items():
        section, mark, key = name.removeprefix(PREFIX).lower().partition(SECTION_MARK)
        if mark:
            sections.setdefault(section, {})[key] = value
    return sections
