"""Postings of many terms as the streams that `postings_reader` decodes, all encoded at once by
NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from docindex.analysis.vectorized import concat_ranges, run_starts
from docindex.engines.whoosh.codec.postings_reader import MANY, QUARTERS, WIDE_PLACES, WIDTHS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from docindex.engines.whoosh.codec.postings_batch import Postings

_KINDS = ("", "<u1", "<u2", "<u4")
_BYTES = np.array(WIDTHS, np.intp)
_LIMITS = (1, 1 << 8, 1 << 16)  # from here on a number is an exception, by the code of the width
MAX_NARROW_STREAM = 1 << 16  # numbers of a stream whose places take 16 bits


class EncodedPostings(NamedTuple):
    """Postings of several terms in a row, and positions in a row, with the bytes of each term."""

    postings: bytes
    postings_sizes: NDArray[np.intp]
    positions: bytes
    positions_sizes: NDArray[np.intp]


def encode(postings: Postings) -> EncodedPostings:
    """Return one chunk for each term."""
    frequencies, documents, weights, counts, positions = postings
    if not len(frequencies):
        return EncodedPostings(b"", np.zeros(0, np.intp), b"", np.zeros(0, np.intp))
    firsts = np.cumsum(frequencies) - frequencies
    ones = np.maximum(counts, 1).astype(np.int64)
    streams = [
        _Streams(_steps(documents, firsts), frequencies),
        _Streams((ones - 1).astype(np.uint32), frequencies),
        _Streams(differences(weights, counts), frequencies),
    ]
    heads = np.where(frequencies < MANY, 1, 5)
    sizes = heads + np.sum([stream.sizes for stream in streams], axis=0)
    row = _Row(sizes)
    at = row.starts
    few = frequencies < MANY
    row.put(at[few], frequencies[few])
    row.put(at[~few], MANY)
    row.put(at[~few] + 1, frequencies[~few], "<u4")
    at = at + heads
    for stream in streams:
        stream.put(row, at)
        at = at + stream.sizes
    if not len(positions):
        return EncodedPostings(row.tobytes(), sizes, b"", np.zeros(len(frequencies), np.intp))
    places = _Streams(
        _steps(positions, np.cumsum(counts, dtype=np.intp) - counts), np.add.reduceat(counts, firsts, dtype=np.intp)
    )
    placed = _Row(places.sizes)
    places.put(placed, placed.starts)
    return EncodedPostings(row.tobytes(), sizes, placed.tobytes(), places.sizes)


def differences(weights: NDArray[np.float32], counts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return how weights differ from counts of positions, in quarters, in zigzag code."""
    quarters = np.rint(weights * QUARTERS).astype(np.int64) - QUARTERS * np.maximum(counts, 1).astype(np.int64)
    return ((quarters << 1) ^ (quarters >> 63)).astype(np.uint32)


