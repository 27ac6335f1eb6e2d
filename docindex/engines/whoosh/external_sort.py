"""Postings put in the order in which an index holds them: in memory and, beyond that, on disk.

What is kept in memory does not grow with the collection, nor with the number of documents that one term is in.
"""

from __future__ import annotations

import pickle
from bisect import bisect_left
from heapq import merge
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from msgspec import Struct

from docindex.analysis.folding import EXACT
from docindex.engines.whoosh.codec.postings_batch import NEXT, Packed, merged, parted
from docindex.engines.whoosh.temp_files import closed, spooled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


SHARE = 150_000  # postings and positions, about, that are given at once
PIECE = 10_000  # postings and positions, about, that are read at once of each run on disk
TERM = 8  # what a term counts beside them, for it takes that much more
MOST = 16
"""Runs on disk of one level; before there are more they are made one, of the next. A little is held of each run, and a
share is the larger the more there are. What is on disk is written once more for each sixteenfold growth."""
_SIZES = 16  # of first pieces
_EXACT = EXACT.encode()
_NO_MORE = bytes([_EXACT[0] + 1])  # behind a folded form: after all that fold to it


class Share(NamedTuple):
    """Some of the terms in order with their postings, still to be merged.

    Terms that fold to the same are given together. Where those have too many postings, they have shares to themselves,
    and one share may have some of a term's postings, the next more of them.
    """

    parts: list[Packed]
    is_begun: bool  # there were postings of the first term in the share before
    goes_on: bool  # there are postings of the last term in the next
    is_one: bool  # it has only terms that fold to one form, and not all of those
    is_last: bool  # if so: it has the last of them


class Gathered:
    """Takes the postings of a field, documents rising, and gives them term after term."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder
        self._memory = memory
        self._held: list[Packed] = []
        self._size = 0  # their bytes
        self._levels: list[_Stored] = []  # what does not fit into so many bytes of memory; the latest, the first

    def take(self, packed: Packed, base: int) -> None:
        """Terms, in order, with their postings: those of a term are in documents that come after all it has been given.

        `base` is added to the documents' numbers.
        """
        documents = packed.postings.documents + np.uint32(base)
        self._held.append(packed._replace(postings=packed.postings._replace(documents=documents)))
        self._size += len(packed.names) + sum(column.nbytes for column in packed.postings)
        if self._size > self._memory:
            self._spill()

    def take_run(self, parts: Iterable[Packed]) -> None:
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
        stored.add(piece for some in _shares(runs) for piece in _pieces(merged(some.parts), number))

    def _level(self, level: int) -> _Stored:
        """What is stored of a level; there is room for one more run."""
        if level == len(self._levels):
            self._levels.append(_Stored(self._folder))
        stored = self._levels[level]
        if len(stored.runs) == MOST:
            self._store(stored.runs, level + 1)
            stored.close()
            stored = self._levels[level] = _Stored(self._folder)
        return stored

    def shares(self) -> Iterator[Share]:
        """All terms in order with their postings, so many at a time."""
        runs = [*(run for level in self._levels[::-1] for run in level.runs), *self._pieces()]
        coming = _shares(runs)
        before, following = b"", next(coming, None)
        while following:
            (parts, is_one, is_last), following = following, next(coming, None)
            last = _last(parts)
            goes_on = following is not None and _first(following.parts) == last
            yield Share(parts, _first(parts) == before, goes_on, is_one, is_last)
            before = last

    def close(self) -> None:
        """Forget everything; what is on disk goes too."""
        self._held = []
        for stored in self._levels:
            stored.close()


def _pieces(packed: Packed, number: int) -> Iterator[Packed]:
    """A run cut into pieces; of each run the first is of another size, so that they do not all end at the same terms:
    where few pieces begin, a share cannot end.
    """
    stops = np.cumsum(_sizes(packed))
    if len(stops):
        first = PIECE * (number % _SIZES + 1) // _SIZES
        cuts = np.searchsorted(stops, np.arange(first, stops[-1], PIECE))
        yield from parted(packed, sorted({*cuts.tolist()} - {0}))


def _sizes(packed: Packed) -> NDArray[np.intp]:
    """What each posting counts."""
    frequencies, _, _, counts, _ = packed.postings
    sizes = counts.astype(np.intp) + 1
    sizes[np.cumsum(frequencies) - frequencies] += TERM
    return sizes


_Place = tuple[bytes, int]  # a term, and a document: of what is before it, and what is not
_Begin = tuple[_Place, int]  # the first posting of a piece, and what all of it counts


class _Run(Protocol):
    """Pieces, whose postings rise by term and document from one to the next."""

    def begins(self) -> Iterator[_Begin]:
        """Where they begin."""

    def pieces(self) -> Iterator[Packed]:
        """All of them in order."""


class _Held(Struct, frozen=True):
    """A run in memory."""

    held: list[Packed]

    def begins(self) -> Iterator[_Begin]:
        return map(_begin, self.held)

    def pieces(self) -> Iterator[Packed]:
        return iter(self.held)


class _Stored:
    """Runs on disk, piece by piece. Mapped into memory they would stay there, once they have been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: tuple[IO[bytes], IO[bytes]] | None = None
        self.runs: list[_Run] = []

    def add(self, pieces: Iterable[Packed]) -> None:
        """Write a run."""
        if not self._files:
            self._files = spooled(self._folder), spooled(self._folder)
        begins, held = self._files
        places = begins.tell(), held.tell()
        count = 0
        for piece in pieces:
            count += 1
            pickle.dump(_begin(piece), begins, pickle.HIGHEST_PROTOCOL)
            pickle.dump(piece, held, pickle.HIGHEST_PROTOCOL)
        self.runs.append(_OnDisk(self._files, places, count))

    def close(self) -> None:
        """Forget everything."""
        closed(*self._files or ())


