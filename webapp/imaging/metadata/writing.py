"""Write into a picture how it was made, for Easel, for other tools, and for whoever labels AI.

The pixels are not touched: parts of the file are put in or exchanged.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, replace

from webapp.imaging.metadata import jpeg, parameters_text, png, webp
from webapp.imaging.metadata.exif import turned_block, with_comment
from webapp.imaging.metadata.notes import Notes
from webapp.imaging.metadata.recipe import Recipe, bounded
from webapp.imaging.metadata.xmp import Statement, packet
from webapp.imaging.provenance import AI_GENERATED

PROCEDURAL = "algorithmicMedia"
"""The term for a picture that a program made by rules, without having been trained."""

COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
"""The term for a picture into which a model put something."""

ALTERED = "algorithmicallyEnhanced"
"""The term for a picture that a program altered by rules, with nothing new in it."""

# A segment of a JPEG holds 64 KB. The longest texts that always fit, in the worst of scripts.
_FITTING_PROMPT = 2_000


def write_recipe(data: bytes, recipe: Recipe, *, source_type: str = AI_GENERATED) -> bytes:
    """Return a PNG, JPEG or WebP with a recipe in it, its pixels byte for byte the same.

    `source_type` is the term of IPTC's vocabulary that labels the picture. Other formats are
    returned as they are. Raises CorruptImageError for a file that is broken, ValueError for what
    is no term.
    """
    recipe = bounded(recipe)
    if data.startswith(png.SIGNATURE):
        return _into_png(data, recipe, source_type)
    if data.startswith(jpeg.SIGNATURE):
        return _into_jpeg(data, recipe, source_type)
    return _into_webp(data, recipe, source_type) if webp.is_webp(data) else data


def recipe_json(recipe: Recipe) -> str:
    """Return a recipe as JSON, as the reader `easel` reads it; what is not known is left out."""
    told = {item.name: getattr(recipe, item.name) for item in fields(Recipe)}
    told["parameters"] = dict(recipe.parameters)
    known = {name: value for name, value in told.items() if value not in ("", None, {}, ())}
    return json.dumps({"version": 1, **known}, ensure_ascii=False, separators=(",", ":"))


def _into_png(data: bytes, recipe: Recipe, source_type: str) -> bytes:
    notes = png.notes(data)
    statement = Statement(source_type, recipe.prompt, orientation=notes.orientation)
    texts = {
        "parameters": parameters_text.written(recipe, png.size(data), source_type),
        "easel": recipe_json(recipe),
        png.XMP: packet(statement, notes.xmp).decode(),
    }
    return png.rewritten(data, texts)


def _into_jpeg(data: bytes, recipe: Recipe, source_type: str) -> bytes:
    notes, size = jpeg.notes(data), jpeg.size(data)
    exif = _first_that_fits(_exifs(notes, recipe, size, source_type), jpeg.MAX_EXIF)
    xmp = _first_that_fits(_packets(notes, recipe, source_type), jpeg.MAX_XMP)
    return jpeg.rewritten(data, exif, xmp)


def _into_webp(data: bytes, recipe: Recipe, source_type: str) -> bytes:
    notes = webp.notes(data)
    text = parameters_text.written(recipe, webp.size(data), source_type)
    statement = Statement(source_type, recipe.prompt, recipe_json(recipe), notes.orientation)
    return webp.rewritten(data, with_comment(notes.exif, text), packet(statement, notes.xmp))


def _first_that_fits(makers: Iterable[Callable[[], bytes]], room: int) -> bytes:
    made = b""
    for make in makers:
        made = make()
        if len(made) <= room:
            break
    return made


def _exifs(
    notes: Notes, recipe: Recipe, size: tuple[int, int], source_type: str
) -> Iterable[Callable[[], bytes]]:
    whole = parameters_text.written(recipe, size, source_type)
    short = parameters_text.written(_shortened(recipe), size, source_type)
    alone = turned_block(notes.orientation)
    yield lambda: with_comment(notes.exif, whole)
    yield lambda: with_comment(notes.exif, short)
    yield lambda: with_comment(alone, short)


def _packets(notes: Notes, recipe: Recipe, source_type: str) -> Iterable[Callable[[], bytes]]:
    short = _shortened(recipe)
    whole = Statement(source_type, recipe.prompt, recipe_json(recipe), notes.orientation)
    terse = replace(whole, description=short.prompt)
    yield lambda: packet(whole, notes.xmp)
    yield lambda: packet(terse, notes.xmp)
    yield lambda: packet(terse)
    yield lambda: packet(replace(terse, recipe=recipe_json(short)))


def _shortened(recipe: Recipe) -> Recipe:
    return replace(
        recipe,
        prompt=recipe.prompt[:_FITTING_PROMPT],
        negative_prompt=recipe.negative_prompt[:_FITTING_PROMPT],
        parameters={},
    )
