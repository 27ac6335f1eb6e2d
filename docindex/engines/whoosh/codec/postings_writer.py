"""Terms and their postings as the bytes that Whoosh's codec W3 has of them, and `blocks` reads.

Of a term's postings W3 keeps pickles: of each block in short, and of what it holds. There are more blocks than terms,
most of one posting, so the pickles of many are laid out together, opcode by opcode, by NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC

from docindex.analysis.vectorized import concat_ranges
from docindex.engines.whoosh.codec.postings_batch import Postings
from docindex.engines.whoosh.codec.postings_reader import WIDE
from docindex.engines.whoosh.schema import LEVEL, deflated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray

    from docindex.engines.whoosh.codec.postings_batch import Packed

SIZE = 128  # postings in a block
WORTH = 256  # bytes of a block, below which deflating takes long for what it saves

# What the table says of a term: `blocks.ABOUT` and the extent.
ABOUT = np.dtype([
    ("flags", "u1"), ("weight", ">f4"), ("frequency", ">u4"), ("shortest", "u1"), ("longest", "u1"),
    ("heaviest", ">f4"), ("first", ">u4"), ("last", ">u4"), ("offset", ">i8"), ("length", ">i4"),
])  # fmt: skip

# Opcodes of pickles (those of version 3, which is the first to have bytes).
_OPEN, _CLOSE = 0x80 | 3 << 8, ord(".")
_MARK, _TUPLE, _TUPLE3 = ord("("), ord("t"), 0x87
_NONE, _BYTE, _INT, _FLOAT = ord("N"), ord("K"), ord("J"), ord("G")  # whole numbers of one byte, of four, any number
_SHORT, _LONG = ord("C"), ord("B")  # bytes, after their number as one byte or as four
# What stands before what a block holds: the length of all that follows, and the pickle of the block in short (`a` to
# `f` are opcodes).
_HEAD = np.dtype([
    ("length", ">i4"), ("open", "<u2"), ("mark", "u1"), ("a", "u1"), ("held", "u1"), ("b", "u1"), ("last", "<u4"),
    ("c", "u1"), ("heaviest", ">f8"), ("d", "u1"), ("level", "u1"), ("e", "u1"), ("shortest", "u1"), ("f", "u1"),
    ("longest", "u1"), ("tuple", "u1"), ("close", "u1"),
])  # fmt: skip


class Encoded(NamedTuple):
    """Terms as they are written."""

    names: bytes  # as `Packed` has them
    about: NDArray[np.void]  # what the table says of each; offsets count from the beginning of `postings`
    postings: bytes


def encode(packed: Packed, lengths: NDArray[np.uint8], *, is_begun: bool = False, goes_on: bool = False) -> Encoded:
    """Terms and their postings as they are written.

    `lengths` are those of all documents in words, each as the byte that Whoosh makes of it. Of a term with very many
    postings some come first and others later: `is_begun` says that the first term is such a one, and that some of it
    has come; `goes_on`, that more of the last one is to come.
    """
    frequencies, documents, weights, _, _ = packed.postings
    stops = np.cumsum(frequencies)
    firsts = stops - frequencies
    number = -(-frequencies // SIZE)  # of blocks
    first = np.cumsum(number) - number  # block of each term
    starts = np.repeat(firsts, number) + concat_ranges(np.zeros_like(number), number) * SIZE
    begins, ends = np.zeros((2, len(starts)), np.bool_)  # whether a term begins, or ends, with it
    begins[first] = True
    ends[first + number - 1] = True
    begins[0] &= not is_begun
    ends[-1] &= not goes_on
    blocks = _Blocks(packed.postings, lengths, starts, np.append(starts[1:], len(documents)))
    postings, sizes = blocks.written(begins, ends)
    about = np.zeros(len(frequencies), ABOUT)
    about["weight"] = np.add.reduceat(weights, firsts, dtype=np.float64)
    about["frequency"] = frequencies
    about["shortest"] = np.minimum.reduceat(blocks.shortest, first)
    about["longest"] = np.maximum.reduceat(blocks.longest, first)
    about["heaviest"] = np.maximum.reduceat(blocks.heaviest, first)
    about["first"], about["last"] = documents[firsts], documents[stops - 1]
    taken = np.add.reduceat(sizes, first)
    about["offset"], about["length"] = np.cumsum(taken) - taken, taken
    return Encoded(packed.names, about, postings)


class _Row:
    """Bytes in a row, into which values are put at many places at once."""

    def __init__(self, size: int) -> None:
        self.bytes = np.zeros(size, np.uint8)

    def put(self, at: NDArray[np.intp], values: ArrayLike, kind: DTypeLike = np.uint8) -> None:
        """Put values, as they are in memory by their kind, where `at` says: one for each, or one for all."""
        count = len(self.bytes) - np.dtype(kind).itemsize + 1
        if len(at):
            np.ndarray((count,), kind, self.bytes, strides=(1,))[at] = values


class _Part(Protocol):
    """Something that blocks hold."""

    sizes: NDArray[np.intp]  # its bytes in each of them

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        """Put it where `at` says, in each of them."""


class _Items:
    """Tuples of items of so many bytes each, `held` of them in each tuple."""

    def __init__(self, sizes: NDArray[np.intp], held: NDArray[np.intp]) -> None:
        self._held = held
        self._firsts = np.cumsum(held) - held
        self._before = np.cumsum(sizes) - sizes
        self.sizes = 2 + (np.add.reduceat(sizes, self._firsts) if len(held) else held)

    def put(self, row: _Row, at: NDArray[np.intp]) -> NDArray[np.intp]:
        """Put what encloses them; where each item begins."""
        row.put(at, _MARK)
        row.put(at + self.sizes - 1, _TUPLE)
        begins: NDArray[np.intp] = np.repeat(at + 1 - self._before[self._firsts], self._held)
        return begins + self._before


class _Documents:
    """The documents, each less the one before it in the block."""

    def __init__(self, postings: Postings, starts: NDArray[np.intp], held: NDArray[np.intp]) -> None:
        self._steps = np.diff(postings.documents, prepend=np.uint32(0))
        self._steps[starts] = postings.documents[starts]
        self._items = _Items(np.full(len(self._steps), 5), held)
        self.sizes = self._items.sizes

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        at = self._items.put(row, at)
        row.put(at, _INT)
        row.put(at + 1, self._steps, "<u4")


class _Weights:
    """The weights: none where all are 1, one where all are alike; else all, whole numbers in less room than others."""

    def __init__(self, postings: Postings, starts: NDArray[np.intp], held: NDArray[np.intp]) -> None:
        weights = postings.weights
        heaviest = np.maximum.reduceat(weights, starts)
        alike = np.minimum.reduceat(weights, starts) == heaviest
        self._one = np.flatnonzero(alike & (heaviest != 1))
        self._ones = np.flatnonzero(alike & (heaviest == 1))
        self._each = np.flatnonzero(~alike)
        self._alike = heaviest[self._one]
        self._weights = weights[concat_ranges(starts[self._each], held[self._each])]
        self._small = (self._weights < 256) & (self._weights == np.floor(self._weights))
        self._items = _Items(np.where(self._small, 2, 9), held[self._each])
        self.sizes = np.ones(len(starts), np.intp)
        self.sizes[self._one] = 9
        self.sizes[self._each] = self._items.sizes

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        row.put(at[self._ones], _NONE)
        _put_numbers(row, at[self._one], self._alike)
        at = self._items.put(row, at[self._each])
        small = at[self._small]
        row.put(small, _BYTE)
        row.put(small + 1, self._weights[self._small])
        _put_numbers(row, at[~self._small], self._weights[~self._small])


def _put_numbers(row: _Row, at: NDArray[np.intp], numbers: NDArray[np.float32]) -> None:
    row.put(at, _FLOAT)
    row.put(at + 1, numbers, ">f8")


class _Values:
    """Each posting's positions as `blocks.places` reads them."""

    def __init__(self, postings: Postings, starts: NDArray[np.intp], held: NDArray[np.intp]) -> None:
        counts, self._positions = postings.counts.astype(np.intp), postings.positions
        stops = np.cumsum(counts)
        self._counts, self._firsts = counts, stops - counts
        self._width = np.where(self._positions[stops - 1] < WIDE, 2, 4)  # of each posting's; they rise
        self._lengths = self._width * counts + (self._width == 4)
        self._heads = np.where(self._lengths < 256, 2, 5)
        self._items = _Items(self._heads + self._lengths, held)
        self.sizes = self._items.sizes

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        at = self._items.put(row, at)
        few = self._heads == 2
        row.put(at[few], _SHORT | self._lengths[few] << 8, "<u2")
        row.put(at[~few], _LONG)
        row.put(at[~few] + 1, self._lengths[~few], "<u4")
        at = at + self._heads - self._width * self._firsts
        for width, kind in ((2, "<u2"), (4, "<u4")):
            own = np.flatnonzero(self._width == width)
            places = concat_ranges(self._firsts[own], self._counts[own])
            row.put(np.repeat(at[own], self._counts[own]) + width * places, self._positions[places], kind)


