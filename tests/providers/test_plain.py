from io import BytesIO
from typing import get_args

import pytest
from PIL import Image as PillowImage

from webapp.providers.base import ImageRequest, ProviderError, ProviderErrorKind
from webapp.providers.plain import CAPS, SIZES, PlainProvider, png


def make(prompt="a lake", *, cancelled=lambda: False, **options):
    request = ImageRequest(prompt=prompt, model="plain-1", **options)
    return PlainProvider().generate(request, lambda share, stage, preview=None: None, cancelled)


def shown(data):
    image = PillowImage.open(BytesIO(data))
    image.load()
    return image


def test_the_same_request_gives_the_same_bytes():
    assert make(seed=7).data == make(seed=7).data
    assert make(seed=7).data != make(seed=8).data
    assert make("a", seed=7).data != make("b", seed=7).data


@pytest.mark.parametrize("ratio", CAPS.aspect_ratios)
@pytest.mark.parametrize("size", CAPS.sizes)
def test_every_ratio_and_size_on_offer_can_be_had(ratio, size):
    image = shown(make(aspect_ratio=ratio, size=size).data)
    across, down = SIZES[ratio]
    assert max(image.size) == int(size)
    assert abs(image.width * down - image.height * across) < max(across, down)


@pytest.mark.parametrize("kind", get_args(ProviderErrorKind))
def test_it_fails_as_it_is_asked_to(kind):
    with pytest.raises(ProviderError) as caught:
        make(f"a lake !{kind} please")
    assert (caught.value.kind, caught.value.code) == (kind, kind)


def test_it_stops_when_nobody_waits():
    with pytest.raises(ProviderError) as caught:
        make(cancelled=lambda: True)
    assert caught.value.kind == "cancelled"


def test_it_says_how_far_it_has_come():
    notes = []
    request = ImageRequest(prompt="x", model="plain-1")
    PlainProvider().generate(request, lambda *note: notes.append(note), lambda: False)
    assert notes == [(0.5, "Painting")]


def test_its_pngs_are_whole():
    image = shown(png(5, 3, b"\x01\x02\x03"))
    assert (image.size, image.getcolors()) == ((5, 3), [(15, (1, 2, 3))])
