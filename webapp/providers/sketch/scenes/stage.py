"""What a scene is: a horizon, and the stages that paint it in order."""

from collections.abc import Callable
from dataclasses import dataclass

from webapp.providers.sketch.picture import Picture


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

    def horizon_for(self, *, waterside: bool) -> float:
        """Return the horizon, with or without water in the foreground."""
        return self.waterside_horizon if waterside and self.waterside_horizon else self.horizon
