"""Postings of one term: documents, weights and positions, each decoded from a stream of its own.

The postings of a term are chunks: the number of postings (one byte, or 255 and four bytes), then
three streams: the steps from document to document, the counts of positions less one, and what a
weight in quarters differs from its count (0, -1, 1, -2, ... as 0, 1, 2, 3, ...). The positions are
a stream in another file: a posting's first, then the steps.

A stream is a head, and of each value the lowest bytes as many as the head says. Values that need
more are exceptions: their places in the stream, then what is left of each without those lowest
bytes (patched frame of reference: Zukowski and others, Super-Scalar RAM-CPU Cache Compression,
2006).
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from itertools import accumulate, chain, repeat
from typing import TYPE_CHECKING, Literal, NamedTuple

from docindex.engines.whoosh.codec.mmap_file import raises_damage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTHS = (0, 1, 2, 4)
CODES: tuple[Literal["B", "H", "I"], ...] = ("B", "B", "H", "I")
WIDE_PLACES = 1 << 4  # in a stream's head: places of exceptions take 32 bits
MANY = 255  # a chunk's number of postings stands behind this byte
QUARTERS = 4  # of a weight
_WIDE = struct.Struct("<I")
_NARROW = struct.Struct("<H")
_FLOATS = [float(count + 1) for count in range(256)]


class Stream(NamedTuple):
    """Numbers of one stream, before exceptions are added."""

    low: memoryview | bytes
    shift: int  # bits of each number that are in `low`
    places: memoryview | tuple[()]  # of the exceptions, rising
    high: memoryview | tuple[()]

    def values(self) -> Sequence[int]:
        """Return all numbers."""
        if not len(self.places):
            return self.low
        values = list(self.low)
        for place, high in zip(self.places, self.high, strict=True):
            values[place] |= high << self.shift
        return values

    def slice(self, start: int, stop: int) -> list[int]:
        """Return some of the numbers."""
        values = list(self.low[start:stop])
        first = bisect_left(self.places, start)
        for number in range(first, len(self.places)):
            place = self.places[number]
            if place >= stop:
                break
            values[place - start] |= self.high[number] << self.shift
        return values


def read_stream(data: memoryview, start: int, count: int, limit: int) -> tuple[Stream, int]:
    """Return a stream of so many numbers and the place behind it.

    `limit` bounds the numbers that take no bytes.
    """
    head = data[start]
    width, high_width = head & 3, head >> 2 & 3
    start += 1
    exceptions = 0
    if high_width:
        places_width = 3 if head & WIDE_PLACES else 2
        number = _WIDE if head & WIDE_PLACES else _NARROW
        (exceptions,) = number.unpack_from(data, start)
        start += number.size
    low: memoryview | bytes
    if width:
        stop = start + count * WIDTHS[width]
        low = data[start:stop].cast(CODES[width])
        start = stop
    elif count > limit + exceptions:
        raise ValueError("a stream has too many numbers")
    else:
        low = bytes(count)
    if len(low) != count:
        raise ValueError("a stream is cut off")
    if not exceptions:
        return Stream(low, 0, (), ()), start
    middle = start + exceptions * WIDTHS[places_width]
    stop = middle + exceptions * WIDTHS[high_width]
    places, high = data[start:middle].cast(CODES[places_width]), data[middle:stop].cast(CODES[high_width])
    if len(high) != exceptions or exceptions > count or places[exceptions - 1] >= count:
        raise ValueError("a stream's exceptions are cut off")
    return Stream(low, 8 * WIDTHS[width], places, high), stop


class Chunk(NamedTuple):
    """Consecutive postings of a term, still encoded."""

    documents: Sequence[int]
    counts: Sequence[int]  # of positions, each less one
    weights: Stream


class PostingsList:
    """The postings of one term in one segment."""

    def __init__(self, chunks: Sequence[Chunk], positions: memoryview) -> None:
        self._chunks = chunks
        self._positions = positions
        self.documents: Sequence[int] = (
            chunks[0].documents if len(chunks) == 1 else list(chain.from_iterable(chunk.documents for chunk in chunks))
        )

    def weights(self) -> list[float]:
        """Return the weight of each posting."""
        found: list[float] = []
        for _, counts, weights in self._chunks:
            start = len(found)
            if isinstance(counts, bytes):
                found += (
                    repeat(1.0, len(counts)) if counts.count(0) == len(counts) else map(_FLOATS.__getitem__, counts)
                )
            else:
                found += map(float, (count + 1 for count in counts))
            if isinstance(weights.low, bytes):
                for place, value in zip(weights.places, weights.high, strict=True):
                    found[start + place] += _unfolded(value) / QUARTERS
            else:
                for place, value in enumerate(weights.values(), start):
                    found[place] += _unfolded(value) / QUARTERS
        return found

    @raises_damage
    def position_steps(self) -> tuple[Sequence[int], Sequence[int]]:
        """Return the number of positions in each document, and of all positions the first and
        the steps.
        """
        if not len(self._positions):
            return [0] * len(self.documents), ()
        numbers: list[int] = []
        steps: list[int] = []
        at = 0
        for _, counts, _ in self._chunks:
            stream, at = read_stream(self._positions, at, sum(counts) + len(counts), len(counts))
            numbers += (count + 1 for count in counts)
            steps += stream.values()
        return numbers, steps

    @raises_damage
    def positions(self, wanted: Iterable[int] | None = None) -> dict[int, array[int]]:
        """Return the positions by document, of all documents with the term or of the wanted
        ones.
        """
        asked = None if wanted is None else set(wanted)
        found: dict[int, array[int]] = {}
        at = 0
        if not len(self._positions):
            return found
        for documents, counts, _ in self._chunks:
            total = sum(counts) + len(counts)
            stream, at = read_stream(self._positions, at, total, len(counts))
            places: Sequence[int]
            if asked is None:
                places = range(len(documents))
            elif len(asked) * 8 < len(documents):
                near = ((document, bisect_left(documents, document)) for document in asked)
                places = [place for document, place in near if documents[place : place + 1] == [document]]
            else:
                places = [place for place, document in enumerate(documents) if document in asked]
            if not places:
                continue
            before = list(accumulate(counts, initial=0)) if any(counts) else None
            for place in places:
                first = before[place] + place if before else place
                own = stream.slice(first, first + counts[place] + 1)
                found[documents[place]] = array("I", accumulate(own) if len(own) > 1 else own)
        return found


def _unfolded(value: int) -> int:
    """Return the signed number that a zigzag code stands for."""
    return value >> 1 ^ -(value & 1)


@raises_damage
def decode_postings(data: memoryview, positions: memoryview, doc_count: int) -> PostingsList:
    """Return the postings of a term from their bytes. `doc_count` bounds the documents."""
    chunks: list[Chunk] = []
    at = 0
    while at < len(data):
        count = data[at]
        at += 1
        if count == MANY:
            (count,) = _WIDE.unpack_from(data, at)
            at += _WIDE.size
        if not 0 < count <= doc_count:
            raise ValueError("a term has more postings than there are documents")
        steps, at = read_stream(data, at, count, doc_count)
        counts, at = read_stream(data, at, count, doc_count)
        weights, at = read_stream(data, at, count, doc_count)
        documents = list(accumulate(steps.values()))
        if documents[-1] >= doc_count:
            raise ValueError("a term is in a document that does not exist")
        own = counts.values()
        chunks.append(
            Chunk(documents, bytes(own) if isinstance(own, memoryview) and own.itemsize == 1 else own, weights)
        )
    if not chunks:
        raise ValueError("a term has no postings")
    return PostingsList(chunks, positions)


class SinglePosting(NamedTuple):
    """The posting of a term that is in one document of a segment."""

    documents: Sequence[int]
    position_count: int
    weight: int  # in quarters
    steps: Sequence[int]

    def weights(self) -> list[float]:
        """Return the weight of the posting."""
        return [self.weight / QUARTERS]

    def position_steps(self) -> tuple[Sequence[int], Sequence[int]]:
        """Return the number of positions, and of these the first and the steps."""
        return (self.position_count,), self.steps

    def positions(self, wanted: Iterable[int] | None = None) -> Mapping[int, array[int]]:
        """Return the positions, if the document is wanted."""
        if not self.position_count or (wanted is not None and self.documents[0] not in set(wanted)):
            return {}
        return {self.documents[0]: array("I", accumulate(self.steps))}


Postings = PostingsList | SinglePosting
