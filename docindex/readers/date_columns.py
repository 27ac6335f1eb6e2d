"""Columns of dates that are written in one order: the month first, if some value shows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docindex.metadata import keys

_FIGURES = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?=\D|\Z)")
_MAX_MONTH = 12


def month_first(names: Sequence[str], rows: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the names of the columns of dates in which the month comes first.

    In each, some second number is above 12 and no first one is.
    """
    columns = [at for at, name in enumerate(names) if keys.column(name.strip()) == "date"]
    day: set[int] = set()
    month: set[int] = set()
    for cells in rows if columns else ():
        for at in columns:
            date = _FIGURES.match(cells[at]) if at < len(cells) else None
            if date and int(date[1]) > _MAX_MONTH:
                day.add(at)
            elif date and int(date[3]) > _MAX_MONTH:
                month.add(at)
    return frozenset(names[at].strip() for at in month - day)


def day_first(value: str) -> str:
    """Return a date whose month comes first with its day first, and any other text as it is."""
    date = _FIGURES.match(value)
    if not date or int(date[1]) > _MAX_MONTH:
        return value
    return f"{date[3]}{date[2]}{date[1]}{date[2]}{date[4]}{value[date.end() :]}"
