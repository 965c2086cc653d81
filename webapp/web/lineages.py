"""How the lineage of a picture is drawn: a row for each level, and lines between the pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from webapp.services.images.edits import PROVIDER
from webapp.services.images.lineage import Lineage, Relative
from webapp.services.pictures import Picture

WIDTH, HEIGHT = 6.5, 10.25
"""The room of one picture, in rem."""
TOP, FOOT, LOWER_FOOT = 0.25, 7.125, 8.625
"""Where lines end above it, and begin below its words, or below the link under them."""

ROLES = {
    "reference": "Made with a reference",
    "source": "Cropped or turned from",
    "recipe": "Made by the recipe of",
}
SHORT_ROLES = {"reference": "From reference", "source": "Crop", "recipe": "Recipe again"}
"""How a picture was made from its parents, as a sentence and as a caption."""

DONE = {"crop": "Crop", "turn": "Turned", "mirror": "Mirrored", "flip": "Mirrored"}
HERE, BEFORE, AFTER = "This picture", "Made from", "Became"


@dataclass(frozen=True, slots=True)
class Node:
    """A picture of the graph; None where it was deleted for good.

    `word` says what it is, `made` are sentences on how it was made from each of its parents.
    """

    id: str
    picture: Picture | None
    is_here: bool
    word: str
    made: tuple[str, ...]

    @property
    def can_repeat(self) -> bool:
        """Whether there is a recipe to run again."""
        picture = self.picture
        if picture is None or picture.deleted is not None:
            return False
        return bool(picture.prompt) or picture.provider not in {"", PROVIDER}


@dataclass(frozen=True, slots=True)
class Row:
    """The pictures of one level, and what the level is called."""

    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The rows from the oldest on; width and height in rem, lines as paths of an SVG."""

    rows: tuple[Row, ...]
    lines: tuple[str, ...]
    width: float
    height: float
    is_cut: bool


def drawn(lineage: Lineage, here: Picture) -> Drawing | None:
    """Return how to draw a lineage, None where there is nothing but the picture itself."""
    if not lineage:
        return None
    levels = [list(level) for level in lineage.levels]
    _untangle(levels)
    widest = max(map(len, levels))
    titles = {item.id: item.picture.title for item in lineage.relatives if item.picture}
    places = {
        item.id: ((place + 0.5 + (widest - len(level)) / 2) * WIDTH, row * HEIGHT)
        for row, level in enumerate(levels)
        for place, item in enumerate(level)
    }
    rows = tuple(
        Row(_title(level[0].level), tuple(_node(item, here, titles) for item in level))
        for level in levels
    )
    long = {node.id for row in rows for node in row.nodes if node.can_repeat}
    return Drawing(
        rows=rows,
        lines=tuple(
            _line(places[parent], places[item.id], LOWER_FOOT if parent in long else FOOT)
            for item in lineage.relatives
            for parent in item.parents
            if parent in places and places[parent][1] < places[item.id][1]
        ),
        width=widest * WIDTH,
        height=len(levels) * HEIGHT,
        is_cut=lineage.is_cut,
    )


def _untangle(levels: list[list[Relative]]) -> None:
    """Order each level as its parents stand, from the oldest on: fewer lines cross."""
    for above, level in pairwise(levels):
        places = {item.id: place for place, item in enumerate(above)}
        middles = {item.id: _middle(item.parents, places) for item in level}
        level.sort(key=lambda item, middles=middles: middles[item.id])  # type: ignore[misc]


def _middle(parents: Iterable[str], places: dict[str, int]) -> float:
    known = [places[uid] for uid in parents if uid in places]
    return sum(known) / len(known) if known else float("inf")


def _title(level: int) -> str:
    words = BEFORE if level < 0 else AFTER if level > 0 else HERE
    return words if abs(level) < 2 else f"{words}, {abs(level)} steps away"


def _node(item: Relative, here: Picture, titles: dict[str, str]) -> Node:
    made = tuple(
        f"{ROLES.get(role, role)}: {titles.get(uid, 'a deleted picture')}"
        for uid, role in item.parents.items()
    )
    is_here = item.id == here.id
    return Node(item.id, item.picture, is_here, "This one" if is_here else _word(item), made)


def _word(item: Relative) -> str:
    """Return what a picture is to those it was made from, or what is wrong with it."""
    if item.picture is None:
        return "Deleted"
    if item.picture.deleted is not None:
        return "In the trash"
    if not item.picture.is_ready:
        return "Being made" if item.picture.is_pending else "No picture"
    done = item.picture.parameters
    words = [
        word for name, word in DONE.items() if name in done and "source" in item.parents.values()
    ]
    words += [done["finish"].capitalize()] if "finish" in done else []
    words += [SHORT_ROLES.get(role, role) for role in dict.fromkeys(item.parents.values())]
    return words[0] if words else "Upload" if item.picture.is_upload else "Start"


def _line(parent: tuple[float, float], child: tuple[float, float], foot: float) -> str:
    """Return a path from below a parent to above a child."""
    x, y = parent[0], parent[1] + foot
    to_x, to_y = child[0], child[1] + TOP
    bend = (y + to_y) / 2
    return f"M{x:g} {y:g}C{x:g} {bend:g} {to_x:g} {bend:g} {to_x:g} {to_y:g}"
