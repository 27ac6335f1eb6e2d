"""The numbered lines of a record with their matches, and the selection of lines to show.

Pure: no markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.errors import UsageError
from docindex.model.documents import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.model.documents import Record


class RecordLine(Struct, frozen=True):
    """Line of a record's body."""

    text: str
    number: int  # in the file, from 1
    start: int  # offset of its first character in the body
    page: int | None  # on which it begins; None for a file without pages
    marks: tuple[Span, ...]  # matches, as offsets in `text`


def numbered_lines(record: Record, marks: Sequence[Span]) -> list[RecordLine]:
    """Return all lines of the body. A match across the end of a line is marked on both lines."""
    has_pages = record.page is not None or "\f" in record.body
    page = record.page or 1
    lines: list[RecordLine] = []
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
        lines.append(RecordLine(text, number, start, page if has_pages else None, tuple(inside)))
        page += text.count("\f", 1)
        start = stop + 1
    return lines


def lines_in_range(lines: Iterable[RecordLine], first: int | None, last: int | None) -> list[RecordLine]:
    """Return the lines whose numbers lie between two, both included."""
    return [line for line in lines if (first is None or line.number >= first) and (last is None or line.number <= last)]


def lines_around_matches(lines: Sequence[RecordLine], context: int) -> list[RecordLine]:
    """Return the lines with a match, and `context` lines before and after each."""
    shown: set[int] = set()
    for index, line in enumerate(lines):
        if line.marks:
            shown.update(range(max(0, index - context), min(len(lines), index + context + 1)))
    return [lines[index] for index in sorted(shown)]


def parse_line_range(text: str) -> tuple[int | None, int | None]:
    """Return the first and last line of `10:20`, `10:`, `:20` or `10`. Raises UsageError."""
    first, colon, last = text.partition(":")
    error = UsageError(f"'{text}' names no lines", "10:20, 10:, :20 or 10")
    if not (first or last) or any(part and not (part.isascii() and part.isdecimal()) for part in (first, last)):
        raise error
    low = int(first[:9]) if first else None
    high = (int(last[:9]) if last else None) if colon else low
    if low is not None and high is not None and low > high:
        raise error
    return low, high
