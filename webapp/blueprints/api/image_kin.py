"""What hangs on an image: its lineage, and its renditions in sets."""

from pydantic import Field

from webapp.blueprints.api.images import blueprint
from webapp.errors import InvalidError
from webapp.services.images.lineage import Relative
from webapp.web.addresses import absolute
from webapp.web.api import READ, Asking, Reply, Told, operation
from webapp.web.current import services, signed_in
from webapp.web.thumbs import size_in, thumb

SETS = {
    "thumbnails": ("small", "medium", "large"),
    "crops": ("square", "og", "avatar"),
    "ladder": ("w160", "w320", "w480", "w640", "w960", "w1280", "w1920"),
}


class SizesAsked(Asking):
    """Which renditions are wanted."""

    set: str = Field(
        default="",
        description="`thumbnails`, `crops` or `ladder`, or names of presets with commas between "
        "them; all of them where nothing is said.",
    )


class Size(Told):
    """A rendition."""

    preset: str
    url: str
    width: int
    height: int


class SizesTold(Told):
    """Renditions of an image: by name as in the image itself, and with their sizes."""

    id: str
    sizes: dict[str, str]
    items: list[Size]
    srcset: str = Field(description="For an `img` element; equal widths stand once.")


class Relation(Told):
    """An image of a lineage; `level` is below 0 for what the image came from."""

    id: str
    level: int
    parents: dict[str, str] = Field(
        description="What its parents in the lineage were to it: `reference`, `source` or `recipe`."
    )
    is_purged: bool = Field(description="Whether it was deleted for good.")
    state: str | None
    title: str | None
    image: str | None = Field(description="Where it is shown, as the API tells it.")


class LineageTold(Told):
    """What an image was made from, and what was made from it."""

    id: str
    items: list[Relation]
    is_cut: bool = Field(description="Whether the lineage goes on beyond what is shown.")


@blueprint.get("/<uid>/sizes")
@operation(READ, {200: SizesTold}, refuses=(410,))
def sizes(uid: str, query: SizesAsked) -> Reply:
    """List the addresses of an image's renditions."""
    picture = services().images.own_image(uid, signed_in())
    items = []
    for preset in _presets(query.set):
        width, height = size_in(picture, preset)
        url = thumb(picture, preset, external=True)
        items.append(Size(preset=preset, url=url, width=width, height=height))
    by_width = {item.width: item for item in reversed(items)}
    return SizesTold(
        id=picture.id,
        sizes={item.preset: item.url for item in items},
        items=items,
        srcset=", ".join(f"{by_width[width].url} {width}w" for width in sorted(by_width)),
    )


@blueprint.get("/<uid>/lineage")
@operation(READ, {200: LineageTold}, refuses=(410,))
def lineage(uid: str) -> Reply:
    """Show what an image was made from, and what was made from it, oldest first."""
    picture = services().images.own_image(uid, signed_in())
    found = services().lineage.of(picture)
    ordered = (relative for level in found.levels for relative in level)
    return LineageTold(id=picture.id, items=list(map(_relation, ordered)), is_cut=found.is_cut)


def _presets(wanted: str) -> tuple[str, ...]:
    known = tuple(services().renditions.presets)
    if not wanted.strip():
        return known
    chosen = SETS.get(wanted.strip()) or tuple(
        dict.fromkeys(name.strip() for name in wanted.split(","))
    )
    unknown = [name for name in chosen if name not in known]
    if unknown:
        msg = (
            f"There is no set and no preset {unknown[0][:40]!r}. Sets are {', '.join(SETS)}; "
            f"presets are {', '.join(known)}."
        )
        raise InvalidError(msg, code="unknown_preset", fields={"set": [msg]})
    return chosen


def _relation(relative: Relative) -> Relation:
    picture = relative.picture
    return Relation(
        id=relative.id,
        level=relative.level,
        parents=dict(relative.parents),
        is_purged=picture is None,
        state=None if picture is None else picture.state,
        title=None if picture is None else picture.title,
        image=None if picture is None else absolute("api.images.show", uid=relative.id),
    )
