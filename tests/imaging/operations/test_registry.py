import pytest
from PIL import Image

from tests.imaging.pictures import corners
from webapp.imaging.operations import OPERATIONS, cache_key, in_order
from webapp.imaging.operations.orient import Orient
from webapp.imaging.operations.resize import Resize
from webapp.imaging.operations.srgb import Srgb

EXAMPLES = {Orient: Orient(), Resize: Resize(7, 5, "cover"), Srgb: Srgb()}


@pytest.fixture(params=OPERATIONS, ids=lambda kind: kind.__name__)
def operation(request):
    assert request.param in EXAMPLES, "a new operation needs an example in this file"
    return EXAMPLES[request.param]


def test_an_operations_name_is_its_class_in_lower_case(operation):
    assert operation.name == type(operation).__name__.lower()


def test_a_key_is_plain_ascii_that_begins_with_the_name(operation):
    assert operation.key().isascii()
    assert operation.key().startswith(operation.name)
    assert not set(operation.key()) & set(", /\\")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_operation_keeps_the_mode_and_its_input(operation, mode):
    image = corners(60, 40).convert(mode)
    before = image.tobytes()
    got = operation.apply(image)
    assert isinstance(got, Image.Image)
    assert got.mode == mode
    assert image.tobytes() == before


def test_an_operation_is_a_value(operation):
    assert hash(operation) == hash(EXAMPLES[type(operation)])


def test_the_order_is_fixed_whatever_was_asked():
    steps: tuple[Resize, Orient] = (Resize(9), Orient())
    assert in_order(steps) == in_order(reversed(steps)) == [Orient(), Resize(9)]
    assert cache_key(steps) == cache_key(reversed(steps)) == "orient,resize_9x_inside"


def test_the_original_has_a_key_too():
    assert cache_key([]) == "_"
