"""Matches over time: how many in each year, month or day, where there are none, which are first and last. Pure.

A date counts in a period only if it lies within it whole: what is known to the year is no match of January.
"""

from __future__ import annotations

from collections import Counter
from datetime import MAXYEAR, MINYEAR, date
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.model import Date, Record

UNITS = ("year", "month", "day")
MONTHS = 60  # as long a span is told by month, and a longer one by year
DAYS = 62  # as long a span is told by day
GAP = 3  # periods without a match, from which they are told as one


class Period(Struct, frozen=True):
    """A year, a month or a day, and how many records of each query are dated within it."""

    number: int  # periods of the same unit follow one another
    name: str  # ISO 8601
    counts: tuple[int, ...]


class Gap(Struct, frozen=True):
    """Periods in which no query matches, between two in which one does."""

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
    periods: tuple[Period, ...]  # those with a match, in order, and short runs of those between them
    gaps: tuple[Gap, ...]  # the long runs, each before a period
    vague: tuple[tuple[str, tuple[int, ...]], ...]  # dates that no one period holds, as written, with their counts
    undated: tuple[int, ...]
    mentions: tuple[Mentions | None, ...]

    @property
    def most(self) -> int:
        """The highest count."""
        counts = [count for period in self.periods for count in period.counts]
        return max([*counts, *(count for _, own in self.vague for count in own)], default=0)


def timeline(answers: Sequence[Sequence[Record]], unit: str | None = None) -> Timeline:
    """The records of each query over time, by the unit, or by the one that suits their span."""
    dates = [[record.metadata.date for record in records] for records in answers]
    unit = unit or _suited([found for own in dates for found in own if found])
    held: list[Counter[int]] = []
    vague: list[Counter[str]] = []
    for own in dates:
        held.append(Counter())
        vague.append(Counter())
        for found in own:
            if found is None:
                continue
            if (number := _number(found.earliest, unit)) == _number(found.latest, unit):
                held[-1][number] += 1
            else:
                vague[-1][found.value] += 1
    periods: list[Period] = []
    gaps: list[Gap] = []
    for number in sorted(set().union(*held)):
        empty = number - periods[-1].number - 1 if periods else 0
        between = range(number - empty, number)
        if empty >= GAP:
            gaps.append(Gap(_name(between[0], unit), _name(between[-1], unit), empty))
        else:
            periods += [Period(one, _name(one, unit), (0,) * len(answers)) for one in between]
        periods.append(Period(number, _name(number, unit), tuple(own[number] for own in held)))
    names = sorted(set().union(*vague))
    return Timeline(
        unit,
        tuple(periods),
        tuple(gaps),
        tuple((name, tuple(own[name] for own in vague)) for name in names),
        tuple(own.count(None) for own in dates),
        tuple(_mentions(records) for records in answers),
    )


def _suited(dates: Sequence[Date]) -> str:
    """The finest unit that does not make the span of the dates too long, and that most of them are known to."""
    known = [found for found in dates if found.earliest.year == found.latest.year]
    if not known:
        return "year"
    first, last = min(found.earliest for found in known), max(found.latest for found in known)
    for unit, longest in (("day", DAYS), ("month", MONTHS)):
        fine = sum(_number(found.earliest, unit) == _number(found.latest, unit) for found in known)
        if _number(last, unit) - _number(first, unit) < longest and fine * 2 > len(known):
            return unit
    return "year"


def _number(day: date, unit: str) -> int:
    if unit == "day":
        return day.toordinal()
    return day.year if unit == "year" else day.year * 12 + day.month - 1


def _name(number: int, unit: str) -> str:
    if unit == "day":
        return date.fromordinal(number).isoformat()
    return f"{number:04}" if unit == "year" else f"{number // 12:04}-{number % 12 + 1:02}"


def _mentions(records: Sequence[Record]) -> Mentions | None:
    """The first by the first day it may mean, the last by the last; of equal ones the best known, then the first id.

    What says only that it lies between two dates is neither, unless there is nothing else.
    """
    dated = [(found, record) for record in records if (found := record.metadata.date)]
    dated = [one for one in dated if one[0].precision not in _WIDE] or [one for one in dated if not _open(one[0])]
    if not dated:
        return None
    dated.sort(key=lambda one: one[1].id)
    first = min(dated, key=lambda one: (one[0].earliest, one[0].latest, one[0].value))
    last = min(dated, key=lambda one: (-one[0].latest.toordinal(), -one[0].earliest.toordinal()))
    return Mentions(first[1], last[1])


_WIDE = ("interval", "decade", "century")


def _open(found: Date) -> bool:
    return found.earliest.year == MINYEAR or found.latest.year == MAXYEAR
