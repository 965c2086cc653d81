import pytest

from webapp.errors import InvalidError
from webapp.providers.base import ModelCaps, Parameter
from webapp.services.catalogue import ModelChoice
from webapp.services.openai.wishes import PictureWish, request_of


def model(**more):
    caps = ModelCaps(
        id="m", title="M", aspect_ratios=("1:1",), sizes=("1K",), default_size="1K", **more
    )
    return ModelChoice("p:m", "p", caps)


def quality(*choices):
    parameter = Parameter(name="quality", label="Quality", default=choices[0], choices=choices)
    return model(parameters=(parameter,))


@pytest.mark.parametrize(
    ("asked", "choices", "sent"),
    [
        ("high", ("auto", "low", "medium", "high"), "high"),
        ("hd", ("auto", "low", "medium", "high"), "high"),
        ("standard", ("auto", "low", "medium", "high"), "medium"),
        ("high", ("standard", "hd"), "hd"),
        ("low", ("standard", "hd"), "standard"),
    ],
)
def test_a_quality_is_said_in_the_words_of_the_model(asked, choices, sent):
    wish = PictureWish(prompt="x", settings={"quality": asked})
    assert request_of(wish, quality(*choices)).parameters == {"quality": sent}


def test_a_quality_that_a_model_has_not_at_all_is_left_out():
    wish = PictureWish(prompt="x", settings={"quality": "high", "style": "vivid"})
    assert request_of(wish, quality("draft", "final")).parameters == {}


def test_a_transparent_background_is_made_or_refused():
    wish = PictureWish(prompt="x", settings={"background": "transparent"})
    with pytest.raises(InvalidError) as refused:
        request_of(wish, model())
    assert list(refused.value.fields) == ["background"]
    choices = ("auto", "transparent")
    able = model(parameters=(Parameter(name="background", label="Background", choices=choices),))
    assert request_of(wish, able).parameters == {"background": "transparent"}


def test_a_mask_is_not_left_out_unseen():
    with pytest.raises(InvalidError) as refused:
        request_of(PictureWish(prompt="x", mask=b"mask"), model())
    assert list(refused.value.fields) == ["mask"]
