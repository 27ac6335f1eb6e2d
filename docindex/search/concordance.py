"""Every match in its line of text (keyword in context), in order, and the words that keep it company. Pure.

A line is characters of the text as it stands, on one line; how much of it fits, and how it looks, is decided later.
What stands left of a match is what precedes it, in every script.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from heapq import nlargest, nsmallest
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.analysis import analyzer, folding
from docindex.model import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model import Record, Span

REACH = 200  # characters of the text on either side of a match
COMPARED = 6  # words, at most, by which lines are told apart
SIDES = tuple(f"{side}{place}" for side in "LR" for place in range(1, 6))
SORTS = ("rank", *SIDES, "match", "date", "title", "path")
"""Orders of lines: as the records rank, by a word left or right of the match, by what matched, by the record."""

_BLANKS = re.compile(r"\s+")
_EDGE = re.compile(r"^\W+|\W+$")


class Line(Struct, frozen=True):
    """One match and what stands around it."""

    record: Record
    start: int  # the match's first character in the body
    number: int  # of the file, from 1
    page: int | None
    left: str  # what precedes it
    match: str
    right: str  # what follows it


class Collocate(Struct, frozen=True):
    """A word that stands near the matches."""

    word: str  # as it is most often written
    near: int  # times it stands near a match
    all: int  # times it stands in the records
    likelihood: float  # G2: how far that is from chance


def lines(record: Record, marks: Sequence[Span], reach: int = REACH) -> Iterator[Line]:
    """The matches of a record in the order of its text."""
    body = record.body
    paged = record.page is not None or "\f" in body
    row, page, done = 0, record.page or 1, 0
    for mark in marks:
        row += body.count("\n", done, mark.start)
        page += body.count("\f", done, mark.start)
        done = mark.start
        yield Line(
            record,
            mark.start,
            record.lines[row],
            page if paged else None,
            _BLANKS.sub(" ", body[max(0, mark.start - reach) : mark.start]).lstrip(),
            _BLANKS.sub(" ", re.sub(r"(?<=[-‐])\n\s*", "", body[mark.start : mark.stop])),
            _BLANKS.sub(" ", body[mark.stop : mark.stop + reach]).rstrip(),
        )


def ordered(found: Iterable[Line], sort: str, *, reverse: bool = False, limit: int | None = None) -> list[Line]:
    """The lines in one of the orders of SORTS, the first `limit` of them; ties as they came. No others are kept.

    What has no date, or no word there, comes last.
    """
    if sort == "rank":
        return list(deque(found, limit))[::-1] if reverse else list(islice(found, limit))

    def place(line: Line) -> tuple[bool, tuple[Any, ...]]:
        key = _key(line, sort)
        return bool(key) is reverse, key

    if limit is None:
        return sorted(found, key=place, reverse=reverse)
    return (nlargest if reverse else nsmallest)(limit, found, key=place)


def _key(line: Line, sort: str) -> tuple[Any, ...]:
    if sort == "date":
        date = line.record.metadata.date
        return (date.earliest,) if date else ()
    if sort == "match":
        return (folding.fold(line.match),)
    if sort == "title":
        return (folding.fold(line.record.title), line.record.id)
    if sort == "path":
        return (line.record.id,)
    # By the word asked for, then by those farther away.
    near = words(reversed(line.left.split()) if sort[0] == "L" else line.right.split())
    first = int(sort[1]) - 1
    return tuple(islice(near, first, first + COMPARED))


def words(tokens: Iterable[str]) -> Iterator[str]:
    """The words among what stands between blanks, folded."""
    bare = (_EDGE.sub("", token) for token in tokens)
    return (folding.fold(word) for word in bare if word)


def collocates(found: Iterable[tuple[Record, Sequence[Span]]], window: int = 5, least: int = 2) -> list[Collocate]:
    """The words that stand nearer the matches than chance would have it, the surest first.

    Within `window` words on either side, each word counted once; against the other words of the same records.
    Log-likelihood ratio: Dunning, Accurate Methods for the Statistics of Surprise and Coincidence (1993).
    """
    near: Counter[str] = Counter()
    every: Counter[str] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record, marks in found:
        tokens = analyzer.analyze(record.body, record.metadata.language or UNDETERMINED)
        own, close = _places(tokens, marks, window)
        for index, forms in enumerate(tokens.forms):
            if index in own:
                continue
            every[forms[0]] += 1
            if index in close:
                near[forms[0]] += 1
                written[forms[0]][record.body[tokens.starts[index] : tokens.stops[index]]] += 1
    inside, total = near.total(), every.total()
    kept = [
        Collocate(written[form].most_common(1)[0][0], count, every[form], likelihood(count, every[form], inside, total))
        for form, count in near.items()
        if count >= least and count * total > every[form] * inside and not form.isdecimal()
    ]
    return sorted(kept, key=lambda one: (-round(one.likelihood, 9), one.word))


def _places(tokens: analyzer.Tokens, marks: Sequence[Span], window: int) -> tuple[set[int], set[int]]:
    """The words that are matches, and those within the window of one."""
    own: set[int] = set()
    close: set[int] = set()
    index, count = 0, len(tokens.forms)
    for mark in marks:
        while index < count and tokens.stops[index] <= mark.start:
            index += 1
        first = index
        while index < count and tokens.starts[index] < mark.stop:
            own.add(index)
            index += 1
        close.update(range(max(0, first - window), min(count, index + window)))
    return own, close - own


def likelihood(near: int, word: int, inside: int, total: int) -> float:
    """G2 of a word that stands `near` times among `inside` words, and `word` times among `total`."""
    cells = ((near, inside, word), (inside - near, inside, total - word))
    others = ((word - near, total - inside, word), (total - inside - word + near, total - inside, total - word))
    return 2 * sum(seen * log(seen * total / (row * column)) for seen, row, column in (*cells, *others) if seen > 0)
