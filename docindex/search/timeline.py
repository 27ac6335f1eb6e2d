"""Timeline: the number of matches per year, month or day, the gaps, and the first and last match.
Pure.

A date counts in a period only if it lies entirely within it: a date known to the year is no match
of January.
"""

from __future__ import annotations

from collections import Counter
from datetime import MAXYEAR, MINYEAR, date
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.model.documents import Date, Record

UNITS = ("year", "month", "day")
MAX_SPAN_DAYS = 62
"""Days up to which a span is counted by day."""
MAX_SPAN_MONTHS = 60
"""Months up to which a span is counted by month; a longer one is counted by year."""
MIN_GAP_PERIODS = 3
"""Periods in a row without a match that are reported as one gap."""

_WIDE_PRECISIONS = ("interval", "decade", "century")


class Period(Struct, frozen=True):
    """A year, month or day, and the number of records of each query that are dated within it."""

    number: int  # consecutive for consecutive periods of a unit
    name: str  # ISO 8601
    counts: tuple[int, ...]


class Gap(Struct, frozen=True):
    """Consecutive periods without a match, between two with one."""

    first: str
    last: str
    length: int


class Mentions(Struct, frozen=True):
    """The first and the last record of a query, by date."""

    first: Record
    last: Record


class Timeline(Struct, frozen=True):
    """The matches of some queries over time."""

    unit: str
    periods: tuple[Period, ...]  # in order: with a match, or in a run between them too short for a gap
    gaps: tuple[Gap, ...]  # each before a period
    vague: tuple[tuple[str, tuple[int, ...]], ...]  # dates wider than a period, as written, with their counts
    undated: tuple[int, ...]  # records without a date, of each query
    mentions: tuple[Mentions | None, ...]

    @property
    def max_count(self) -> int:
        """The highest count of a period or a vague date."""
        counts = [count for period in self.periods for count in period.counts]
        return max([*counts, *(count for _, own in self.vague for count in own)], default=0)

    def every_period(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the name and counts of every period, those in gaps too."""
        before: int | None = None
        for period in self.periods:
            for number in range(period.number if before is None else before + 1, period.number):
                yield _period_name(number, self.unit), (0,) * len(period.counts)
            yield period.name, period.counts
            before = period.number


def build_timeline(answers: Sequence[Sequence[Record]], unit: str | None = None) -> Timeline:
    """Return the records of each query over time, counted by a unit.

    Without one it is chosen by their span.
    """
    dates = [[record.metadata.date for record in records] for records in answers]
    unit = unit or _choose_unit([found for own in dates for found in own if found])
    in_period: list[Counter[int]] = []
    vague: list[Counter[str]] = []
    for own in dates:
        in_period.append(Counter())
        vague.append(Counter())
        for found in own:
            if found is None:
                continue
            if (number := _period_number(found.earliest, unit)) == _period_number(found.latest, unit):
                in_period[-1][number] += 1
            else:
                vague[-1][found.value] += 1
    periods: list[Period] = []
    gaps: list[Gap] = []
    for number in sorted(set().union(*in_period)):
        empty = number - periods[-1].number - 1 if periods else 0
        between = range(number - empty, number)
        if empty >= MIN_GAP_PERIODS:
            gaps.append(Gap(_period_name(between[0], unit), _period_name(between[-1], unit), empty))
        else:
            periods += [Period(one, _period_name(one, unit), (0,) * len(answers)) for one in between]
        periods.append(Period(number, _period_name(number, unit), tuple(own[number] for own in in_period)))
    names = sorted(set().union(*vague))
    return Timeline(
        unit,
        tuple(periods),
        tuple(gaps),
        tuple((name, tuple(own[name] for own in vague)) for name in names),
        tuple(own.count(None) for own in dates),
        tuple(_mentions(records) for records in answers),
    )


def _choose_unit(dates: Sequence[Date]) -> str:
    """Return the finest unit to which most dates are known and in which their span is not too
    long.
    """
    known = [found for found in dates if found.earliest.year == found.latest.year]
    if not known:
        return "year"
    first, last = min(found.earliest for found in known), max(found.latest for found in known)
    for unit, max_span in (("day", MAX_SPAN_DAYS), ("month", MAX_SPAN_MONTHS)):
        fine = sum(_period_number(found.earliest, unit) == _period_number(found.latest, unit) for found in known)
        if _period_number(last, unit) - _period_number(first, unit) < max_span and fine * 2 > len(known):
            return unit
    return "year"


def _period_number(day: date, unit: str) -> int:
    if unit == "day":
        return day.toordinal()
    return day.year if unit == "year" else day.year * 12 + day.month - 1


def _period_name(number: int, unit: str) -> str:
    if unit == "day":
        return date.fromordinal(number).isoformat()
    return f"{number:04}" if unit == "year" else f"{number // 12:04}-{number % 12 + 1:02}"


def _mentions(records: Sequence[Record]) -> Mentions | None:
    """Return the record with the earliest first day and the one with the latest last day.

    Of equal dates the more precise counts, then the lower id. Intervals, decades and centuries
    count only if there is no other date, and open intervals never.
    """
    dated = [(found, record) for record in records if (found := record.metadata.date)]
    dated = [one for one in dated if one[0].precision not in _WIDE_PRECISIONS] or [
        one for one in dated if not _is_open(one[0])
    ]
    if not dated:
        return None
    dated.sort(key=lambda one: one[1].id)
    first = min(dated, key=lambda one: (one[0].earliest, one[0].latest, one[0].value))
    last = min(dated, key=lambda one: (-one[0].latest.toordinal(), -one[0].earliest.toordinal()))
    return Mentions(first[1], last[1])


def _is_open(found: Date) -> bool:
    return found.earliest.year == MINYEAR or found.latest.year == MAXYEAR
