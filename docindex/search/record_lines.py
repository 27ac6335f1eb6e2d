"""The lines of a record, with what matched on each, and which of them are shown. Pure: no markup, no widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.errors import UsageError
from docindex.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.model import Record


class Line(Struct, frozen=True):
    """One line of a record's body."""

    text: str
    number: int  # of the file, from 1
    start: int  # its first character in the body
    page: int | None  # on which it begins; None for a file without pages
    marks: tuple[Span, ...]  # within `text`


def lines(record: Record, marks: Sequence[Span]) -> list[Line]:
    """All lines of the body. A match that goes on over a line's end is marked on both."""
    paged = record.page is not None or "\f" in record.body
    page = record.page or 1
    found: list[Line] = []
    start = first = 0
    for number, text in zip(record.lines, record.body.split("\n"), strict=False):
        stop = start + len(text)
        while first < len(marks) and marks[first].stop <= start:
            first += 1
        inside: list[Span] = []
        last = first
        while last < len(marks) and marks[last].start < stop:
            inside.append(Span(max(marks[last].start, start) - start, min(marks[last].stop, stop) - start))
            last += 1
        page += text.startswith("\f")
        found.append(Line(text, number, start, page if paged else None, tuple(inside)))
        page += text.count("\f", 1)
        start = stop + 1
    return found


def between(found: Iterable[Line], first: int | None, last: int | None) -> list[Line]:
    """The lines with these numbers, both included."""
    return [line for line in found if (first is None or line.number >= first) and (last is None or line.number <= last)]


def around(found: Sequence[Line], context: int) -> list[Line]:
    """The lines with a match, and so many before and after each."""
    wanted: set[int] = set()
    for index, line in enumerate(found):
        if line.marks:
            wanted.update(range(max(0, index - context), min(len(found), index + context + 1)))
    return [found[index] for index in sorted(wanted)]


def bounds(text: str) -> tuple[int | None, int | None]:
    """What `A:B` means: `10:20`, `10:`, `:20`, or one line, `10`. Raises UsageError."""
    first, colon, last = text.partition(":")
    wrong = UsageError(f"'{text}' names no lines", "10:20, 10:, :20 or 10")
    if not (first or last) or any(part and not (part.isascii() and part.isdecimal()) for part in (first, last)):
        raise wrong
    low = int(first[:9]) if first else None
    high = (int(last[:9]) if last else None) if colon else low
    if low is not None and high is not None and low > high:
        raise wrong
    return low, high
