"""The two models on offer: one draws scenes from words, one turns pictures into another medium."""

from webapp.providers.base import ModelCaps, Parameter
from webapp.providers.base.capabilities import FREE
from webapp.providers.sketch.sizes import ASPECT_RATIOS, SIZES
from webapp.providers.sketch.vocabulary import FINISHES

ORIGINAL = "original"
"""The shape, or the size, that a picture has already."""

FINISH = Parameter(
    name="finish",
    label="Finish",
    default="watercolour",
    choices=tuple(FINISHES),
    hint="Words of the prompt such as “as an oil painting” win over it.",
)

SCENES = ModelCaps(
    id="sketch-1",
    title="Sketch",
    aspect_ratios=ASPECT_RATIOS,
    sizes=SIZES,
    default_size="1024",
    seed="exact",
    negative_prompt=True,
    max_references=3,
    edits=False,  # it takes their colours
    strength=True,
    prices=FREE,
    note="The built-in picture maker: procedural, not AI. It knows some 300 words for scenes, "
    "light, weather, colours and finishes, takes its palette from up to three pictures, needs no "
    "key and sends nothing anywhere.",
)
FINISHED = ModelCaps(
    id="sketch-finish",
    title="Sketch finish",
    aspect_ratios=(ORIGINAL,),
    sizes=("1024", "2048", ORIGINAL),
    default_size=ORIGINAL,
    seed="exact",
    max_references=1,
    needs_reference=True,
    prompt_is_optional=True,
    strength=True,
    mask=True,
    parameters=(FINISH,),
    prices=FREE,
    note="Turns any picture into a watercolour, an oil painting, low-poly, stained glass or a "
    "print; procedural, not AI. It understands words for finishes, light and colours.",
)
MODELS = (SCENES, FINISHED)
