"""Postings put in the order in which an index holds them, by field and term: in memory and, beyond that, on disk."""

from __future__ import annotations

import heapq
import marshal
from array import array
from collections import defaultdict
from itertools import accumulate, groupby, islice, pairwise
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

from docindex.engines.whoosh.blocks import PLACE, Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    _Row = tuple[str, bytes, bytes, bytes, bytes, bytes]

OVERHEAD = 12  # bytes of memory that a posting takes beside its positions
TERM = 600  # bytes that a term takes beside its postings
CHUNK = 2000  # terms read back from the disk at once


class Packed(NamedTuple):
    """Postings of many terms, term after term, in columns: each term's are as many as `frequencies` says, each
    posting's positions as many as `counts` says.
    """

    terms: list[bytes]
    frequencies: array[int]
    documents: array[int]
    weights: array[float]
    counts: array[int]
    positions: array[int]


class Gathered:
    """Takes postings, documents rising, and gives them term after term."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder  # for what does not fit into so many bytes of memory
        self._memory = memory
        self._used = 0
        self._fields: defaultdict[str, defaultdict[bytes, Postings]] = defaultdict(lambda: defaultdict(_nothing))
        self._runs: list[IO[bytes]] = []

    def add(self, field: str, term: bytes, document: int) -> None:
        """A document that holds a term, in a field without positions."""
        held = self._fields[field][term]
        held.documents.append(document)
        held.weights.append(1.0)
        self._use(1, 0)

    def take(self, field: str, packed: Packed, base: int) -> None:
        """Many documents' terms in a field; `base` is the number of the first document."""
        held = map(self._fields[field].__getitem__, packed.terms)
        documents = array("I", map(base.__add__, packed.documents))
        _, _, weights, counts, places = packed[1:]
        where = list(accumulate(counts, initial=0))
        for own, (start, stop) in zip(held, pairwise(accumulate(packed.frequencies, initial=0)), strict=True):
            own.documents.extend(documents[start:stop])
            own.weights.extend(weights[start:stop])
            own.counts.extend(counts[start:stop])
            own.positions.extend(places[where[start] : where[stop]])
        self._use(len(documents), len(places))

    def extend(self, field: str, term: bytes, postings: Postings) -> None:
        """A term's postings in documents that come after all that it has been given."""
        self._fields[field][term].extend(postings)
        self._use(len(postings.documents), len(postings.positions))

    def _use(self, postings: int, positions: int) -> None:
        self._used += postings * OVERHEAD + positions * PLACE
        if self._used + sum(map(len, self._fields.values())) * TERM > self._memory:
            self._write_run()

    def __iter__(self) -> Iterator[tuple[str, bytes, Postings]]:
        """Each field's terms in order, with their postings. What was held is gone afterwards."""
        if not self._runs:
            for field, terms in self._sorted():
                for term in terms:
                    yield field, term, self._fields[field].pop(term)
            return
        self._write_run()
        rows = heapq.merge(*map(_rows, self._runs), key=itemgetter(0, 1))
        for (field, term), parts in groupby(rows, key=itemgetter(0, 1)):
            postings = _nothing()
            for row in parts:
                postings.extend(_postings(row))
            yield field, term, postings

    def close(self) -> None:
        """Forget everything; what is on disk goes too."""
        for run in self._runs:
            run.close()

    def _sorted(self) -> Iterator[tuple[str, list[bytes]]]:
        return ((field, sorted(self._fields[field])) for field in sorted(self._fields))

    def _write_run(self) -> None:
        """Put what is in memory on disk, in order. The file has no name: it goes with this process."""
        run = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it is closed by `close`
        self._runs.append(run)
        rows = (
            (field, term, *(column.tobytes() for column in self._fields[field].pop(term)))
            for field, terms in self._sorted()
            for term in terms
        )
        while chunk := list(islice(rows, CHUNK)):
            marshal.dump(chunk, run)
        self._fields.clear()
        self._used = 0


def _nothing() -> Postings:
    return Postings(array("I"), array("f"), array("I"), array("I"))


def _postings(row: _Row) -> Postings:
    _, _, documents, weights, counts, positions = row
    return Postings(array("I", documents), array("f", weights), array("I", counts), array("I", positions))


def _rows(run: IO[bytes]) -> Iterator[_Row]:
    run.seek(0)
    chunks: Iterable[list[_Row]] = iter(lambda: _chunk(run), [])
    for chunk in chunks:
        yield from chunk


def _chunk(run: IO[bytes]) -> list[_Row]:
    try:
        chunk: list[_Row] = marshal.load(run)  # noqa: S302 - we have just written it
    except EOFError:
        return []
    return chunk
