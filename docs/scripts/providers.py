"""Write the tables of docs/providers.md: `python docs/scripts/providers.py`.

The models come from the tables that the providers themselves read, the faults from the matrices
that their tests drive. A test compares the page, so that it can't fall behind. Whatever
stands outside the marked places is written by hand.
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.providers.a1111.faults import FAULTS as A1111  # noqa: E402  # the path comes first
from tests.providers.gemini.faults import GROUPS, Fault  # noqa: E402
from tests.providers.openai.faults import FAULTS as OPENAI  # noqa: E402
from webapp.providers.base import ModelCaps, ProviderErrorKind, Setup  # noqa: E402
from webapp.providers.base.patience import RETRIED  # noqa: E402
from webapp.providers.gemini.catalogue import THINKING, catalogue  # noqa: E402
from webapp.providers.openai.catalogue import Card, known_cards  # noqa: E402
from webapp.services.failures import failure  # noqa: E402

PAGE = ROOT / "docs" / "providers.md"
MARK = "<!-- {edge} {name} (docs/scripts/providers.py) -->"


class Plain(Protocol):
    """A fault of a matrix that has no sentences: they name the server."""

    @property
    def name(self) -> str:
        """What happens."""

    @property
    def kind(self) -> ProviderErrorKind:
        """What it counts as."""

    @property
    def may_have_cost(self) -> bool:
        """Whether the picture may have been charged."""


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


def page(text: str) -> str:
    """Return the text of the page with its tables written anew."""
    for name, table in TABLES.items():
        begin, end = (MARK.format(edge=edge, name=name) for edge in ("begin", "end"))
        between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        written = f"{begin}\n\n{table()}\n\n{end}"
        text = between.sub(lambda _, written=written: written, text)
    return text


def gemini_models() -> str:
    """Return the models that are not shut down, whenever this is run."""
    lines = [
        "| model | name | sizes and prices | ratios | references | thinking |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_model(caps) for caps in _models() if caps.shutdown is None)])


def gemini_gone() -> str:
    """Return the models that are shut down, or will be."""
    return _gone(_models())


def gemini_faults() -> str:
    """Return a table for each group of faults."""
    return "\n\n".join(f"**{title}**\n\n{_faults(faults)}" for title, faults in GROUPS.items())


def openai_models() -> str:
    """Return OpenAI's models that are not shut down, whenever this is run."""
    lines = [
        "| model | name | sizes | ratios | references | quality | a million tokens |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = (_card(card) for card in known_cards() if card.caps.shutdown is None)
    return "\n".join([*lines, *rows])


def openai_gone() -> str:
    """Return OpenAI's models that are shut down, or will be."""
    return _gone([card.caps for card in known_cards()])


def openai_faults() -> str:
    """Return the faults of servers like OpenAI's."""
    head = "| what happens | kind | what it means | asked again | may cost |\n|---|---|---|---|---|"
    rows = (f"{_plain(fault)} {_yes(fault.may_have_cost)} |" for fault in OPENAI)
    return "\n".join([head, *rows])


def a1111_faults() -> str:
    """Return the faults of servers like AUTOMATIC1111's, of which nothing costs."""
    head = "| what happens | kind | what it means | asked again |\n|---|---|---|---|"
    return "\n".join([head, *map(_plain, A1111)])


def _models() -> list[ModelCaps]:
    return list(catalogue(Setup("gemini", {})).models.values())


def _model(caps: ModelCaps) -> str:
    prices = ", ".join(f"{size} ${_dollars(caps.price(size))}" for size in caps.sizes)
    levels = [item.choices for item in caps.parameters if item.name == THINKING]
    thinking = ", ".join(levels[0]) if levels else "its own choice"
    ratios = ", ".join(caps.aspect_ratios)
    cells = (f"`{caps.id}`", caps.title, prices, ratios, str(caps.max_references), thinking)
    return f"| {' | '.join(cells)} |"


def _card(card: Card) -> str:
    caps = card.caps
    qualities = [item.choices for item in caps.parameters if item.name == "quality"]
    prices = ", ".join(f"{name} ${price:g}" for name, price in card.tokens.items())
    cells = (
        f"`{caps.id}`",
        caps.title,
        ", ".join(caps.sizes),
        ", ".join(caps.aspect_ratios),
        str(caps.max_references),
        ", ".join(qualities[0]) if qualities else "none",
        prices or "not known",
    )
    return f"| {' | '.join(cells)} |"


def _gone(models: Sequence[ModelCaps]) -> str:
    lines = ["| model | shut down | use |", "|---|---|---|"]
    rows = [
        f"| `{caps.id}` | {caps.shutdown:%Y-%m-%d} | `{caps.successor}` |"
        for caps in models
        if caps.shutdown
    ]
    return "\n".join([*lines, *rows])


def _dollars(micros: int | None) -> str:
    return "?" if micros is None else f"{micros / 1_000_000:.4f}".rstrip("0")


def _faults(faults: tuple[Fault, ...]) -> str:
    lines = [
        "| what happens | kind | what Easel says | asked again | may cost |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *map(_fault, faults)])


def _fault(fault: Fault) -> str:
    asked = "yes" if fault.is_repeated else "no"
    cost = "yes" if fault.may_have_cost else "no"
    sentence = fault.sentence.replace("0.5 seconds", "180 seconds")
    return f"| {fault.name} | `{fault.kind}` | {sentence} | {asked} | {cost} |"


def _plain(fault: Plain) -> str:
    """Return a fault whose sentence names the server, by what its kind means."""
    is_repeated = fault.kind in RETRIED and not fault.may_have_cost
    return f"| {fault.name} | `{fault.kind}` | {failure(fault.kind).title} | {_yes(is_repeated)} |"


def _yes(answer: bool) -> str:  # noqa: FBT001  # a cell of a table
    return "yes" if answer else "no"


TABLES: dict[str, Callable[[], str]] = {
    "gemini models": gemini_models,
    "gemini gone": gemini_gone,
    "gemini faults": gemini_faults,
    "openai models": openai_models,
    "openai gone": openai_gone,
    "openai faults": openai_faults,
    "a1111 faults": a1111_faults,
}

if __name__ == "__main__":
    main()
