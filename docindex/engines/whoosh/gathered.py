"""Postings put in the order in which an index holds them: in memory and, beyond that, on disk.

What is kept in memory of a term goes to disk with its postings: it does not grow with the collection.
"""

from __future__ import annotations

import pickle
from bisect import bisect_left
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import numpy as np

from docindex.analysis import EXACT
from docindex.engines.whoosh.columns import NEXT, Packed, merged, parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


SHARE = 30_000  # postings, about, that are given at once
PIECE = 2_000  # postings, about, that are read at once of each run on disk
MOST = 16
"""Runs on disk of one level; before there are more they are made one, of the next. A little is held of each run, and a
share is the larger the more there are. What is on disk is written once more for each sixteenfold growth."""
_SIZES = 16  # of first pieces


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
            held = self._pieces()
            self._store(map(_begin, chain.from_iterable(held)), held, 0)

    def _pieces(self) -> list[list[Packed]]:
        """What is held, which is not held any more."""
        held = [list(_pieces(packed, number)) for number, packed in enumerate(self._held)]
        self._held, self._size = [], 0
        return held

    def _store(self, begins: Iterable[_Begin], runs: Iterable[Iterable[Packed]], level: int) -> None:
        """Make some runs one, of a level."""
        stored = self._level(level)
        number = len(stored.runs)
        stored.add(piece for share in _shares(begins, runs) for piece in _pieces(merged(share), number))

    def _level(self, level: int) -> _Stored:
        """What is stored of a level; there is room for one more run."""
        if level == len(self._levels):
            self._levels.append(_Stored(self._folder))
        stored = self._levels[level]
        if len(stored.runs) == MOST:
            self._store(stored.begins, stored.runs, level + 1)
            stored.close()
            stored = self._levels[level] = _Stored(self._folder)
        return stored

    def shares(self) -> Iterator[list[Packed]]:
        """All terms in order with their postings, so many at a time: those of each share still to be merged.

        Terms that fold to the same are given together.
        """
        held = self._pieces()
        levels = self._levels[::-1]
        begins = [one for level in levels for one in level.begins] + list(map(_begin, chain.from_iterable(held)))
        return _shares(begins, [*(run for level in levels for run in level.runs), *held])

    def close(self) -> None:
        """Forget everything; what is on disk goes too."""
        self._held = []
        for stored in self._levels:
            stored.close()


def _pieces(packed: Packed, run: int) -> Iterator[Packed]:
    """A run cut into pieces; of each run the first is of another size, so that they do not all end at the same terms:
    where few pieces begin, a share cannot end.
    """
    stops = np.cumsum(packed.postings.frequencies)
    if len(stops):
        first = PIECE * (run % _SIZES + 1) // _SIZES
        cuts = np.searchsorted(stops, np.arange(first, stops[-1], PIECE))
        yield from parted(packed, sorted({*cuts.tolist()} - {0}))


_Begin = tuple[bytes, int]  # the first term of a piece, and how many postings there are in it


def _begin(piece: Packed) -> _Begin:
    return piece.names.partition(NEXT)[0], len(piece.postings.documents)


def _cuts(begins: Iterable[_Begin]) -> Iterator[bytes]:
    """Terms before which a share ends."""
    total, last = 0, b""
    for term, size in begins:
        folded = term.partition(EXACT.encode())[0]
        if total >= SHARE and folded > last:
            yield folded
            total, last = 0, folded
        total += size


def _shares(begins: Iterable[_Begin], runs: Iterable[Iterable[Packed]]) -> Iterator[list[Packed]]:
    """All terms of some runs, whose pieces begin so."""
    taken = [_Run(pieces) for pieces in runs]
    for cut in (*_cuts(sorted(begins)), None):
        share = [piece for run in taken for piece in run.until(cut)]
        if share:
            yield share


class _Run:
    """Pieces whose terms rise from one to the next, to be taken bit by bit."""

    def __init__(self, pieces: Iterable[Packed]) -> None:
        self._coming = iter(pieces)
        self._next = next(self._coming, None)

    def until(self, cut: bytes | None) -> Iterator[Packed]:
        """What comes before that term; all that there is left, if there is none."""
        while self._next:
            terms = self._next.terms
            if cut is None or terms[-1] < cut:
                yield self._next
                self._next = next(self._coming, None)
                continue
            before = bisect_left(terms, cut)
            if before:
                one, self._next = parted(self._next, [before])
                yield one
            return


class _Stored:
    """Runs on disk, piece by piece. Mapped into memory they would stay there, once they have been read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self.begins: list[_Begin] = []  # of all pieces
        self.runs: list[_Pieces] = []

    def add(self, pieces: Iterable[Packed]) -> None:
        """Write a run. The file has no name: it goes with this process."""
        if not self._file:
            self._file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it is closed by `close`
        places = []
        for piece in pieces:
            self.begins.append(_begin(piece))
            places.append(self._file.tell())
            pickle.dump(piece, self._file, pickle.HIGHEST_PROTOCOL)
        self.runs.append(_Pieces(self._file, places))

    def close(self) -> None:
        """Forget everything."""
        if self._file:
            self._file.close()


class _Pieces:
    """A run on disk, whose pieces are read one after the other."""

    def __init__(self, file: IO[bytes], places: Sequence[int]) -> None:
        self._file = file
        self._places = places

    def __iter__(self) -> Iterator[Packed]:
        for place in self._places:
            self._file.seek(place)
            yield pickle.load(self._file)  # noqa: S301 - written by this process
