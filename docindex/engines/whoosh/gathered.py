"""Postings put in the order in which an index holds them, by field and term: in memory and, beyond that, on disk."""

from __future__ import annotations

import heapq
import marshal
from array import array
from collections import defaultdict, deque
from itertools import groupby, islice, repeat
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from docindex.engines.whoosh.blocks import Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

OVERHEAD = 60  # bytes of memory that a posting takes beside its positions
CHUNK = 2000  # terms read back from the disk at once

_Held = tuple["array[int]", "array[float]", list[bytes]]
_Row = tuple[str, bytes, bytes, bytes, list[bytes]]


class Gathered:
    """Takes documents' postings, documents rising, and gives them term after term."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder  # for what does not fit into so many bytes of memory
        self._memory = memory
        self._used = 0
        self._fields: defaultdict[str, defaultdict[bytes, _Held]] = defaultdict(lambda: defaultdict(_nothing))
        self._runs: list[IO[bytes]] = []

    def add(
        self, field: str, document: int, terms: Sequence[bytes], weights: Sequence[float], values: Sequence[bytes]
    ) -> None:
        """One document's terms in a field, each once, with their weights and values (none: a field without)."""
        if not terms:
            return
        documents, held, kept = zip(*map(self._fields[field].__getitem__, terms), strict=True)
        deque(map(array.append, documents, repeat(document)), maxlen=0)
        deque(map(array.append, held, weights), maxlen=0)
        deque(map(list.append, kept, values), maxlen=0)
        self._used += len(terms) * OVERHEAD + sum(map(len, values))
        if self._used > self._memory:
            self._write_run()

    def extend(self, field: str, term: bytes, postings: Postings) -> None:
        """A term's postings in documents that come after all that it has been given."""
        documents, weights, values = self._fields[field][term]
        documents.extend(postings.documents)
        weights.extend(postings.weights)
        values.extend(postings.values)
        self._used += len(postings.documents) * OVERHEAD + sum(map(len, postings.values))
        if self._used > self._memory:
            self._write_run()

    def __iter__(self) -> Iterator[tuple[str, bytes, Postings]]:
        """Each field's terms in order, with their postings. What was held is gone afterwards."""
        if not self._runs:
            for field, terms in self._sorted():
                for term in terms:
                    yield field, term, Postings(*self._fields[field].pop(term))
            return
        self._write_run()
        rows = heapq.merge(*map(_rows, self._runs), key=itemgetter(0, 1))
        for (field, term), parts in groupby(rows, key=itemgetter(0, 1)):
            documents, weights, values = _nothing()
            for _, _, some, own, kept in parts:
                documents.frombytes(some)
                weights.frombytes(own)
                values += kept
            yield field, term, Postings(documents, weights, values)

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
            (field, term, documents.tobytes(), weights.tobytes(), values)
            for field, terms in self._sorted()
            for term in terms
            for documents, weights, values in (self._fields[field].pop(term),)
        )
        while chunk := list(islice(rows, CHUNK)):
            marshal.dump(chunk, run)
        self._fields.clear()
        self._used = 0


def _nothing() -> _Held:
    return array("I"), array("f"), []


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
