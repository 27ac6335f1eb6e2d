"""External merge sort of postings: sorted runs in temporary files, merged by chunks (Manning et
al., IIR, ch. 4).

Memory grows neither with the collection nor with the number of documents that hold one term.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from heapq import merge
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np
from msgspec import Struct

from docindex.analysis.folding import EXACT
from docindex.engines.whoosh.codec.postings_batch import (
    POSTINGS_TYPES,
    Postings,
    PostingsBatch,
    merge_batches,
    split_at,
)
from docindex.engines.whoosh.codec.term_dictionary_reader import SEPARATOR
from docindex.engines.whoosh.temp_files import close_files, spool_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


CHUNK_POSTINGS = 150_000  # and positions, about, in one chunk
RUN_BLOCK_POSTINGS = 10_000  # and positions, about, read at once from each run on disk
TERM_OVERHEAD = 8  # postings that a term counts as, beside its own
MAX_RUNS_PER_LEVEL = 16
"""Runs on disk in one level. One more, and they are merged into a run of the next level: a little
of each run is in memory, and chunks grow with the number of runs. Each sixteenfold growth writes
the postings once more.
"""
_FIRST_BLOCK_SIZES = 16
_EXACT = EXACT.encode()
_BEGIN = struct.Struct("<IIQ")  # bytes of the term, its first document, postings and positions
_BATCH = struct.Struct("<6Q")  # bytes of terms and columns
Value = TypeVar("Value")
_NO_MORE = bytes([_EXACT[0] + 1])  # after a folded form: sorts behind all terms that fold to it


class TermChunk(NamedTuple):
    """Consecutive terms with their postings, still to be merged.

    The terms of a fold group, which fold to one form, stand in one chunk. A group with too many
    postings has chunks of its own. Then the postings of one term can continue in the next chunk.
    """

    parts: list[PostingsBatch]
    continues_previous: bool  # the previous chunk has postings of the first term
    continues_next: bool  # the next chunk has postings of the last term
    is_partial_fold_group: bool  # the chunk holds part of one fold group
    ends_fold_group: bool  # it ends that group


class PostingsSorter:
    """Sort the postings of a field by term. Documents come in ascending order."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        self._memory = memory
        self._held: list[PostingsBatch] = []
        self._size = 0  # their bytes
        self._levels: list[_Level] = []  # on disk; the latest runs are in the first

    def add(self, packed: PostingsBatch, base: int) -> None:
        """Add sorted terms with their postings. All documents come after those added before.

        `base` is added to the documents' numbers.
        """
        documents = packed.postings.documents + np.uint32(base)
        self._held.append(packed._replace(postings=packed.postings._replace(documents=documents)))
        self._size += len(packed.term_bytes) + sum(column.nbytes for column in packed.postings)
        if self._size > self._memory:
            self._spill()

    def add_sorted_run(self, parts: Iterable[PostingsBatch]) -> None:
        """Add one batch in several parts, sorted from one to the next.

        It may be too large for memory.
        """
        self._spill()  # runs keep the order of documents
        self._level(0).add(piece for part in parts for piece in _blocks(part, 0))

    def _spill(self) -> None:
        """Write the batches in memory to disk as one run."""
        if self._held:
            self._store(self._blocks(), 0)

    def _blocks(self) -> list[_Run]:
        """Return the in-memory runs and clear them."""
        held = [_MemoryRun(list(_blocks(packed, number))) for number, packed in enumerate(self._held)]
        self._held, self._size = [], 0
        return [*held]

    def _store(self, runs: Iterable[_Run], level: int) -> None:
        """Merge runs into one of a level."""
        stored = self._level(level)
        number = len(stored.runs)
        stored.add(piece for some in _chunks(runs) for piece in _blocks(merge_batches(some.parts), number))

    def _level(self, level: int) -> _Level:
        """Return a level with room for one more run."""
        if level == len(self._levels):
            self._levels.append(_Level(self._folder))
        stored = self._levels[level]
        if len(stored.runs) == MAX_RUNS_PER_LEVEL:
            self._store(stored.runs, level + 1)
            stored.close()
            stored = self._levels[level] = _Level(self._folder)
        return stored

    def chunks(self) -> Iterator[TermChunk]:
        """Yield all terms in order with their postings, in chunks of limited size."""
        runs = [*(run for level in self._levels[::-1] for run in level.runs), *self._blocks()]
        coming = _chunks(runs)
        before, following = b"", next(coming, None)
        while following:
            (parts, is_partial_fold_group, ends_fold_group), following = following, next(coming, None)
            last = _last(parts)
            continues_next = following is not None and _first(following.parts) == last
            yield TermChunk(parts, _first(parts) == before, continues_next, is_partial_fold_group, ends_fold_group)
            before = last

    def close(self) -> None:
        """Close the temporary files."""
        self._held = []
        for stored in self._levels:
            stored.close()


