"""Concordance and collocates of a query, as complete answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.api.arguments import one_of
from docindex.model.results import Results
from docindex.search import collocates, concordance, search
from docindex.search.collocates import Collocate
from docindex.search.concordance import ConcordanceLine

if TYPE_CHECKING:
    from docindex.engines.base import Searcher
    from docindex.model.documents import Record, Span
    from docindex.search.search import SearchOptions


class Concordance(Struct, frozen=True):
    """Matches of a query, each in its line of text."""

    results: Results  # the answer to the query, without hits
    lines: tuple[ConcordanceLine, ...]
    count: int  # of all lines; with `is_complete` false, of those that were looked at
    is_complete: bool  # all matches were looked at

    @property
    def total(self) -> int:
        """Number of records that match."""
        return self.results.total

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[ConcordanceLine]:
        return iter(self.lines)

    def __getitem__(self, place: int) -> ConcordanceLine:
        return self.lines[place]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return each line as a dictionary, with the keys of `docindex kwic --json`."""
        from docindex.render import concordance as render_concordance

        return [render_concordance.value(line) for line in self.lines]


class Collocates(Struct, frozen=True):
    """Words near the matches of a query, the most telling first."""

    results: Results  # the answer to the query, without hits
    words: tuple[Collocate, ...]
    count: int  # of all collocates

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[Collocate]:
        return iter(self.words)


def find_lines(
    query: str,
    results: Results,
    index: Searcher,
    options: SearchOptions,
    *,
    sort: str,
    reverse: bool,
    limit: int | None,
    context_chars: int,
) -> Concordance:
    """Return the first lines in an order. `limit` None is for all. Raises UsageError."""
    sort = sort.upper() if sort.upper() in concordance.CONTEXT_SORTS else sort
    one_of("sort", sort, concordance.SORTS)
    context_chars = max(context_chars, concordance.CONTEXT_CHARS)
    every: Iterator[ConcordanceLine] = (
        line
        for record, marks in _marked_records(query, index, options)
        for line in concordance.concordance_lines(record, marks, context_chars)
    )
    counting = itertools.count()
    counted: Iterator[ConcordanceLine] = (line for line, _ in zip(every, counting, strict=False))
    is_complete = sort != "rank" or reverse or limit is None
    if not is_complete and limit is not None:
        # The other records need not be read to know the first lines, and if there are more.
        counted = itertools.islice(counted, limit + 1)
    found = concordance.sort_lines(counted, sort, reverse=reverse, limit=None if limit is None else limit + 1)
    count = next(counting)
    return Concordance(results, tuple(found[:limit]), count, is_complete or limit is None or count <= limit)


def find_collocates(
    query: str, results: Results, index: Searcher, options: SearchOptions, *, window: int, limit: int | None
) -> Collocates:
    """Return the words within `window` words of the matches. `limit` None is for all."""
    found = collocates.find_collocates(_marked_records(query, index, options), window)
    return Collocates(results, tuple(found[:limit]), len(found))


def _marked_records(query: str, index: Searcher, options: SearchOptions) -> Iterator[tuple[Record, tuple[Span, ...]]]:
    """Yield each record that matches, with the matches in its body."""
    find = search.match_finder(query, options, index)
    return ((record, find(record, "body")) for record in search.records(query, index, options))
