"""Columns of dates that are written in one order: the month first, if some value shows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from docindex.metadata import keys

_FIGURES = re.compile(r"\s*(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?=\D|\Z)")
_MAX_MONTH = 12


def date_columns(names: Iterable[str]) -> set[int]:
    """Return the numbers of the columns whose name is one for dates."""
    return {at for at, name in enumerate(names) if keys.column(name.strip()) == "date"}


def month_first(columns: Collection[int], rows: Iterable[Sequence[str]]) -> set[int]:
    """Return those of the columns in which the month comes first.

    In each, some second number is above 12 and no first one is.
    """
    day: set[int] = set()
    month: set[int] = set()
    for cells in rows if columns else ():
        for at in columns:
            date = _FIGURES.match(cells[at]) if at < len(cells) else None
            if date and int(date[1]) > _MAX_MONTH:
                day.add(at)
            elif date and int(date[3]) > _MAX_MONTH:
                month.add(at)
    return month - day


def day_first(cells: Sequence[str], columns: Collection[int]) -> list[str]:
    """Return a row with the dates of the columns turned from month first to day first."""
    return [_turned(cell) if at in columns else cell for at, cell in enumerate(cells)]


def _turned(cell: str) -> str:
    date = _FIGURES.match(cell)
    if not date or int(date[1]) > _MAX_MONTH:
        return cell
    return f"{date[3]}{date[2]}{date[1]}{date[2]}{date[4]}{cell[date.end() :]}"