def _blocks(packed: PostingsBatch, number: int) -> Iterator[PostingsBatch]:
    """Cut a run into blocks.

    Vary the size of each run's first block, so that block boundaries spread over the terms. A chunk
    can end only at a boundary.
    """
    stops = np.cumsum(_sizes(packed))
    if len(stops):
        first = RUN_BLOCK_POSTINGS * (number % _FIRST_BLOCK_SIZES + 1) // _FIRST_BLOCK_SIZES
        cuts = np.searchsorted(stops, np.arange(first, stops[-1], RUN_BLOCK_POSTINGS))
        yield from split_at(packed, sorted({*cuts.tolist()} - {0}))


def _sizes(packed: PostingsBatch) -> NDArray[np.intp]:
    """Return the size of each posting: itself, its positions, and its term's overhead."""
    frequencies, _, _, counts, _ = packed.postings
    sizes = counts.astype(np.intp) + 1
    sizes[np.cumsum(frequencies) - frequencies] += TERM_OVERHEAD
    return sizes


_Place = tuple[bytes, int]  # a term and a document; postings stand before it or not
_Begin = tuple[_Place, int]  # the first posting of a block, and the size of all


class _Run(Protocol):
    """Blocks of postings, sorted by term and document from one to the next."""

    def begins(self) -> Iterator[_Begin]:
        """Yield the first posting of each block."""

    def pieces(self) -> Iterator[PostingsBatch]:
        """Yield the blocks."""


class _MemoryRun(Struct, frozen=True):
    """A run in memory."""

    held: list[PostingsBatch]

    def begins(self) -> Iterator[_Begin]:
        return map(_begin, self.held)

    def pieces(self) -> Iterator[PostingsBatch]:
        return iter(self.held)


class _Level:
    """Runs on disk, in blocks.

    They are read, not mapped, so that their pages do not stay in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: tuple[IO[bytes], IO[bytes]] | None = None
        self.runs: list[_Run] = []

    def add(self, pieces: Iterable[PostingsBatch]) -> None:
        """Write a run."""
        if not self._files:
            self._files = spool_file(self._folder), spool_file(self._folder)
        begins, held = self._files
        places = begins.tell(), held.tell()
        count = 0
        for piece in pieces:
            count += 1
            _write_begin(_begin(piece), begins)
            _write_batch(piece, held)
        self.runs.append(_DiskRun(self._files, places, count))

    def close(self) -> None:
        """Close the temporary files."""
        close_files(*self._files or ())


class _DiskRun(Struct, frozen=True):
    """A run on disk: one file has the first postings of its blocks, the other the blocks."""

    files: tuple[IO[bytes], IO[bytes]]
    places: tuple[int, int]  # offset of the run in each
    count: int

    def begins(self) -> Iterator[_Begin]:
        return _values(_read_begin, self.files[0], self.places[0], self.count)

    def pieces(self) -> Iterator[PostingsBatch]:
        return _values(_read_batch, self.files[1], self.places[1], self.count)


def _values(read: Callable[[IO[bytes]], Value], file: IO[bytes], place: int, count: int) -> Iterator[Value]:
    """Yield consecutive values of a file. Other code may move the file's offset meanwhile."""
    for _ in range(count):
        file.seek(place)
        value = read(file)
        place = file.tell()
        yield value


