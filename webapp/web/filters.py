"""How values look on a page: sizes, times, and the class that gives a tile its shape."""

from datetime import date, datetime

from webapp.services.composing.model_shop import price_line
from webapp.services.money.amounts import dollars
from webapp.services.pictures import Picture

RATIOS = (56, 67, 75, 80, 100, 125, 133, 150, 160, 178, 233)
"""The aspect ratios that tiles can have, in hundredths; the style sheets have a class for each."""


def ratio_class(picture: Picture) -> str:
    """Return the tile class whose aspect ratio is nearest to the picture's."""
    ratio = 100 * picture.width / max(1, picture.height)
    return f"r{min(RATIOS, key=lambda known: abs(known - ratio))}"


def filesize(count: int) -> str:
    """Return a number of bytes as people write it: `41 kB`, `3.2 MB`."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            value = count / size
            return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{count} B"


def thousands(count: int) -> str:
    """Return a number with its thousands set apart: `1,284`."""
    return f"{count:,}"


def clock(moment: datetime) -> str:
    """Return the local time of day: `14:32`."""
    return moment.astimezone().strftime("%H:%M")


def day(moment: datetime) -> date:
    """Return the local day of a moment."""
    return moment.astimezone().date()


def day_name(value: date) -> str:
    """Return a day as a heading: `Today`, `Yesterday`, `3 November`, `3 November 2024`."""
    today = datetime.now().astimezone().date()
    if (today - value).days in (0, 1):
        return "Yesterday" if (today - value).days else "Today"
    return f"{value.day} {value:%B}" + ("" if value.year == today.year else f" {value.year}")


def when(moment: datetime) -> str:
    """Return a moment as a person would say it: `Today, 14:32`."""
    return f"{day_name(day(moment))}, {clock(moment)}"


def duration(seconds: float) -> str:
    """Return a duration: `8.4 s`, `2 min 5 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def percent_of(part: int, whole: int) -> float:
    """Return a share in percent, never more than 100; of nothing, everything."""
    return round(min(100 * part / whole, 100.0), 2) if whole else 100.0


FILTERS = {
    "ratio_class": ratio_class,
    "filesize": filesize,
    "thousands": thousands,
    "clock": clock,
    "day": day,
    "day_name": day_name,
    "when": when,
    "duration": duration,
    "dollars": dollars,
    "price_line": price_line,
    "percent_of": percent_of,
}
