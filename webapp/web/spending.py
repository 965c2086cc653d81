"""The chart of what was spent: bars in percent of the room, so that no script is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from webapp.services.money.amounts import dollars
from webapp.services.money.usage import Period, UsageView

PLOT = 88.0
"""The bars' share of the height, in percent; the names of the days stand below them."""
OWN_COLOURS = 5
"""So many models have a colour of their own; the rest share one."""
OTHERS, PERHAPS = "others", "perhaps"
BAR = 0.72
"""A bar's share of its place."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
LINES = 4


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one colour: their class in the style sheet, and what they stand for."""

    name: str
    title: str
    micros: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in percent of the chart's height."""

    name: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A day or month: where it stands in percent of the width, and what a pointer is told."""

    place: float
    place_width: float
    left: float
    width: float
    label: str
    told: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A name below the bars. `anchor` is SVG's; those that are not `is_main` need much room."""

    at: float
    text: str
    anchor: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it. `lines` are heights with their amounts, the highest first."""

    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    summary: str


def chart_of(usage: UsageView) -> Chart:
    """Return the chart of a view; `rows` are its numbers, by period and series."""
    series = tuple(_series(usage))
    amounts = [_amounts(period, usage, series) for period in usage.periods]
    step, count = _scale(max(map(sum, amounts), default=0))
    top = step * count
    labels = [_label(period, usage) for period in usage.periods]
    places = list(zip(usage.periods, labels, amounts, strict=True))
    return Chart(
        series=series,
        bars=tuple(
            _bar(number, len(places), label, shares, (series, top))
            for number, (_, label, shares) in enumerate(places)
        ),
        lines=tuple(
            (round(PLOT * (1 - number / count), 2), dollars(step * number))
            for number in reversed(range(count + 1))
        ),
        marks=tuple(_marks(labels, usage)),
        rows=tuple(
            (label, tuple(shares), sum(shares))
            for period, label, shares in reversed(places)
            if period.tally.calls
        ),
        summary=_summary(usage, places),
    )


def _series(usage: UsageView) -> Iterator[Series]:
    own, rest = usage.models[:OWN_COLOURS], usage.models[OWN_COLOURS:]
    for number, item in enumerate(own, 1):
        yield Series(f"c{number}", item.model, item.tally.sure)
    if rest:
        yield Series(OTHERS, f"{len(rest)} others", sum(item.tally.sure for item in rest))
    if usage.total.perhaps:
        yield Series(PERHAPS, "Perhaps charged", usage.total.perhaps)


def _amounts(period: Period, usage: UsageView, series: tuple[Series, ...]) -> list[int]:
    """Return what each series adds to a bar, in the order of the series."""
    own = [(item.provider, item.model) for item in usage.models[:OWN_COLOURS]]
    found = [period.models[source].sure if source in period.models else 0 for source in own]
    for item in series[len(own) :]:
        is_perhaps = item.name == PERHAPS
        found.append(period.tally.perhaps if is_perhaps else period.tally.sure - sum(found))
    return found


def _scale(most: int) -> tuple[int, int]:
    """Return a round step in micros, and how many of them hold the highest bar."""
    least = max(most, 1000) / LINES
    power = 10 ** (len(str(int(least))) - 1)
    step = int(next(power * item for item in STEPS if power * item >= least))
    return step, max(1, -(-most // step))


def _bar(
    number: int,
    count: int,
    label: str,
    shares: list[int],
    scale: tuple[tuple[Series, ...], int],
) -> Bar:
    series, top = scale
    place = 100 / count
    ends = [sum(shares[:index]) for index in range(len(shares) + 1)]
    segments = [
        Segment(item.name, round(PLOT * (1 - end / top), 3), round(PLOT * (end - start) / top, 3))
        for item, (start, end) in zip(series, pairwise(ends), strict=True)
        if end > start
    ]
    parts = [
        f"{item.title} {dollars(share)}"
        for item, share in zip(series, shares, strict=True)
        if share
    ]
    told = f"{label}: {dollars(sum(shares))}" + (f" ({', '.join(parts)})" if parts[1:] else "")
    return Bar(
        place=round(number * place, 3),
        place_width=round(place, 3),
        left=round((number + (1 - BAR) / 2) * place, 3),
        width=round(BAR * place, 3),
        label=label,
        told=told,
        segments=tuple(segments),
    )


def _label(period: Period, usage: UsageView) -> str:
    start = period.start
    if usage.span.is_monthly:
        return f"{start:%b} {start.year}"
    return f"{start.day} {start:%b}"


def _marks(labels: list[str], usage: UsageView) -> Iterator[Mark]:
    """Give a name to some of the bars, counted from the last one."""
    count = len(labels)
    step = max(1, count // 6) if not usage.span.is_monthly else 1
    for nth, number in enumerate(range(count - 1, -1, -step)):
        text = labels[number]
        if usage.span.is_monthly and not text.startswith("Jan"):
            text = text.split()[0]
        is_last = number == count - 1 and not usage.span.is_monthly  # or its name would stand out
        at = 100.0 if is_last else round(100 * (number + 0.5) / count, 3)
        every = 3 if usage.span.is_monthly else 2
        yield Mark(at, text, "end" if is_last else "middle", is_main=nth % every == 0)


def _summary(usage: UsageView, places: list[tuple[Period, str, list[int]]]) -> str:
    _, label, shares = max(places, key=lambda item: sum(item[2]))
    whole = f"{dollars(usage.total.micros)} in {usage.span.title}"
    if not usage.total.micros:
        return f"{whole}."
    when = "in the dearest month" if usage.span.is_monthly else "on the dearest day"
    return (
        f"{whole}; most {when}, {label}: {dollars(sum(shares))}. The table below has all numbers."
    )
