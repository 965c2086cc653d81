import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import InvalidError
from webapp.services.money.amounts import LARGEST, LEAST_SHOWN, MICROS, amount, dollars


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (None, "?"),
        (0, "$0"),
        (1, "<$0.0001"),
        (99, "<$0.0001"),
        (100, "$0.0001"),
        (34_000, "$0.034"),
        (39_020, "$0.039"),
        (100_000, "$0.10"),
        (134_000, "$0.134"),
        (999_999, "$1.00"),
        (1_000_000, "$1.00"),
        (1_500_000, "$1.50"),
        (1_234_567, "$1.23"),
        (12_345_678_900, "$12,345.68"),
    ],
)
def test_an_amount_is_written_as_people_read_it(micros, text):
    assert dollars(micros) == text


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("", None),
        ("  ", None),
        ("$", None),
        ("0", 0),
        ("2.50", 2_500_000),
        ("2,50", 2_500_000),
        ("2,5", 2_500_000),
        ("0,034", 34_000),
        ("$ 0.034", 34_000),
        (" $1,234.50 ", 1_234_500_000),
        ("1,000", 1_000_000_000),
        ("1,000,000", LARGEST * MICROS),
        (".5", 500_000),
        ("0.0001", LEAST_SHOWN),
        ("1,000.50", 1_000_500_000),
        ("0,00", 0),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, micros):
    assert amount(text, "day") == micros


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "much", "1.2.3", "1,2,3", "1,23,456", "1 000", "€5", "nan", "inf", "1000000.01"),
        *(
            "9e99",
            "1e5",
            "1e-9",
            "1_000",
            "\u0665",
            "1,\u0660\u0660\u0660",
            "+5",
            ".",
            ",",
            "1.000,50",
            "\u00b2",
        ),
    ],
)
def test_what_is_no_amount_is_refused_for_its_field(text):
    with pytest.raises(InvalidError, match=r"from 0 to 1,000,000, such as 2\.50") as caught:
        amount(text, "day")
    assert list(caught.value.fields) == ["day"]


@pytest.mark.parametrize("text", ["0.0000004", "0.00009", "0,00001", "." + "0" * 2_000_000 + "1"])
def test_so_little_that_it_would_become_nothing_is_refused(text):
    with pytest.raises(InvalidError, match=r"at least 0\.0001 US dollars") as caught:
        amount(text, "day")
    assert list(caught.value.fields) == ["day"]


@given(st.integers(LEAST_SHOWN, LARGEST * MICROS))
def test_what_is_written_can_be_read_again(micros):
    read = amount(dollars(micros), "day")
    assert read is not None
    assert abs(read - micros) <= (50 if micros < MICROS else 5_000)