class _Nothing:
    """In place of values, of fields without positions."""

    def __init__(self, count: int) -> None:
        self.sizes = np.ones(count, np.intp)

    def put(self, row: _Row, at: NDArray[np.intp]) -> None:
        row.put(at, _NONE)


class _Blocks:
    """Postings cut into blocks, from `starts` to `stops`."""

    def __init__(
        self, postings: Postings, lengths: NDArray[np.uint8], starts: NDArray[np.intp], stops: NDArray[np.intp]
    ) -> None:
        sizes = lengths[postings.documents]
        self._postings = postings
        self._starts, self._stops, self._held = starts, stops, stops - starts
        self.shortest = np.minimum.reduceat(sizes, starts)
        self.longest = np.maximum.reduceat(sizes, starts)
        self.heaviest = np.maximum.reduceat(postings.weights, starts)

    def written(self, begins: NDArray[np.bool_], ends: NDArray[np.bool_]) -> tuple[bytes, NDArray[np.intp]]:
        """All of them in a row, and how many bytes each takes; `begins` and `ends`: whether a term does with it."""
        whole = self._postings, self._starts, self._held
        values = _Values(*whole) if len(self._postings.positions) else _Nothing(len(self._starts))
        parts: tuple[_Part, ...] = (_Documents(*whole), _Weights(*whole), values)
        sizes = 4 + np.sum([part.sizes for part in parts], axis=0)
        before = _HEAD.itemsize + begins * len(WHOOSH3_HEADER_MAGIC)
        stops = np.cumsum(before + sizes)
        starts = stops - sizes
        row = _Row(int(stops[-1]))
        row.put(starts, _OPEN, "<u2")
        at = starts + 2
        for part in parts:
            part.put(row, at)
            at = at + part.sizes
        row.put(at, _TUPLE3 | _CLOSE << 8, "<u2")
        row.put((starts - before)[begins], np.frombuffer(WHOOSH3_HEADER_MAGIC, "<u4"), "<u4")
        data = memoryview(row.bytes)  # type: ignore[arg-type]
        # Deflated where that pays.
        worth = np.flatnonzero(sizes >= WORTH)
        spans = list(zip(starts[worth].tolist(), stops[worth].tolist(), strict=True))
        packed = [deflated(data[start:stop]) for start, stop in spans]
        sizes[worth] = list(map(len, packed))
        row.put(starts - _HEAD.itemsize, self._heads(ends, sizes, worth), _HEAD)
        written: list[bytes | memoryview] = []
        done = 0
        for (start, stop), own in zip(spans, packed, strict=True):
            written += [data[done:start], own]
            done = stop
        return b"".join([*written, data[done:]]), before + sizes

    def _heads(self, ends: NDArray[np.bool_], sizes: NDArray[np.intp], packed: NDArray[np.intp]) -> NDArray[np.void]:
        """What stands before each block: its length, negative for the last of a term, and what it holds in short.

        `packed` are those that are deflated.
        """
        heads = np.zeros(len(sizes), _HEAD)
        heads["length"] = _HEAD.itemsize - _HEAD["length"].itemsize + sizes
        heads["length"][ends] *= -1
        heads["open"], heads["mark"], heads["tuple"], heads["close"] = _OPEN, _MARK, _TUPLE, _CLOSE
        heads["a"] = heads["d"] = heads["e"] = heads["f"] = _BYTE
        heads["b"], heads["c"] = _INT, _FLOAT
        heads["held"], heads["last"] = self._held, self._postings.documents[self._stops - 1]
        heads["heaviest"], heads["shortest"], heads["longest"] = self.heaviest, self.shortest, self.longest
        heads["level"][packed] = LEVEL
        return heads