class _OnDisk(Struct, frozen=True):
    """A run on disk: in one file where its pieces begin, in the other the pieces."""

    files: tuple[IO[bytes], IO[bytes]]
    places: tuple[int, int]  # where it begins in each
    count: int

    def begins(self) -> Iterator[_Begin]:
        return _values(self.files[0], self.places[0], self.count)

    def pieces(self) -> Iterator[Packed]:
        return _values(self.files[1], self.places[1], self.count)


def _values(file: IO[bytes], place: int, count: int) -> Iterator[Any]:
    """Some values that stand one after the other in a file, in which others read and write as well."""
    for _ in range(count):
        file.seek(place)
        value = pickle.load(file)  # noqa: S301 - written by this process
        place = file.tell()
        yield value


def _begin(piece: Packed) -> _Begin:
    return (piece.names.partition(NEXT)[0], int(piece.postings.documents[0])), int(_sizes(piece).sum())


def _first(parts: Iterable[Packed]) -> bytes:
    """The first term."""
    return min(part.names.partition(NEXT)[0] for part in parts)


def _last(parts: Iterable[Packed]) -> bytes:
    """The last term."""
    return max(part.names.rpartition(NEXT)[2] for part in parts)


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
        if total >= SHARE:
            is_within = folded <= last
            yield (place, True) if is_within else ((folded, 0), False)
            total, last = 0, folded
        total += size
    if is_within:
        yield (last + _NO_MORE, 0), False


class _Some(NamedTuple):
    """What is between two cuts."""

    parts: list[Packed]
    is_one: bool
    is_last: bool


def _shares(runs: Iterable[_Run]) -> Iterator[_Some]:
    """All terms of some runs, of which each has documents that come after all of those before."""
    taken = list(runs)
    rests = [_Rest(run.pieces()) for run in taken]
    was_within = False
    for place, is_within in chain(_cuts(merge(*(run.begins() for run in taken))), [(None, False)]):
        parts = [piece for rest in rests for piece in rest.until(place)]
        if parts:
            yield _Some(parts, was_within or is_within, not is_within)
        was_within = is_within


class _Rest:
    """What is left of a run, to be taken bit by bit."""

    def __init__(self, pieces: Iterator[Packed]) -> None:
        self._coming = pieces
        self._next = next(self._coming, None)

    def until(self, place: _Place | None) -> Iterator[Packed]:
        """What comes before that; all that there is left, if there is no place."""
        while self._next:
            before = _before(self._next, place) if place else len(self._next.postings.documents)
            if before == len(self._next.postings.documents):
                yield self._next
                self._next = next(self._coming, None)
                continue
            if before:
                one, self._next = parted(self._next, [before])
                yield one
            return


def _before(piece: Packed, place: _Place) -> int:
    """How many of its postings come before a place."""
    terms, (frequencies, documents, *_) = piece.terms, piece.postings
    term, document = place
    number = bisect_left(terms, term)
    start = int(frequencies[:number].sum())
    if number == len(terms) or terms[number] != term:
        return start
    return start + int(np.searchsorted(documents[start : start + int(frequencies[number])], document))
