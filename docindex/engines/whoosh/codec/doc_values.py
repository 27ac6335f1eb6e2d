"""Columns of values: bytes in compressed blocks of several, numbers as flat arrays."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from docindex.engines.whoosh.codec.compression import compress, decompress
from docindex.engines.whoosh.codec.mmap_file import damaged, raises_damage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from docindex.engines.whoosh.codec.mmap_file import ChecksumWriter, MmapFile

MAX_BLOCK_VALUES = 256
MAX_BLOCK_BYTES = 1 << 16  # before compression; a larger value has a block of its own


class ValueBlock(NamedTuple):
    """Values of consecutive documents, compressed together."""

    value_count: int
    data: bytes


def encode_values(values: Sequence[bytes], max_bytes: int = MAX_BLOCK_BYTES) -> list[ValueBlock]:
    """Compress values, several at a time."""
    blocks: list[ValueBlock] = []
    start = size = 0
    for place, value in enumerate(values):
        if place > start and (place - start == MAX_BLOCK_VALUES or size + len(value) > max_bytes):
            blocks.append(_encode_block(values[start:place]))
            start, size = place, 0
        size += len(value)
    if start < len(values):
        blocks.append(_encode_block(values[start:]))
    return blocks


def _encode_block(values: Sequence[bytes]) -> ValueBlock:
    sizes = array("I", map(len, values))
    return ValueBlock(len(values), compress(b"".join([sizes.tobytes(), *values])))


class ColumnExtent(NamedTuple):
    """The place of a column's index in its file."""

    start: int
    blocks: int


class BytesColumnWriter:
    """Writes a column of bytes. Several columns may share a file."""

    def __init__(self, file: ChecksumWriter) -> None:
        self._file = file
        self._count = 0
        self._first_docs = array("I")
        self._offsets = array("Q")
        self._sizes = array("I")

    def add(self, blocks: Sequence[ValueBlock]) -> None:
        """Write the values of the next documents."""
        for count, data in blocks:
            self._first_docs.append(self._count)
            self._offsets.append(self._file.tell())
            self._sizes.append(len(data))
            self._file.write(data)
            self._count += count

    def finish(self) -> ColumnExtent:
        """Write the index of the blocks."""
        start = self._file.tell()
        for column in (self._offsets, self._sizes, self._first_docs):
            self._file.write(column.tobytes())
        return ColumnExtent(start, len(self._sizes))


class BytesColumn:
    """A column of bytes, read block by block."""

    @raises_damage
    def __init__(self, file: MmapFile, extent: ColumnExtent, doc_count: int) -> None:
        self._file = file
        start, blocks = extent
        index = file.view(start, 16 * blocks)
        self._offsets = index[: 8 * blocks].cast("Q")
        self._sizes = index[8 * blocks : 12 * blocks].cast("I")
        self._first_docs = index[12 * blocks :].cast("I")
        self._doc_count = doc_count
        if (self._first_docs[0] if blocks else doc_count) != 0:
            raise damaged(file.name)
        self._block: tuple[int, list[bytes]] = (-1, [])  # read last

    def __getitem__(self, document: int) -> bytes:
        """Return a document's value."""
        block = bisect_right(self._first_docs, document) - 1
        return self._values(block)[document - self._first_docs[block]]

    def values(self, documents: Collection[int]) -> Iterator[bytes]:
        """Yield the values of documents, in their order. Each block is read once."""
        wanted = sorted(documents)
        if len(wanted) < 2:
            yield from map(self.__getitem__, documents)
            return
        found: dict[int, bytes] = {}
        block, start, stop = -1, 0, 0
        values: list[bytes] = []
        for document in wanted:
            if document >= stop or block < 0:
                block = bisect_right(self._first_docs, document) - 1
                start, values = self._first_docs[block], self._values(block)
                stop = start + len(values)
            found[document] = values[document - start]
        yield from map(found.__getitem__, documents)

    def blocks(self) -> Iterator[list[bytes]]:
        """Yield the values of all documents, some at a time."""
        return map(self._values, range(len(self._sizes)))

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(self.blocks())

    @raises_damage
    def _values(self, block: int) -> list[bytes]:
        if self._block[0] == block:
            return self._block[1]
        stop = self._first_docs[block + 1] if block + 1 < len(self._sizes) else self._doc_count
        count = stop - self._first_docs[block]
        data = bytes(decompress(self._file.view(self._offsets[block], self._sizes[block])))
        places = list(accumulate(memoryview(data)[: 4 * count].cast("I"), initial=4 * count))
        if count < 1 or places[-1] != len(data):
            raise damaged(self._file.name)
        values = [data[start:stop] for start, stop in pairwise(places)]
        self._block = block, values
        return values


def number_column(file: MmapFile, start: int, doc_count: int) -> memoryview:
    """Return a column of 32-bit numbers."""
    return file.view(start, 4 * doc_count).cast("i")
