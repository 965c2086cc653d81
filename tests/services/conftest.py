import pytest

from webapp.providers.plain import png
from webapp.services.requests import GenerationRequest


@pytest.fixture
def noise(services, stranger):
    """Give a stranger some of everything, that must never be seen or counted as the owner's."""
    bread = GenerationRequest(prompt="rye bread", provider="plain", model="plain-1", count=2)
    broken = GenerationRequest(prompt="!quota", provider="plain", model="plain-1")
    made = services.generator.start(stranger, bread).pictures
    failed = services.generator.start(stranger, broken).pictures
    uploads = [
        services.images.add_image(stranger, png(40, 30, bytes([shade, 90, 60])), filename="b.png")
        for shade in (1, 2)
    ]
    services.images.delete_image(uploads[0].id, stranger)
    return [*made, *failed, *uploads]
