"""Date ranges of a query as first and last day: `2013`, `2012..2013`, `>=2012-06`, `[2012 TO
2013]`.
"""

from __future__ import annotations

import re
from datetime import date as Day
from datetime import timedelta

MAX_DATE_CHARACTERS = 64  # characters; nothing longer is a date

DateInterval = tuple[Day | None, Day | None]
"""The first and the last day, None = open."""
_Whole = tuple[Day, Day]

# Texts, compiled by `re` at their first use: few queries speak of dates.
_ISO = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z"
_COMPARED = r"([<>]=?|[≤≥=])\s*(.*)"
_DOTS = r"\.{2,3}|…"


def parse_dates(text: str) -> DateInterval | None:
    """Return the days of a date or range, its ends in the order written.

    None if the text is no date.
    """
    compared = re.match(_COMPARED, text, re.DOTALL)
    if compared:
        return _compared(compared[1], compared[2])
    ends = re.split(_DOTS, text)
    return parse_range(*ends) if len(ends) == 2 else parse_range(text, text)


def parse_range(first: str, last: str) -> DateInterval | None:
    """Return the days from the start of `first` to the end of `last`; an empty end or `*` is
    open.
    """
    begin, end = _end(first), _end(last)
    if begin is None or end is None:
        return None
    if begin[0] and end[1] and end[1] < begin[0]:
        return begin[1], end[0]  # so that whoever swaps them has both ends whole
    return begin[0], end[1]


def _end(text: str) -> DateInterval | None:
    text = text.strip()
    return (None, None) if text in ("", "*") else _date(text)


def _compared(sign: str, text: str) -> DateInterval | None:
    date = _date(text.strip())
    if date is None:
        return None
    earliest, latest = date
    try:
        match sign:
            case ">":
                return latest + timedelta(days=1), None
            case ">=" | "≥":
                return earliest, None
            case "<":
                return None, earliest - timedelta(days=1)
            case "<=" | "≤":
                return None, latest
            case _:
                return date
    except OverflowError:  # no day is before year 1 or after year 9999
        return None


def _date(text: str) -> _Whole | None:
    iso = re.match(_ISO, text)
    if iso:
        return _iso(int(iso[1]), int(iso[2] or 0), int(iso[3] or 0))
    if not text or len(text) > MAX_DATE_CHARACTERS:
        return None
    from docindex.metadata import dates  # what people write is rare here, and slower to load

    date = dates.parse(text)
    return (date.earliest, date.latest) if date else None


def _iso(year: int, month: int, day: int) -> _Whole | None:
    """Return the days of an ISO 8601 year, month or day; 0 stands for a missing part."""
    try:
        first = Day(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    return first, last_of_month(Day(year, month or 12, 1))


def last_of_month(day: Day) -> Day:
    """Return the last day of the day's month."""
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)
