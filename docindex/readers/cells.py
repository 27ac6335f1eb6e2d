"""Cells of spreadsheets as text: dates as ISO 8601, whole numbers without a point. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time


def trimmed(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row without empty ones at its end."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def cell_text(value: object) -> str:
    """Return a cell's value as text, on one line."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return " ".join(str(value).split())
