import pytest
from PIL import Image

from tests.providers.contract import ProviderContract, asked
from tests.providers.sketch.material import finish_request, gradient
from webapp.providers.base import Reference
from webapp.providers.sketch import SketchProvider
from webapp.providers.sketch.models import ORIGINAL

BROKEN = Reference(b"no picture", "image/png", 10, 10)


@pytest.mark.slow  # paints
class TestSketch(ProviderContract):
    @pytest.fixture
    def provider(self):
        return SketchProvider()

    @pytest.fixture
    def failing(self, provider):
        picture = gradient((255, 0, 0), (0, 0, 255))
        return [
            (provider, request)
            for request in (
                asked(provider, prompt=" "),
                asked(provider, model="sketch-9"),
                asked(provider, mask=b""),
                asked(provider, references=(BROKEN,)),
                finish_request(BROKEN),
                finish_request(picture, references=()),
                finish_request(picture, mask=b"no mask"),
                finish_request(picture, strength=2),
                finish_request(picture, parameters={"finish": "fresco"}),
                finish_request(Image.new("RGB", (1000, 10))),
            )
        ]

    def test_its_models_default_to_what_they_offer(self, provider):
        scenes, finishes = provider.models()
        assert scenes.default_size in scenes.sizes
        assert finishes.default_size in finishes.sizes
        assert finishes.aspect_ratios == (ORIGINAL,)  # the one ratio that is not a fraction
        assert all(not option.mistake(option.default) for option in finishes.parameters)
