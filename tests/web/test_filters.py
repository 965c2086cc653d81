from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.services.pictures import Picture
from webapp.web.filters import (
    clock,
    day_name,
    duration,
    filesize,
    ratio_class,
    thousands,
    when,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (41_000, "41 kB"),
        (3_240_000, "3.2 MB"),
        (2 * 10**9, "2.0 GB"),
        (10**13, "10000 GB"),
    ],
)
def test_sizes_are_as_people_write_them(count, text):
    assert filesize(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0.0 s"), (8.44, "8.4 s"), (59.94, "59.9 s"), (125, "2 min 5 s")]
)
def test_durations_are_as_people_write_them(seconds, text):
    assert duration(seconds) == text


def test_thousands_are_set_apart():
    assert (thousands(7), thousands(1284), thousands(10**6)) == ("7", "1,284", "1,000,000")


def test_days_have_the_names_that_people_use():
    today = datetime.now().astimezone().date()
    assert day_name(today) == "Today"
    assert day_name(today - timedelta(days=1)) == "Yesterday"
    assert day_name(date(2024, 11, 3)) == "3 November 2024"
    assert day_name(date(today.year, 1, 2)) in ("2 January", "Yesterday", "Today")


def test_a_moment_is_a_day_and_a_time():
    moment = datetime.now(UTC)
    assert when(moment) == f"Today, {clock(moment)}"


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (1000, 1000, "r100"),
        (1536, 1024, "r150"),
        (1024, 1536, "r67"),
        (9000, 10, "r233"),
        (1, 0, "r100"),
        (10, 9000, "r56"),
    ],
)
def test_a_tile_has_the_nearest_shape(width, height, name):
    picture = Picture(id="x", created=datetime.now(UTC), width=width, height=height)
    assert ratio_class(picture) == name
