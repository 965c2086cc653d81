"""Draw the sample picture of every starter template: `python docs/scripts/template_pictures.py`.

The prompts are the templates' own, with their defaults; the seeds were chosen by eye.
"""

from pathlib import Path

from webapp.imaging.pipeline import Output, render
from webapp.imaging.presets import Preset
from webapp.providers.base import ImageRequest
from webapp.providers.sketch import SketchProvider
from webapp.services.prompts import STARTERS, fill, starters

FOLDER = Path(__file__).parents[2] / "static"
SAMPLE = Preset("sample", 480, 384, "cover")
SEEDS = {
    "wide-landscape": 5,
    "night-city": 5,
    "watercolour": 7,
    "low-poly": 5,
    "deep-space": 3,
    "phone-wallpaper": 6,
    "event-banner": 3,
    "stained-glass": 4,
}


def main() -> None:
    """Draw them all."""
    provider = SketchProvider()
    for slug, template in starters(STARTERS).items():
        request = ImageRequest(
            fill(template, {}), "sketch-1", "4:3", size="1024", seed=SEEDS.get(slug, 1)
        )
        drawn = provider.generate(request, lambda _share, _stage: None, lambda: False)
        sample = render(drawn.data, [SAMPLE.resize()], Output("webp", 78))
        (FOLDER / template.picture).write_bytes(sample.data)
        print(template.picture, len(sample.data))


if __name__ == "__main__":
    main()
