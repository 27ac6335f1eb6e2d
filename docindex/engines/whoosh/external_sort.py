"""Postings put in the order in which an index holds them: in memory and, beyond that, on disk.

What is kept in memory does not grow with the collection, nor with the number of documents that one term is in.
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


CHUNK_POSTINGS = 150_000  # postings and positions, about, that are given at once
RUN_BLOCK_POSTINGS = 10_000  # postings and positions, about, that are read at once of each run on disk
TERM_OVERHEAD = 8  # what a term counts beside them, for it takes that much more
MAX_RUNS_PER_LEVEL = 16
"""Runs on disk of one level; before there are more they are made one, of the next. A little is held of each run, and a
share is the larger the more there are. What is on disk is written once more for each sixteenfold growth."""
_SIZES = 16  # of first pieces
_EXACT = EXACT.encode()
_BEGIN = struct.Struct("<IIQ")  # bytes of the term, its first document, postings and positions
_BATCH = struct.Struct("<6Q")  # bytes of terms and columns
Value = TypeVar("Value")
_NO_MORE = bytes([_EXACT[0] + 1])  # behind a folded form: after all that fold to it


class TermChunk(NamedTuple):
    """Some of the terms in order with their postings, still to be merge_batches.

    Terms that fold to the same are given together. Where those have too many postings, they have chunks to themselves,
    and one share may have some of a term's postings, the next more of them.
    """

    parts: list[PostingsBatch]
    continues_previous: bool  # there were postings of the first term in the share before
    continues_next: bool  # there are postings of the last term in the next
    is_partial_fold_group: bool  # it has only terms that fold to one form, and not all of those
    ends_fold_group: bool  # if so: it has the last of them


class PostingsSorter:
    """Takes the postings of a field, documents rising, and gives them term after term."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        self._memory = memory
        self._held: list[PostingsBatch] = []
        self._size = 0  # their bytes
        self._levels: list[_Level] = []  # what does not fit into so many bytes of memory; the latest, the first

    def add(self, packed: PostingsBatch, base: int) -> None:
        """Terms, in order, with their postings: those of a term are in documents that come after all it has been given.

        `base` is added to the documents' numbers.
        """
        documents = packed.postings.documents + np.uint32(base)
        self._held.append(packed._replace(postings=packed.postings._replace(documents=documents)))
        self._size += len(packed.term_bytes) + sum(column.nbytes for column in packed.postings)
        if self._size > self._memory:
            self._spill()

    def add_sorted_run(self, parts: Iterable[PostingsBatch]) -> None:
        """As `take`, in several parts whose terms rise from one to the next: too much, maybe, to be held."""
        self._spill()  # what came before is to stand before it
        self._level(0).add(piece for part in parts for piece in _pieces(part, 0))

    def _spill(self) -> None:
        """Put what is held on disk, as one run: a little is held of each of them when they are read."""
        if self._held:
            self._store(self._pieces(), 0)

    def _pieces(self) -> list[_Run]:
        """What is held, which is not held any more."""
        held = [_Held(list(_pieces(packed, number))) for number, packed in enumerate(self._held)]
        self._held, self._size = [], 0
        return [*held]

    def _store(self, runs: Iterable[_Run], level: int) -> None:
        """Make some runs one, of a level."""
        stored = self._level(level)
        number = len(stored.runs)
        stored.add(piece for some in _chunks(runs) for piece in _pieces(merge_batches(some.parts), number))

    def _level(self, level: int) -> _Level:
        """What is stored of a level; there is room for one more run."""
        if level == len(self._levels):
            self._levels.append(_Level(self._folder))
        stored = self._levels[level]
        if len(stored.runs) == MAX_RUNS_PER_LEVEL:
            self._store(stored.runs, level + 1)
            stored.close()
            stored = self._levels[level] = _Level(self._folder)
        return stored

    def chunks(self) -> Iterator[TermChunk]:
        """All terms in order with their postings, so many at a time."""
        runs = [*(run for level in self._levels[::-1] for run in level.runs), *self._pieces()]
        coming = _chunks(runs)
        before, following = b"", next(coming, None)
        while following:
            (parts, is_partial_fold_group, ends_fold_group), following = following, next(coming, None)
            last = _last(parts)
            continues_next = following is not None and _first(following.parts) == last
            yield TermChunk(parts, _first(parts) == before, continues_next, is_partial_fold_group, ends_fold_group)
            before = last

    def close(self) -> None:
        """Forget everything; what is on disk goes too."""
        self._held = []
        for stored in self._levels:
            stored.close()