def _steps(values: NDArray[np.uint32], firsts: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Return the differences of rising values; those at `firsts` stay."""
    steps = np.diff(values, prepend=values[:1])
    steps[firsts] = values[firsts]
    return steps


class _Row:
    """Bytes in a row, into which values are put at many places at once."""

    def __init__(self, sizes: NDArray[np.intp]) -> None:
        stops = np.cumsum(sizes)
        self.starts = stops - sizes
        self._bytes = np.zeros(int(stops[-1]), np.uint8)

    def put(self, at: NDArray[np.intp], values: ArrayLike, kind: DTypeLike = np.uint8) -> None:
        """Put values, as they are in memory by their kind, where `at` says: one for each, or one
        for all.
        """
        count = len(self._bytes) - np.dtype(kind).itemsize + 1
        if len(at):
            np.ndarray((count,), kind, self._bytes, strides=(1,))[at] = values

    def tobytes(self) -> bytes:
        """Return all bytes."""
        return self._bytes.tobytes()


class _Streams:
    """Several streams of numbers, one after the other; each has as many as `counts` says, at
    least one.
    """

    def __init__(self, values: NDArray[np.uint32], counts: NDArray[np.intp]) -> None:
        counts = counts.astype(np.intp)
        self._values, self._counts = values, counts
        self._firsts = np.cumsum(counts) - counts
        largest = np.maximum.reduceat(values, self._firsts)
        places_bytes: NDArray[np.intp] = np.where(counts > MAX_NARROW_STREAM, 4, 2)
        costs: list[NDArray[Any]] = []
        exceptions: list[NDArray[np.intp]] = []
        high_codes: list[NDArray[np.intp]] = []
        for code, limit in enumerate(_LIMITS):
            number = np.add.reduceat(values >= limit, self._firsts, dtype=np.intp)
            high = largest >> 8 * WIDTHS[code]
            high_code = 1 + (high >= 1 << 8).astype(np.intp) + (high >= 1 << 16)
            costs.append(
                counts * WIDTHS[code] + (number > 0) * (places_bytes + number * (places_bytes + _BYTES[high_code]))
            )
            exceptions.append(number)
            high_codes.append(high_code)
        costs.append(counts * WIDTHS[3])
        exceptions.append(np.zeros_like(counts))
        high_codes.append(np.zeros_like(counts))
        self._codes = np.argmin(costs, axis=0)
        every = np.arange(len(counts))
        self._exceptions = np.array(exceptions)[self._codes, every]
        self._high_codes = np.where(self._exceptions > 0, np.array(high_codes)[self._codes, every], 0)
        self._places_bytes = places_bytes
        self.sizes: NDArray[np.intp] = 1 + np.array(costs)[self._codes, every]

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        """Put each stream where `at` says."""
        some = self._exceptions > 0
        wide = self._places_bytes == 4
        row.put(at, self._codes | self._high_codes << 2 | (some & wide) * WIDE_PLACES)
        at = at + 1
        row.put(at[some & ~wide], self._exceptions[some & ~wide], "<u2")
        row.put(at[some & wide], self._exceptions[some & wide], "<u4")
        at = at + some * self._places_bytes
        for code in (1, 2, 3):
            own = np.flatnonzero(self._codes == code)
            numbers = concat_ranges(self._firsts[own], self._counts[own])
            inside = concat_ranges(np.zeros_like(own), self._counts[own])
            values = self._values[numbers]
            row.put(
                np.repeat(at[own], self._counts[own]) + WIDTHS[code] * inside, values.astype(_KINDS[code]), _KINDS[code]
            )
        self._put_exceptions(row, at + self._counts * _BYTES[self._codes])

    def _put_exceptions(self, row: _Row, at: NDArray[np.intp]) -> None:
        limits = np.array([*_LIMITS, 1 << 32], np.int64)[self._codes]
        own = np.flatnonzero(self._exceptions > 0)
        if not len(own):
            return
        numbers = concat_ranges(self._firsts[own], self._counts[own])
        streams = np.repeat(own, self._counts[own])
        is_high = self._values[numbers] >= limits[streams]
        numbers, streams = numbers[is_high], streams[is_high]
        starts = np.flatnonzero(run_starts(streams))
        rank = np.arange(len(streams)) - np.repeat(starts, np.diff(starts, append=len(streams)))
        places = numbers - self._firsts[streams]
        high = self._values[numbers].astype(np.int64) >> 8 * _BYTES[self._codes[streams]]
        width = self._places_bytes[streams]
        for code in (2, 3):
            chosen = width == WIDTHS[code]
            row.put(at[streams[chosen]] + WIDTHS[code] * rank[chosen], places[chosen], _KINDS[code])
        at = at + self._exceptions * self._places_bytes
        for code in (1, 2, 3):
            chosen = self._high_codes[streams] == code
            row.put(at[streams[chosen]] + WIDTHS[code] * rank[chosen], high[chosen], _KINDS[code])
