import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.errors import InvalidError
from webapp.services.templates.tables import LATIN, _fit, decoded, read_table


def rows(text):
    return [cells for _, cells in read_table(text).rows]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_each_separator_of_spreadsheets_is_understood(sign):
    table = read_table(f"place{sign}light\nKyoto{sign}dawn\n")
    assert table.header == ("place", "light")
    assert table.rows == ((2, ("Kyoto", "dawn")),)


def test_a_separator_between_quotes_is_none():
    assert read_table('"a;b;c",d\n1,2').header == ("a;b;c", "d")


def test_a_cell_may_hold_lines_and_quotes():
    assert rows('a,b\n"one\ntwo","say ""hi"""') == [("one\ntwo", 'say "hi"')]


def test_rows_have_the_numbers_that_spreadsheets_show():
    table = read_table('a,b\n\n"one\ntwo",x\n\ny,z\n')
    assert [number for number, _ in table.rows] == [3, 5]


def test_a_mark_at_the_beginning_and_empty_cells_at_the_end_are_passed_over():
    table = read_table("\ufeffa,b,,\r\n1,2,,\r\n")
    assert (table.header, table.rows) == (("a", "b"), ((2, ("1", "2")),))


class Watched(list[str]):
    """A row that counts how often a part of it is copied."""

    copies = 0

    def __getitem__(self, at):
        Watched.copies += isinstance(at, slice)
        return (
            Watched(super().__getitem__(at)) if isinstance(at, slice) else super().__getitem__(at)
        )


def test_a_row_is_cut_once_however_many_empty_cells_are_at_its_end():
    assert _fit(Watched(["a", "", *[" "] * 500]), 2) == ("a", "")
    assert Watched.copies == 1
    assert rows("a,b\n1" + "," * 80_000) == [("1", "")]


@pytest.mark.parametrize("text", ["", "\n\n", " , ,\n", "\ufeff"])
def test_an_empty_table_is_refused(text):
    with pytest.raises(InvalidError, match="empty"):
        read_table(text)


@pytest.mark.parametrize("text", ['a\n"open', 'a\n"x"y"'])
def test_a_table_that_can_t_be_read_is_refused_with_the_line(text):
    with pytest.raises(InvalidError, match=r"Line \d"):
        read_table(text)


def test_more_than_a_megabyte_is_refused():
    with pytest.raises(InvalidError, match="1 MB"):
        read_table("a\n" + "x" * 1_000_001)


@pytest.mark.parametrize(
    ("data", "text", "note"),
    [
        ("Köln".encode(), "Köln", ""),
        ("Köln".encode("utf-8-sig"), "Köln", ""),
        ("Köln".encode("utf-16"), "Köln", ""),
        ("Köln".encode("latin-1"), "Köln", LATIN),
    ],
)
def test_a_file_is_decoded_and_a_guess_is_told(data, text, note):
    assert decoded(data) == (text, note)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@given(
    table=st.lists(
        st.lists(words.map(lambda text: f"x{text}"), min_size=3, max_size=3), min_size=2, max_size=6
    )
)
def test_what_python_writes_is_read_again(table):
    file = io.StringIO()
    csv.writer(file).writerows([["one", "two", "three"], *table])
    assert rows(file.getvalue()) == [tuple(row) for row in table]


@given(text=st.text(max_size=200))
def test_any_text_is_a_table_or_refused(text):
    with contextlib.suppress(InvalidError):
        assert read_table(text).header
