"""Dates of records in words, for people. Data formats keep the EDTF form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docindex.model.documents import Date

_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}  # EDTF, level 1
_MARKS = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}


def date_in_words(date: Date | None) -> str:
    """Return a date as people write it, or "" for none.

    `2012-21~` becomes "about spring 2012", `../2012` "until 2012". Exact days stay ISO 8601.
    """
    if date is None:
        return ""
    first, slash, last = date.value.partition("/")
    if not slash:
        return _one(first)
    if first in ("", ".."):
        return f"until {_one(last)}"
    return f"from {_one(first)}" if last in ("", "..") else f"{_one(first)} to {_one(last)}"


def _one(value: str) -> str:
    """Return one end of an interval, or a single date, in words."""
    text, mark = (value[:-1], _MARKS[value[-1]]) if value[-1:] in _MARKS else (value, "")
    if season := re.fullmatch(r"(\d{4})-(2[1-4])", text):
        text = f"{_SEASONS[season[2]]} {season[1]}"
    elif decade := re.fullmatch(r"(\d{2}[\dX])X", text):
        text = f"{decade[1].replace('X', '0')}0s"
    return mark + text.replace("T", " ")
