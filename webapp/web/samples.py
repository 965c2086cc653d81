"""Sample data for the page of patterns: every state that a component can be in, and no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from webapp.services.catalogue import ModelCaps, ModelChoice
from webapp.services.changes import Live
from webapp.services.composing.composer import ComposerView, Composition
from webapp.services.images.embeds import Embed
from webapp.services.images.lineage import Lineage, Relative
from webapp.services.library import AlbumView
from webapp.services.pictures import Picture
from webapp.services.prompts import PromptTemplate, Section, Variable
from webapp.web.crops import Crop
from webapp.web.edit_form import EditForm
from webapp.web.focal import FocalForm
from webapp.web.labels import Labels
from webapp.web.lineages import Drawing, drawn

GRADIENTS = (("f3b27a", "4b2a58"), ("9ad0d3", "0d3b4a"), ("f6d8b8", "b0413e"), ("cfd8e6", "35507a"))

SKY = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' "
    "preserveAspectRatio='none'%3E%3ClinearGradient id='g' x2='0' y2='1'%3E"
    "%3Cstop stop-color='%23{top}'/%3E%3Cstop offset='1' stop-color='%23{foot}'/%3E"
    "%3C/linearGradient%3E%3Crect width='100%25' height='100%25' fill='url(%23g)'/%3E%3C/svg%3E"
)

PROMPTS = (
    "Rowing boats moored on a still lake at dusk, burning clouds over the hills",
    "A tiny kite high in a summer sky",
    "Low-poly mountains above a frozen bay, morning light",
    "An empty pier in fog, black and white",
)

LANDSCAPE = PromptTemplate(
    slug="wide-landscape",
    title="Wide landscape",
    description="A calm view, wider than a screen",
    sections=(Section("", "A wide landscape of {subject}, {light}."),),
    variables=(
        Variable("subject", "What is in it", "a lake among hills", hint="a lake, an island"),
        Variable(
            "light", "Light", "at dusk", kind="choice", choices=("at dawn", "at noon", "at dusk")
        ),
        Variable("mood", "Mood", kind="long", hint="In your own words"),
    ),
    aspect_ratio="21:9",
    picture="img/templates/wide-landscape.webp",
)

SKETCH = ModelChoice(
    "sketch/painter",
    "sketch",
    ModelCaps(
        id="painter",
        title="Sketch",
        aspect_ratios=("1:1", "3:2", "2:3", "16:9", "9:16", "21:9"),
        sizes=("1K", "2K"),
        default_size="1K",
        seed="exact",
        negative_prompt=True,
        note="paints scenes from words, on this computer",
    ),
)
OTHER = ModelChoice(
    "other/fine",
    "other",
    ModelCaps(id="fine", title="Fine", aspect_ratios=("1:1",), sizes=("1K",), default_size="1K"),
)


def picture(index: int = 0, width: int = 1536, height: int = 1024) -> Picture:
    """Return a picture that is ready; its preview is all there is to see of it."""
    top, foot = GRADIENTS[index % len(GRADIENTS)]
    return Picture(
        id=f"sample{index}",
        key=index + 1,
        generation="samples",
        position=index,
        created=datetime.now(UTC) - timedelta(minutes=7 * index),
        seconds=8.4,
        prompt=PROMPTS[index % len(PROMPTS)],
        provider="sketch",
        model="Sketch",
        seed=2917340558,
        recognised=("lake", "dusk", "clouds"),
        width=width,
        height=height,
        format="png",
        bytes=3_140_000,
        preview=SKY.format(width=width, height=height, top=top, foot=foot),
    )


def waiting() -> Picture:
    """Return a picture that nobody has begun."""
    return replace(picture(11, 1024, 1024), state="pending", preview="")


def running() -> Picture:
    """Return a picture that is being made."""
    return replace(picture(12), state="pending", stage="Painting", progress=64)


def failed() -> Picture:
    """Return a picture that could not be made."""
    return replace(
        picture(13, 1024, 1280),
        state="failed",
        preview="",
        error_kind="blocked",
        error_message="The provider refused this prompt. Change its words, then try again.",
    )


def upload() -> Picture:
    """Return a picture that somebody brought."""
    return replace(
        picture(14, 1200, 1500), provider="", model="", prompt="", filename="holiday.jpg"
    )


def composer(*, with_template: bool = False, with_errors: bool = False) -> ComposerView:
    """Return a composer: as it comes, with a template, or sent with mistakes."""
    return ComposerView(
        values=Composition(
            prompt="" if with_errors else PROMPTS[0],
            count=4,
            template=LANDSCAPE.slug if with_template else None,
        ),
        models=(SKETCH, OTHER),
        model=SKETCH,
        template=LANDSCAPE if with_template else None,
        errors={"prompt": "Describe the image first."} if with_errors else {},
    )


def embed(*, is_visible: bool) -> Embed:
    """Return an embed code for a picture that strangers may see, or may not."""
    return Embed(
        width=640,
        crop="original",
        kind="html",
        code='<img src="https://easel.example/t/w640/sample0.webp" width="640" height="427" '
        'loading="lazy" alt="Rowing boats moored on a still lake at dusk">',
        url="https://easel.example/t/w640/sample0.webp",
        preview_url=picture().preview,
        size=(640, 427),
        bytes_estimate=41_000,
        is_visible=is_visible,
    )


def crops() -> tuple[Crop, ...]:
    """Return how a picture could be cut."""
    views = (("Square, avatar", "1:1", (400, 400)), ("Wide", "16:9", (320, 180)))
    return tuple(
        Crop(title=title, ratio=ratio, presets=("sample",), url=picture().preview, size=size)
        for title, ratio, size in views
    )


def focal(*, with_errors: bool = False) -> FocalForm:
    """Return the form of a focal point: as it comes, or sent with mistakes."""
    errors = {"left": "Give a number from 0 to 100."} if with_errors else {}
    return FocalForm(left="left" if with_errors else "30", top="60", mark=(30, 60), errors=errors)


def edit() -> EditForm:
    """Return the form of an edit, sent with a mistake."""
    return EditForm(
        picture=picture(1),
        texts={"left": "25", "top": "10", "width": "wide", "height": "80"},
        errors={"width": "Give a number from 0 to 100."},
    )


def family() -> Drawing | None:
    """Return the lineage of a picture: a parent that is gone, and children in every state."""
    here = picture()
    relatives = (
        Relative("gone0", -1, None, {}),
        Relative("sample14", -1, upload(), {}),
        Relative(here.id, 0, here, {"gone0": "reference", "sample14": "source"}),
        Relative("sample1", 1, picture(1), {here.id: "recipe"}),
        Relative("sample12", 1, running(), {here.id: "reference"}),
        Relative("sample13", 1, failed(), {here.id: "reference"}),
    )
    return drawn(Lineage(relatives, is_cut=True), here)


def labels() -> Labels:
    """Return the tags and albums of a picture, with what more it can get."""
    return Labels(
        tags=("blue hour", "lake"),
        albums={"sampleAAAA1": "Lakes and seas"},
        other_tags=("dawn",),
        other_albums={"sampleAAAA2": "For the blog"},
    )


def albums() -> tuple[AlbumView, ...]:
    """Return an album with a cover, and one that is empty."""
    when = picture().created
    lakes = AlbumView(
        id="sampleAAAA1",
        title="Lakes and seas",
        count=24,
        cover=picture(),
        created=when,
        updated=when,
    )
    return lakes, AlbumView(id="sampleAAAA2", title="For the blog", created=when, updated=when)


LIVE = Live(version=0, is_busy=False)