def _write_begin(begin: _Begin, file: IO[bytes]) -> None:
    (term, document), size = begin
    file.write(_BEGIN.pack(len(term), document, size) + term)


def _read_begin(file: IO[bytes]) -> _Begin:
    length, document, size = _BEGIN.unpack(file.read(_BEGIN.size))
    return (file.read(length), document), size


def _write_batch(batch: PostingsBatch, file: IO[bytes]) -> None:
    parts = [batch.term_bytes, *(column.tobytes() for column in batch.postings)]
    file.write(_BATCH.pack(*map(len, parts)))
    file.writelines(parts)


def _read_batch(file: IO[bytes]) -> PostingsBatch:
    term_bytes, *columns = (file.read(size) for size in _BATCH.unpack(file.read(_BATCH.size)))
    return PostingsBatch(term_bytes, Postings(*map(np.frombuffer, columns, POSTINGS_TYPES)))


def _begin(piece: PostingsBatch) -> _Begin:
    return (piece.term_bytes.partition(SEPARATOR)[0], int(piece.postings.documents[0])), int(_sizes(piece).sum())


def _first(parts: Iterable[PostingsBatch]) -> bytes:
    """Return the first term."""
    return min(part.term_bytes.partition(SEPARATOR)[0] for part in parts)


def _last(parts: Iterable[PostingsBatch]) -> bytes:
    """Return the last term."""
    return max(part.term_bytes.rpartition(SEPARATOR)[2] for part in parts)


def _chunk_ends(begins: Iterable[_Begin]) -> Iterator[tuple[_Place, bool]]:
    """Yield the places where chunks end, and whether one fold group stands on both sides.

    Paths may contain EXACT, so their fold order can differ from their byte order. The only effect
    is an empty chunk.
    """
    total, last = 0, b""  # the folded form before the last cut
    is_within = False
    for place, size in begins:
        folded = place[0].partition(_EXACT)[0]
        if is_within and folded > last:
            yield (last + _NO_MORE, 0), False
            is_within = False
        if total >= CHUNK_POSTINGS:
            is_within = folded <= last
            yield (place, True) if is_within else ((folded, 0), False)
            total, last = 0, folded
        total += size
    if is_within:
        yield (last + _NO_MORE, 0), False


class _Span(NamedTuple):
    """The postings between two cuts."""

    parts: list[PostingsBatch]
    is_partial_fold_group: bool
    ends_fold_group: bool


def _chunks(runs: Iterable[_Run]) -> Iterator[_Span]:
    """Yield all terms of runs. Each run has documents after those of the runs before."""
    taken = list(runs)
    rests = [_RunCursor(run.pieces()) for run in taken]
    was_within = False
    for place, is_within in chain(_chunk_ends(merge(*(run.begins() for run in taken))), [(None, False)]):
        parts = [piece for rest in rests for piece in rest.until(place)]
        if parts:
            yield _Span(parts, was_within or is_within, not is_within)
        was_within = is_within


class _RunCursor:
    """The rest of a run."""

    def __init__(self, pieces: Iterator[PostingsBatch]) -> None:
        self._coming = pieces
        self._next = next(self._coming, None)

    def until(self, place: _Place | None) -> Iterator[PostingsBatch]:
        """Yield the postings before a place, or all of the rest."""
        while self._next:
            before = _before(self._next, place) if place else len(self._next.postings.documents)
            if before == len(self._next.postings.documents):
                yield self._next
                self._next = next(self._coming, None)
                continue
            if before:
                one, self._next = split_at(self._next, [before])
                yield one
            return


def _before(piece: PostingsBatch, place: _Place) -> int:
    """Return how many postings of a block come before a place."""
    terms, (frequencies, documents, *_) = piece.terms, piece.postings
    term, document = place
    number = bisect_left(terms, term)
    start = int(frequencies[:number].sum())
    if number == len(terms) or terms[number] != term:
        return start
    return start + int(np.searchsorted(documents[start : start + int(frequencies[number])], document))
