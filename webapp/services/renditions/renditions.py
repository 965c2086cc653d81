"""Renditions: an original at the size and in the format that somebody asks for."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from webapp.errors import GoneError, InvalidError
from webapp.imaging.formats import FORMATS, by_extension, negotiate
from webapp.imaging.presets import Preset, box
from webapp.imaging.recipe import Recipe
from webapp.services.pictures import Picture
from webapp.services.ports import Watermarks
from webapp.services.renditions.maker import Rendition, RenditionMaker, Served
from webapp.services.renditions.orders import RenditionOrders
from webapp.services.renditions.store import RenditionStore
from webapp.services.renditions.strategies import STRATEGIES, JustInTime

PIPELINE = "3"
"""Part of every key: raise it when the pipeline gives other pixels for the same request."""

LARGE, NO_PRESET = (4096, 3072), (400, 300)
WHOLE_QUALITY = 92


class Renditions:
    """Plans renditions, and sees to it that each is made when its strategy says."""

    def __init__(
        self,
        presets: Mapping[str, Preset],
        store: RenditionStore,
        maker: RenditionMaker,
        orders: RenditionOrders,
        watermarks: Watermarks,
    ) -> None:
        self.presets = presets
        self._store = store
        self._maker = maker
        self._orders = orders
        self._watermarks = watermarks

    def preset(self, name: str) -> Preset:
        """Return a preset; raises InvalidError that names the unknown one."""
        try:
            return self.presets[name]
        except KeyError:
            msg = f"There is no preset {name[:40]!r}. There are {', '.join(self.presets)}."
            raise InvalidError(msg, code="unknown_preset") from None

    def size(self, picture: Picture, name: str) -> tuple[int, int]:
        """Return the width and height of a picture's rendition."""
        return box(self.preset(name), picture.width, picture.height)

    def size_or_guess(self, picture: Picture | None, recipe: Recipe | None) -> tuple[int, int]:
        """Return the size that a rendition has; as of a large picture where there is none."""
        if recipe is None:
            return NO_PRESET
        width, height = LARGE if picture is None else (picture.width, picture.height)
        try:
            return recipe.result_size(width, height)
        except InvalidError:  # a crop beside the picture
            return NO_PRESET

    def plan(
        self, picture: Picture, recipe: Recipe, extension: str, accept: str, *, preset: str = ""
    ) -> Rendition:
        """Return what would be served; an empty extension leaves the format to `accept`.

        `preset` is the name that the recipe was asked for by. Raises InvalidError for a recipe
        that this picture can't have, GoneError for an expired one.
        """
        if recipe.expires is not None and recipe.expires <= time.time():
            msg = "This link has expired."
            raise GoneError(msg, code="expired")
        kind = _format(picture, recipe, extension, accept)
        settled = _whole(recipe).settled(focal=picture.focal, format=kind)
        marks = "".join(f"+{self._watermarks.digest(name)}" for name in settled.watermarks)
        key = f"rendition/{PIPELINE}/{picture.digest}/{settled.cache_key}{marks}"
        return Rendition(
            picture=picture,
            recipe=settled,
            format=kind,
            mime=FORMATS[kind].mime,
            size=recipe.result_size(picture.width, picture.height),
            key=key,
            etag=hashlib.sha256(key.encode()).hexdigest()[:24],
            is_negotiated=not extension and recipe.format is None,
            preset=preset,
        )

    def by_preset(self, picture: Picture, preset: str, extension: str) -> Rendition:
        """Return the plan of a preset in the format that an extension names."""
        recipe = self.preset(preset).recipe()
        return self.plan(picture, recipe, extension, "", preset=preset)

    def serve(self, rendition: Rendition) -> Served | None:
        """Return a rendition's bytes; None where they are made in the background.

        Raises as `RenditionMaker.make` does.
        """
        return self._strategy(rendition.preset).on_content_required(self, rendition)

    def ensure(self, rendition: Rendition) -> bool:
        """See to it that a rendition is there; return whether it had to be made."""
        return self._strategy(rendition.preset).on_existence_required(self, rendition)

    def source_saved(self, session: Session, image_id: int) -> list[int]:
        """Order what is made ahead of a picture that was kept, or looks different from now on.

        Belongs to the transaction that does so; returns the jobs to be sent after it.
        """
        wanted = [
            order
            for preset in self.presets.values()
            for order in STRATEGIES[preset.strategy].on_source_saved(preset.name)
        ]
        return self._orders.add(session, image_id, wanted)

    def source_deleted(self, session: Session, picture: Picture) -> None:
        """Take away a picture's renditions, in the transaction that takes it or its look away."""
        # Addresses with operations are made just in time, whatever the presets are.
        STRATEGIES["just_in_time"].on_source_deleted(self, session, picture)

    def send(self, job_ids: Sequence[int]) -> None:
        """Have the ordered work begin, after the commit."""
        self._orders.send(job_ids)

    def find(self, rendition: Rendition) -> Served | None:
        """Return a rendition that is there."""
        kept = self._store.get(rendition.key)
        return None if kept is None else Served(kept, "hit")

    def make(self, rendition: Rendition) -> Served:
        """Return a rendition, made now if it has to be."""
        return self._maker.make(rendition)

    def make_at_leisure(self, rendition: Rendition) -> bool:
        """Make a rendition well, unless it is there; return whether it was not."""
        if self._store.has(rendition.key):
            return False
        return self._maker.make(rendition, "background").source == "miss"

    def order(self, rendition: Rendition) -> None:
        """Have a worker make a rendition that goes by the name of a preset.

        Raises what kept it from being made a moment ago.
        """
        failure = self._store.failure(rendition.key)
        if failure is not None:
            raise failure
        if not self._store.order(rendition.key):
            return
        try:
            self._orders.place(rendition.picture, rendition.preset, rendition.format)
        except BaseException:
            self._store.end(rendition.key)
            raise

    def forget(self, session: Session, picture: Picture) -> None:
        """Delete every rendition of an original, in the caller's transaction."""
        self._store.forget(session, picture.digest)

    def _strategy(self, preset: str) -> JustInTime:
        known = self.presets.get(preset)
        return STRATEGIES["just_in_time" if known is None else known.strategy]


def _whole(recipe: Recipe) -> Recipe:
    """Return the recipe for an original: all of its pixels, and none of what a camera wrote."""
    if not recipe.is_original:
        return recipe
    return replace(recipe, is_original=False, quality=WHOLE_QUALITY)


def _format(picture: Picture, recipe: Recipe, extension: str, accept: str) -> str:
    """Return the format that extension, recipe or asker decide; two that differ are refused."""
    named = by_extension(extension).name if extension else recipe.format
    if named is None and recipe.is_original and picture.format in FORMATS:
        return picture.format
    if named is None:
        return negotiate(accept, alpha=recipe.leaves_alpha(before=picture.has_alpha))
    if recipe.format not in (None, named):
        msg = f"f_{recipe.format} and the extension .{extension} contradict each other."
        raise InvalidError(msg, code="invalid_ops")
    return named
