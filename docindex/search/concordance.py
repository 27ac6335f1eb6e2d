"""Concordance: each match in its line of text (keyword in context), in one of several orders. Pure.

A line is plain text; its width and its style are decided later. The left context of a match
precedes it, in every script.
"""

from __future__ import annotations

import re
from collections import deque
from heapq import nlargest, nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.analysis import folding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.documents import Record, Span

CONTEXT_CHARS = 200
"""Characters of the text on either side of a match."""
MAX_SORT_KEY_WORDS = 6
"""Context words that are compared to sort lines."""
CONTEXT_SORTS = tuple(f"{side}{place}" for side in "LR" for place in range(1, 6))
"""Orders by a word of the context: the first to fifth on the left or on the right."""
SORTS = ("rank", *CONTEXT_SORTS, "match", "date", "title", "path")
"""Orders of lines: by the rank of the record, a word of the context, the match, or a property of
the record.
"""

_SPACES = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"^\W+|\W+$")
_LINE_BREAK_HYPHEN = re.compile(r"(?<=[-‐])\n\s*")


class ConcordanceLine(Struct, frozen=True):
    """Match with its context."""

    record: Record
    start: int  # offset of the match in the body
    number: int  # line in the file, from 1
    page: int | None
    left: str  # text before the match
    match: str
    right: str  # text after the match


def concordance_lines(
    record: Record, marks: Sequence[Span], context_chars: int = CONTEXT_CHARS
) -> Iterator[ConcordanceLine]:
    """Yield the matches of a record in the order of its text."""
    body = record.body
    has_pages = record.page is not None or "\f" in body
    row, page, end = 0, record.page or 1, 0
    for mark in marks:
        row += body.count("\n", end, mark.start)
        page += body.count("\f", end, mark.start)
        end = mark.start
        yield ConcordanceLine(
            record,
            mark.start,
            record.lines[row],
            page if has_pages else None,
            _SPACES.sub(" ", body[max(0, mark.start - context_chars) : mark.start]).lstrip(),
            _SPACES.sub(" ", _LINE_BREAK_HYPHEN.sub("", body[mark.start : mark.stop])),
            _SPACES.sub(" ", body[mark.stop : mark.stop + context_chars]).rstrip(),
        )


def sort_lines(
    lines: Iterable[ConcordanceLine], sort: str, *, reverse: bool = False, limit: int | None = None
) -> list[ConcordanceLine]:
    """Return the first `limit` lines in one of the orders of SORTS. The sort is stable and keeps no
    other lines.

    Lines without a date or a word to sort by come last.
    """
    if sort == "rank":
        return list(deque(lines, limit))[::-1] if reverse else list(islice(lines, limit))

    def sort_key(line: ConcordanceLine) -> tuple[bool, tuple[Any, ...]]:
        key = _key(line, sort)
        return bool(key) is reverse, key

    if limit is None:
        return sorted(lines, key=sort_key, reverse=reverse)
    return (nlargest if reverse else nsmallest)(limit, lines, key=sort_key)


def _key(line: ConcordanceLine, sort: str) -> tuple[Any, ...]:
    if sort == "date":
        date = line.record.metadata.date
        return (date.earliest,) if date else ()
    if sort == "match":
        return (folding.fold(line.match),)
    if sort == "title":
        return (folding.fold(line.record.title), line.record.id)
    if sort == "path":
        return (line.record.id,)
    # Ties are broken by the words farther away from the match.
    words = _folded_words(reversed(line.left.split()) if sort[0] == "L" else line.right.split())
    first = int(sort[1]) - 1
    return tuple(islice(words, first, first + MAX_SORT_KEY_WORDS))


def _folded_words(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the folded words of whitespace-separated chunks, without punctuation."""
    bare = (_PUNCTUATION.sub("", chunk) for chunk in chunks)
    return (folding.fold(word) for word in bare if word)
