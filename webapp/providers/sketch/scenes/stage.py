"""What a scene is: a horizon, and the stages that paint it in order."""

from collections.abc import Callable
from dataclasses import dataclass

from webapp.providers.sketch.picture import Picture
from webapp.providers.sketch.words import Reading, stable_number


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a painting, with the word that a person waiting for it reads."""

    title: str
    paint: Callable[[Picture], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """How to paint a scene. `horizon` is in picture heights from the top."""

    horizon: float
    stages: tuple[Stage, ...]
    waterside_horizon: float | None = None
    """Where the horizon lies when water is asked for, if elsewhere."""
    sway: float = 0.0
    """How far the horizon moves up or down from picture to picture."""

    def horizon_for(self, reading: Reading, seed: int) -> float:
        """Return the horizon of one picture."""
        low = self.waterside_horizon if reading.wants("water") else None
        share = stable_number("horizon", reading.scene, reading.salt, seed) / 2**64
        return (low or self.horizon) + self.sway * (2 * share - 1)
