"""The text that A1111 keeps a recipe in, and that most other tools can read.

The prompt, a line that begins with `Negative prompt:`, and a last line of settings with commas
between: `Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, Model: dream`. Values
with commas, colons or quotes are JSON strings. Written as in AUTOMATIC1111's
`modules/infotext_utils.py` and `modules/processing.py`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.imaging.metadata.recipe import Recipe

_NEGATIVE = "Negative prompt:"
_LONGEST_LINE = 50_000
_ENOUGH = 3

# Bounded and without second thoughts, so that a hostile line takes no longer than an honest one.
_SETTING = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*+"|[^,]{0,2000}+)(?:,|$)')
_NEEDS_QUOTES = re.compile(r'[,:\n"]')
_SPELT = {"cfg scale": "CFG scale", "vae": "VAE"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What such a text says; the names of settings are in small letters."""

    prompt: str
    negative_prompt: str
    settings: Mapping[str, str]


def parse(text: str) -> Parameters | None:
    """Return what a text in A1111's form says, None for a text that has no settings."""
    lines = text.strip().splitlines()
    at = _line_of_settings(lines)
    if at is None:
        return None
    prompt, negative = _prompts(lines[:at])
    return Parameters(prompt, negative, _settings(lines[at]))


def written(recipe: Recipe, size: tuple[int, int], source_type: str) -> str:
    """Return a recipe as such a text; `size` is width and height in pixels.

    A1111 takes a last line for settings where it has three of them, so that there always are.
    """
    settings: dict[str, object] = dict(recipe.parameters)
    if recipe.seed is not None:
        settings["seed"] = recipe.seed
    settings.setdefault("size", f"{size[0]}x{size[1]}")
    settings.update({"model": recipe.model, "provider": recipe.provider})
    settings.update({"digital source type": source_type, "version": "Easel"})
    line = ", ".join(
        f"{_spelt(name)}: {_quoted(str(value))}" for name, value in settings.items() if value != ""
    )
    negative = f"{_NEGATIVE} {recipe.negative_prompt}" if recipe.negative_prompt else ""
    return "\n".join(part for part in (recipe.prompt, negative, line) if part)


def _line_of_settings(lines: list[str]) -> int | None:
    # Extensions put lines of their own behind it.
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].startswith("Steps: "):
            return at
    if lines and len(_settings(lines[-1])) >= _ENOUGH:
        return len(lines) - 1
    return None


def _prompts(lines: list[str]) -> tuple[str, str]:
    for at, line in enumerate(lines):
        if line.lstrip().startswith(_NEGATIVE):
            first = line.strip().removeprefix(_NEGATIVE)
            return "\n".join(lines[:at]), "\n".join([first.strip(), *lines[at + 1 :]])
    return "\n".join(lines), ""


def _settings(line: str) -> dict[str, str]:
    found = _SETTING.findall(line[:_LONGEST_LINE])
    return {name.strip().lower(): _unquoted(value.strip()) for name, value in found}


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value.strip('"')


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if _NEEDS_QUOTES.search(value) else value


def _spelt(name: str) -> str:
    # Others read a name of letters, digits, spaces, hyphens and slashes.
    plain = re.sub(r"[^\w \-/]", " ", name).strip()
    return _SPELT.get(plain, plain[:1].upper() + plain[1:])
