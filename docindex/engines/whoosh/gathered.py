"""Postings put in the order in which an index holds them: in memory and, beyond that, on disk."""

from __future__ import annotations

from array import array
from itertools import chain, pairwise, repeat
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from docindex.analysis import EXACT
from docindex.engines.whoosh.blocks import places
from docindex.engines.whoosh.columns import Packed, Postings, Run, merged, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from docindex.engines.whoosh.blocks import Found

SHARE = 100_000  # postings, about, that are given at once
MANY = 1_000_000  # numbers taken one by one before they are put into columns


class Share(NamedTuple):
    """Terms, in order, and the runs that hold their postings."""

    terms: list[bytes]
    runs: list[Run]

    def packed(self) -> Packed:
        """The same, put together."""
        return Packed(self.terms, (self.runs[0] if len(self.runs) == 1 else merged(self.runs)).postings)


class _Numbers(dict[bytes, int]):
    """A number for each term, from 0, as they come."""

    def __missing__(self, term: bytes) -> int:
        self[term] = number = len(self)
        return number


class Gathered:
    """Takes the postings of a field, documents rising, and gives them term after term."""

    def __init__(self, folder: Path, memory: int) -> None:
        self._folder = folder  # for what does not fit into so many bytes of memory
        self._memory = memory
        self._numbers = _Numbers()
        self._single = _Single()
        self._held: list[Run] = []
        self._files: list[IO[bytes]] = []
        self._kept: list[Run] = []  # in the files: each term once, in order

    def extend(self, term: bytes, found: Found) -> None:
        """A term's postings in documents that come after all that it has been given."""
        self._single.add(self._numbers[term], found)
        if self._single.size > MANY:
            self._settle()

    def take(self, packed: Packed, base: int) -> None:
        """Many documents' terms; `base` is the number of the first document."""
        self._settle()
        terms = np.fromiter(map(self._numbers.__getitem__, packed.terms), np.uint32, len(packed.terms))
        documents = packed.postings.documents + np.uint32(base)
        self._hold(run(terms, packed.postings._replace(documents=documents)))

    def _settle(self) -> None:
        """Put what came one by one with the rest."""
        if self._single.terms:
            self._hold(self._merged([self._single.run()]))
            self._single = _Single()

    def _hold(self, new: Run) -> None:
        """A run has each of its terms once, in order, whatever their numbers."""
        self._held.append(new)
        if sum(column.nbytes for own in self._held for column in own.postings) > self._memory:
            self._write()

    def _write(self) -> None:
        """Put what is in memory on disk, as one run. The file has no name: it goes with this process."""
        file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - it is closed by `close`
        self._files.append(file)
        terms, places, postings = self._merged(self._held)
        self._held = []
        kept = [_Stored(file, column) for column in postings[1:]]
        self._kept.append(Run(terms, places, Postings(postings.frequencies, *kept)))  # type: ignore[arg-type]

    def _merged(self, runs: list[Run]) -> Run:
        """Runs in one, its terms in order."""
        names = sorted(self._numbers)
        ranks = self._ranks(names)
        whole = merged([own._replace(terms=ranks[own.terms]) for own in runs])
        numbers = np.fromiter(map(self._numbers.__getitem__, names), np.uint32, len(names))
        return whole._replace(terms=numbers[whole.terms])

    def _ranks(self, names: list[bytes]) -> NDArray[np.uint32]:
        """The place in order of each term's number."""
        ranks = np.empty(len(names), np.uint32)
        ranks[np.fromiter(map(self._numbers.__getitem__, names), np.intp, len(names))] = np.arange(len(names))
        return ranks

    def shares(self) -> Iterator[Share]:
        """All terms in order with their postings, so many at a time.

        Terms that fold to the same are given together.
        """
        self._settle()
        names = sorted(self._numbers)
        ranks = self._ranks(names)
        runs = [_Ordered(own._replace(terms=ranks[own.terms])) for own in (*self._kept, *self._held)]
        counts = np.zeros(len(names), np.intp)
        for own in runs:
            own.count(counts)
        for start, stop in pairwise(_cuts(names, counts)):
            yield Share(names[start:stop], [part for own in runs if len((part := own.between(start, stop)).terms)])

    def close(self) -> None:
        """Forget everything; what is on disk goes too."""
        self._kept = []
        for file in self._files:
            file.close()


def _cuts(names: list[bytes], counts: NDArray[np.intp]) -> list[int]:
    """Where shares begin and end among the terms."""
    total = np.cumsum(counts)
    cuts = [0]
    for cut in np.searchsorted(total, range(SHARE, int(counts.sum()), SHARE)).tolist():
        while cut > cuts[-1] and _folded(names[cut]) == _folded(names[cut - 1]):
            cut -= 1
        if cut > cuts[-1]:
            cuts.append(cut)
    return [*cuts, len(names)] if names else []


def _folded(term: bytes) -> bytes:
    return term.partition(EXACT.encode())[0]


class _Stored:
    """A column in a file, of which slices are read. Mapped into memory it would stay there, once it has been read."""

    def __init__(self, file: IO[bytes], column: NDArray[Any]) -> None:
        self._file = file
        self._type = column.dtype
        self._start = file.tell()
        file.write(column.tobytes())

    def __getitem__(self, part: slice) -> NDArray[Any]:
        self._file.seek(self._start + part.start * self._type.itemsize)
        return np.frombuffer(self._file.read((part.stop - part.start) * self._type.itemsize), self._type)


class _Ordered:
    """A run whose terms are numbered in order, each once, to be read part by part."""

    def __init__(self, whole: Run) -> None:
        self._whole = whole
        self._held = np.concatenate([[0], np.cumsum(whole.postings.frequencies)])
        self._where = np.concatenate([[0], np.cumsum(whole.places)])

    def count(self, counts: NDArray[np.intp]) -> None:
        """Add each term's postings to what has been counted."""
        counts[self._whole.terms] += self._whole.postings.frequencies

    def between(self, start: int, stop: int) -> Run:
        """The terms start to stop, half-open, numbered from 0."""
        first, last = np.searchsorted(self._whole.terms, (start, stop)).tolist()
        terms = slice(first, last)
        held = slice(*self._held[[first, last]].tolist())
        where = slice(*self._where[[first, last]].tolist())
        frequencies, documents, weights, counts, positions = self._whole.postings
        return Run(
            self._whole.terms[terms] - np.uint32(start),
            self._whole.places[terms],
            Postings(frequencies[terms], documents[held], weights[held], counts[held], positions[where]),
        )


class _Single:
    """Takes one term at a time."""

    def __init__(self) -> None:
        self.terms = array("I")
        self._frequencies = array("q")
        self._documents = array("I")
        self._weights = array("f")
        self._counts = array("I")
        self._positions = array("I")

    def add(self, term: int, found: Found) -> None:
        """A term's postings."""
        self.terms.append(term)
        self._frequencies.append(len(found.documents))
        self._documents.extend(found.documents)
        self._weights.extend(found.weights)
        held = list(map(places, found.values))
        self._counts.extend(map(len, held) if held else repeat(0, len(found.documents)))
        self._positions.extend(chain.from_iterable(held))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self._documents) + len(self._positions)

    def run(self) -> Run:
        """All of it."""
        return run(
            np.array(self.terms, np.uint32),
            Postings(
                np.array(self._frequencies, np.intp),
                np.array(self._documents, np.uint32),
                np.array(self._weights, np.float32),
                np.array(self._counts, np.uint32),
                np.array(self._positions, np.uint32),
            ),
        )
