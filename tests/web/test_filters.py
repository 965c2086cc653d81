from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.services.pictures import Picture
from webapp.web import filters
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


@pytest.fixture(params=["2026-11-21T12:30:00", "2026-03-01T00:00:00", "2026-06-30T23:59:59"])
def now(request, monkeypatch):
    """Set the clock, to a local time."""
    moment = datetime.fromisoformat(request.param)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(filters, "datetime", Clock)
    return moment.astimezone()


def test_days_have_the_names_that_people_use(now):
    today = now.date()
    assert day_name(today) == "Today"
    assert day_name(today - timedelta(days=1)) == "Yesterday"
    assert day_name(date(2024, 11, 3)) == "3 November 2024"
    assert day_name(date(2026, 1, 2)) == "2 January"


def test_a_moment_is_a_day_and_a_time(now):
    assert when(now.astimezone(UTC)) == f"Today, {now:%H:%M}"
    assert when(now.astimezone(UTC)).endswith(clock(now))


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