def _pieces(packed: PostingsBatch, number: int) -> Iterator[PostingsBatch]:
    """A run cut into pieces; of each run the first is of another size, so that they do not all end at the same terms:
    where few pieces begin, a share cannot end.
    """
    stops = np.cumsum(_sizes(packed))
    if len(stops):
        first = RUN_BLOCK_POSTINGS * (number % _SIZES + 1) // _SIZES
        cuts = np.searchsorted(stops, np.arange(first, stops[-1], RUN_BLOCK_POSTINGS))
        yield from split_at(packed, sorted({*cuts.tolist()} - {0}))


def _sizes(packed: PostingsBatch) -> NDArray[np.intp]:
    """What each posting counts."""
    frequencies, _, _, counts, _ = packed.postings
    sizes = counts.astype(np.intp) + 1
    sizes[np.cumsum(frequencies) - frequencies] += TERM_OVERHEAD
    return sizes


_Place = tuple[bytes, int]  # a term, and a document: of what is before it, and what is not
_Begin = tuple[_Place, int]  # the first posting of a piece, and what all of it counts


class _Run(Protocol):
    """Pieces, whose postings rise by term and document from one to the next."""

    def begins(self) -> Iterator[_Begin]:
        """Where they begin."""

    def pieces(self) -> Iterator[PostingsBatch]:
        """All of them in order."""


class _Held(Struct, frozen=True):
    """A run in memory."""

    held: list[PostingsBatch]

    def begins(self) -> Iterator[_Begin]:
        return map(_begin, self.held)

    def pieces(self) -> Iterator[PostingsBatch]:
        return iter(self.held)


class _Level:
    """Runs on disk, piece by piece. Mapped into memory they would stay there, once they have been read."""

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
        self.runs.append(_OnDisk(self._files, places, count))

    def close(self) -> None:
        """Forget everything."""
        close_files(*self._files or ())


class _OnDisk(Struct, frozen=True):
    """A run on disk: in one file where its pieces begin, in the other the pieces."""

    files: tuple[IO[bytes], IO[bytes]]
    places: tuple[int, int]  # where it begins in each
    count: int

    def begins(self) -> Iterator[_Begin]:
        return _values(_read_begin, self.files[0], self.places[0], self.count)

    def pieces(self) -> Iterator[PostingsBatch]:
        return _values(_read_batch, self.files[1], self.places[1], self.count)


def _values(read: Callable[[IO[bytes]], Value], file: IO[bytes], place: int, count: int) -> Iterator[Value]:
    """Yield values that stand in a row in a file, in which others read and write as well."""
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
    """The first term."""
    return min(part.term_bytes.partition(SEPARATOR)[0] for part in parts)


def _last(parts: Iterable[PostingsBatch]) -> bytes:
    """The last term."""
    return max(part.term_bytes.rpartition(SEPARATOR)[2] for part in parts)


def _cuts(begins: Iterable[_Begin]) -> Iterator[tuple[_Place, bool]]:
    """Places before which a share ends; whether what is on both sides of it folds to one form.

    Paths may hold any character and not rise by what is before EXACT in them: then a share may be empty, no more.
    """
    total, last = 0, b""  # the folded form before which it was cut
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


class _Some(NamedTuple):
    """What is between two cuts."""

    parts: list[PostingsBatch]
    is_partial_fold_group: bool
    ends_fold_group: bool


def _chunks(runs: Iterable[_Run]) -> Iterator[_Some]:
    """All terms of some runs, of which each has documents that come after all of those before."""
    taken = list(runs)
    rests = [_RunCursor(run.pieces()) for run in taken]
    was_within = False
    for place, is_within in chain(_cuts(merge(*(run.begins() for run in taken))), [(None, False)]):
        parts = [piece for rest in rests for piece in rest.until(place)]
        if parts:
            yield _Some(parts, was_within or is_within, not is_within)
        was_within = is_within


class _RunCursor:
    """What is left of a run, to be taken bit by bit."""

    def __init__(self, pieces: Iterator[PostingsBatch]) -> None:
        self._coming = pieces
        self._next = next(self._coming, None)

    def until(self, place: _Place | None) -> Iterator[PostingsBatch]:
        """What comes before that; all that there is left, if there is no place."""
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
    """How many of its postings come before a place."""
    terms, (frequencies, documents, *_) = piece.terms, piece.postings
    term, document = place
    number = bisect_left(terms, term)
    start = int(frequencies[:number].sum())
    if number == len(terms) or terms[number] != term:
        return start
    return start + int(np.searchsorted(documents[start : start + int(frequencies[number])], document))
