"""Buildings: blocks with straight or slanting roofs, and grids of windows, exactly antialiased.

Everything keeps its true edges: a pixel that a wall or a window covers by a third takes a third of
its colour. So a skyline of 256 pixels shows the same windows as one of 2048.
"""

from dataclasses import dataclass

import numpy as np

from webapp.providers.sketch.arrays import F32, Array
from webapp.providers.sketch.frame import Frame
from webapp.providers.sketch.noise import Generator
from webapp.providers.sketch.picture import Picture


@dataclass(frozen=True, slots=True)
class Block:
    """An upright wall from x = `left` to `right`; its roof runs from `top` to `top_right`."""

    left: float
    right: float
    top: float
    foot: float
    top_right: float | None = None

    @property
    def width(self) -> float:
        """How wide the block is."""
        return self.right - self.left

    @property
    def highest(self) -> float:
        """The y of the roof's highest point."""
        return self.top if self.top_right is None else min(self.top, self.top_right)

    @property
    def below_roof(self) -> "Block":
        """The block without what rises above the lower end of a slanting roof."""
        eaves = self.top if self.top_right is None else max(self.top, self.top_right)
        return Block(self.left, self.right, eaves, self.foot)

    def part(self, start: float, end: float) -> "Block":
        """Return a flat-roofed slice of the block, from one share of its width to another."""
        return Block(
            self.left + start * self.width, self.left + end * self.width, self.highest, self.foot
        )


@dataclass(frozen=True, slots=True)
class Windows:
    """A grid of windows: `pitch` (across, down) from one to the next, and the share they fill."""

    pitch: tuple[float, float]
    lit: Array
    """How bright each window is, as (floors, columns)."""
    fill: tuple[float, float] = (0.62, 0.55)


def tower(rng: Generator, left: float, width: float, top: float, foot: float) -> list[Block]:
    """Return the blocks of one building: a slab, or one with setbacks, a spire or a roof."""
    body = Block(left, left + width, top, foot)
    middle = left + width / 2
    kind = rng.random()
    if kind < 0.16:
        stepped = _setbacks(body, rng)
        return [*stepped, *_spire(middle, stepped[-1].top, width * 0.10, 0.07)]
    if kind < 0.34:
        return _setbacks(body, rng)
    if kind < 0.44:
        slope = width * rng.uniform(0.25, 0.6) * rng.choice([-1, 1])
        return [Block(left, left + width, top + max(slope, 0), foot, top + max(-slope, 0))]
    if kind < 0.53:
        return [body, *_spire(middle, top, width * 0.5, width * rng.uniform(0.5, 0.9))]
    lift_room = Block(middle - width * 0.25, middle + width * 0.2, top - 0.012, top)
    return [body, lift_room] if kind < 0.66 else [body]


def paint_block(picture: Picture, block: Block, upper: Array, lower: Array) -> None:
    """Paint a block in linear colours from its roof to its foot."""
    frame = picture.frame
    rows, columns = _pixels(frame, block)
    x, y = frame.x[:, columns], frame.y[rows]
    sides = _share(x, block.left, block.right, frame.aspect / frame.width)
    end = block.top if block.top_right is None else block.top_right
    roof = block.top + (end - block.top) * (x - F32(block.left)) / F32(block.width)
    above = np.clip((y - roof) * frame.height + F32(0.5), 0, 1)
    below = np.clip((F32(block.foot) - y) * frame.height + F32(0.5), 0, 1)
    down = np.clip((y - F32(block.highest)) / F32(block.foot - block.highest), 0, 1) ** 1.5
    inks = [first + (last - first) * down for first, last in zip(upper, lower, strict=True)]
    picture.cover(above * below * sides, inks, rows, columns)


def paint_windows(picture: Picture, block: Block, windows: Windows, colour: Array) -> None:
    """Light the windows of a block in a linear colour."""
    frame = picture.frame
    rows, columns = _pixels(frame, block)
    floors, across = windows.lit.shape
    margin = (block.width - across * windows.pitch[0]) / 2
    sills = block.highest + windows.pitch[1] * (np.arange(floors) + 0.7)
    jambs = block.left + margin + windows.pitch[0] * (np.arange(across) + 0.2)
    heights = _share(frame.y[rows], sills, sills + windows.fill[1] * windows.pitch[1], frame.pixel)
    widths = _share(
        frame.x[:, columns].T,
        jambs,
        jambs + windows.fill[0] * windows.pitch[0],
        frame.aspect / frame.width,
    )
    light = (heights @ windows.lit.astype(F32)) @ widths.T
    picture.cover(np.minimum(light, 1), colour, rows, columns)


def window_count(block: Block, pitch: tuple[float, float]) -> tuple[int, int]:
    """Return how many (floors, columns) of windows fit on a block."""
    floors = int((block.foot - block.highest) / pitch[1] - 1.2)
    return max(0, floors), max(0, int(block.width / pitch[0] - 0.6))


def _setbacks(body: Block, rng: Generator) -> list[Block]:
    """Return a building that narrows towards its top in one or two steps."""
    step = rng.uniform(0.012, 0.035)
    blocks = [
        body,
        Block(body.part(0.18, 0.82).left, body.part(0.18, 0.82).right, body.top - step, body.foot),
    ]
    if rng.random() < 0.5:
        slim = body.part(0.34, 0.66)
        blocks.append(Block(slim.left, slim.right, body.top - 1.9 * step, body.foot))
    return blocks


def _spire(middle: float, foot: float, half_width: float, height: float) -> list[Block]:
    """Return a pointed roof or a mast as two slanting halves."""
    return [
        Block(middle - half_width, middle, foot, foot + 0.001, foot - height),
        Block(middle, middle + half_width, foot - height, foot + 0.001, foot),
    ]


def _pixels(frame: Frame, block: Block) -> tuple[slice, slice]:
    return frame.rows(block.highest, block.foot), frame.columns(block.left, block.right)


def _share(centres: Array, start: Array | float, end: Array | float, pixel: float) -> Array:
    """Return how much of each pixel lies between start and end, 0..1."""
    low = np.maximum(centres - F32(pixel / 2), start)
    high = np.minimum(centres + F32(pixel / 2), end)
    return np.asarray(np.clip((high - low) / pixel, 0, 1), F32)
