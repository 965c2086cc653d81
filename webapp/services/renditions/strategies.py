"""Strategies: when the renditions of a preset are made.

Four events happen to renditions, and a strategy says what follows from each:

- *content required*: somebody asks for the bytes, by an address;
- *existence required*: a rendition shall be there, and nobody waits for its bytes;
- *source saved*: a picture was kept, or looks different from now on;
- *source deleted*: a picture, or the way it looked, is gone.

The names are those of django-imagekit's cache file strategies.
"""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from webapp.imaging.presets import StrategyName
from webapp.services.pictures import Picture
from webapp.services.renditions.maker import Rendition, Served

PAGES_FORMAT = "webp"
"""The format that pages ask for, made before they do."""


class Workshop(Protocol):
    """What strategies can have done."""

    def find(self, rendition: Rendition) -> Served | None:
        """Return a rendition that is there."""
        ...

    def make(self, rendition: Rendition) -> Served:
        """Return a rendition, made now if it has to be."""
        ...

    def make_at_leisure(self, rendition: Rendition) -> bool:
        """Make a rendition that nobody waits for, unless it is there; return whether it was not."""
        ...

    def order(self, rendition: Rendition) -> None:
        """Have a worker make a rendition."""
        ...

    def forget(self, session: Session, picture: Picture) -> None:
        """Delete all renditions of a picture."""
        ...


class JustInTime:
    """Make what is asked for when it is asked for."""

    def on_content_required(self, shop: Workshop, rendition: Rendition) -> Served | None:
        """Return the bytes; None says that they will come later."""
        return shop.make(rendition)

    def on_existence_required(self, shop: Workshop, rendition: Rendition) -> bool:
        """See to it that the rendition is there; return whether it had to be made."""
        return shop.make_at_leisure(rendition)

    def on_source_saved(self, preset: str) -> list[tuple[str, str]]:
        """Return what a worker shall make now: names of presets and extensions."""
        del preset
        return []

    def on_source_deleted(self, shop: Workshop, session: Session, picture: Picture) -> None:
        """Take away what was made, in the transaction that takes the picture."""
        shop.forget(session, picture)


class Optimistic(JustInTime):
    """Make it when the picture is kept, and trust that it is there; make it anew where it isn't."""

    def on_source_saved(self, preset: str) -> list[tuple[str, str]]:
        """Have it made in the format of the pages."""
        return [(preset, PAGES_FORMAT)]


class Background(JustInTime):
    """Never let anybody wait: a worker makes it once somebody has asked."""

    def on_content_required(self, shop: Workshop, rendition: Rendition) -> Served | None:
        """Return what is there; else have it made."""
        served = shop.find(rendition)
        if served is None:
            shop.order(rendition)
        return served


STRATEGIES: Mapping[StrategyName, JustInTime] = {
    "just_in_time": JustInTime(),
    "optimistic": Optimistic(),
    "background": Background(),
}
