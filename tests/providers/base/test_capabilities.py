import pytest

from webapp.providers.base import Parameter

STEPS = Parameter(name="steps", label="Steps", default="20", low=1, high=50)


@pytest.mark.parametrize("value", ["", "1", "20", "+7", "7.5", "7.", "50.0"])
def test_a_number_within_its_bounds_is_taken(value):
    assert STEPS.mistake(value) == ""


@pytest.mark.parametrize(
    "value", ["0", "51", "-7", "1_0", "1e1", "٢٠", "nan", "inf", " 7", "7\n", "0x7", ".", "many"]
)
def test_what_servers_would_not_read_as_such_a_number_is_refused(value):
    assert STEPS.mistake(value) == "Steps is a number from 1 to 50."
