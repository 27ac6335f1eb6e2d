"""Writes a segment's terms and postings as Whoosh's codec W3 does, many terms at a time: its own takes one posting.

What it writes is what `blocks` reads, and Whoosh.
"""

from __future__ import annotations

import pickle
import struct
import zlib
from array import array
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from isal import isal_zlib
from whoosh.codec.whoosh3 import (
    LENGTHS_COLUMN,
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3PerDocWriter,
    W3Segment,
)
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.system import pack_ushort
from whoosh.util.numeric import length_to_byte
from whoosh.util.numlists import GrowableArray

from docindex.engines.whoosh.blocks import WIDE
from docindex.engines.whoosh.columns import NEXT
from docindex.engines.whoosh.schema import LEVEL
from docindex.inverted import spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from whoosh.columns import Column
    from whoosh.fields import Schema
    from whoosh.filedb.filestore import Storage
    from whoosh.filedb.structfile import StructFile

    from docindex.engines.whoosh.columns import Packed, Postings

SIZE = 128  # postings in a block
PROTOCOL = 4
"""Of pickles. Whoosh writes 2, from before there were bytes, and reads any: 4 takes half the room and half the time."""
WORTH = 256  # bytes of a block, below which deflating takes long for what it saves

_LENGTH = struct.Struct("!i")
_PAIR = struct.Struct("!ii")
_pickled = pickle.dumps
_CRC = 1  # Whoosh's number for this way of hashing
# What the table says of a term: `blocks.ABOUT` and the extent.
_ABOUT = np.dtype([
    ("flags", "u1"), ("weight", ">f4"), ("frequency", ">u4"), ("shortest", "u1"), ("longest", "u1"),
    ("heaviest", ">f4"), ("first", ">u4"), ("last", ">u4"), ("offset", ">i8"), ("length", ">i4"),
])  # fmt: skip


class Encoded(NamedTuple):
    """Terms as they are written."""

    names: bytes  # as `Packed` has them
    about: NDArray[np.void]  # what the table says of each; offsets count from the beginning of `postings`
    postings: bytes


def encode(packed: Packed, lengths: NDArray[np.uint8]) -> Encoded:
    """Terms and their postings as they are written.

    `lengths` are those of all documents in words, each as the byte that Whoosh makes of it.
    """
    frequencies, documents, weights, _, _ = packed.postings
    stops = np.cumsum(frequencies)
    firsts = stops - frequencies
    number = -(-frequencies // SIZE)  # of blocks
    first = np.cumsum(number) - number  # block of each term
    starts = np.repeat(firsts, number) + spread(np.zeros_like(number), number) * SIZE
    ends = np.minimum(starts + SIZE, np.repeat(stops, number))
    blocks = _Blocks(packed.postings, lengths, starts, ends)
    written = list(blocks.written(np.append(first[1:], len(starts)) - 1))
    for block in first.tolist():
        written[block] = WHOOSH3_HEADER_MAGIC + written[block]
    taken = np.add.reduceat(np.fromiter(map(len, written), np.intp, len(written)), first)
    about = np.zeros(len(frequencies), _ABOUT)
    about["weight"] = np.add.reduceat(weights, firsts, dtype=np.float64)
    about["frequency"] = frequencies
    about["shortest"] = np.minimum.reduceat(blocks.shortest, first)
    about["longest"] = np.maximum.reduceat(blocks.longest, first)
    about["heaviest"] = np.maximum.reduceat(blocks.heaviest, first)
    about["first"], about["last"] = documents[firsts], documents[stops - 1]
    about["offset"], about["length"] = np.cumsum(taken) - taken, taken
    return Encoded(packed.names, about, b"".join(written))


class _Blocks:
    """Postings cut into blocks."""

    def __init__(
        self, postings: Postings, lengths: NDArray[np.uint8], starts: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> None:
        sizes = lengths[postings.documents]
        self._postings = postings
        self._starts, self._ends = starts, ends
        self.shortest = np.minimum.reduceat(sizes, starts)
        self.longest = np.maximum.reduceat(sizes, starts)
        self.heaviest = np.maximum.reduceat(postings.weights, starts)

    def written(self, last: NDArray[np.intp]) -> Iterator[bytes]:
        """Each block as it is written; those that are the last of their terms say so."""
        documents = self._postings.documents
        steps = np.diff(documents, prepend=np.uint32(0))
        steps[self._starts] = documents[self._starts]
        steps_ = steps.tolist()
        values = self._values()
        signs = np.ones(len(self._starts), np.intp)
        signs[last] = -1
        rows = zip(
            self._starts.tolist(),
            self._ends.tolist(),
            signs.tolist(),
            documents[self._ends - 1].tolist(),
            self.heaviest.tolist(),
            self.shortest.tolist(),
            self.longest.tolist(),
            self._weights(),
            strict=True,
        )
        for start, end, sign, document, heaviest, shortest, longest, weights in rows:
            # A pickle of what it holds, deflated where that pays, behind what it holds in short.
            data = _pickled((tuple(steps_[start:end]), weights, tuple(values[start:end]) or None), PROTOCOL)
            level = LEVEL if len(data) >= WORTH else 0
            if level:
                data = isal_zlib.compress(data, level)
            short = _pickled((end - start, document, heaviest, level, shortest, longest), PROTOCOL)
            yield _LENGTH.pack(sign * (len(short) + len(data))) + short + data

    def _values(self) -> list[bytes]:
        """Each posting's positions as `blocks.places` reads them; none where there are none."""
        counts, positions = self._postings.counts, self._postings.positions
        if not len(positions):
            return []
        stops = np.cumsum(counts, dtype=np.intp)
        packed, wide = positions.astype("u2").tobytes(), positions.tobytes()
        values = [packed[start:stop] for start, stop in pairwise(chain((0,), (2 * stops).tolist()))]
        for index in np.flatnonzero(positions[stops - 1] >= WIDE).tolist():
            stop = 4 * int(stops[index])
            values[index] = wide[stop - 4 * int(counts[index]) : stop] + b"\0"
        return values

    def _weights(self) -> Iterator[float | tuple[float, ...] | None]:
        """Each block's weights as they take the least room: pickled whole numbers are a quarter as long as others."""
        weights = self._postings.weights
        whole = weights.astype(np.intp)
        alike = np.minimum.reduceat(weights, self._starts) == self.heaviest
        exact = np.logical_and.reduceat(weights == whole, self._starts)
        wholes, all_ = whole.tolist(), weights.tolist()
        for start, end, one, heaviest, short in zip(
            self._starts.tolist(),
            self._ends.tolist(),
            alike.tolist(),
            self.heaviest.tolist(),
            exact.tolist(),
            strict=True,
        ):
            if one:
                yield None if heaviest == 1.0 else heaviest
            else:
                yield tuple((wholes if short else all_)[start:end])


class Codec(W3Codec):
    """W3, but that many terms are written at once. Segments name W3 itself: Whoosh reads them without us."""

    def new_segment(self, storage: Storage, indexname: str) -> W3Segment:
        """A segment that W3 reads."""
        return W3Segment(W3Codec(), indexname)

    def per_document_writer(self, storage: Storage, segment: W3Segment) -> DocumentsWriter:
        """The writer of a segment's columns."""
        return DocumentsWriter(self, storage, segment)

    def field_writer(self, storage: Storage, segment: W3Segment) -> FieldWriter:
        """The writer of a segment's terms and postings."""
        return FieldWriter(self, storage, segment)


class DocumentsWriter(W3PerDocWriter):
    """Writes what is kept of each document beside its words."""

    def add_documents(
        self,
        lengths: Sequence[int],
        columns: Mapping[str, Sequence[Any]],
        schema: Schema,
    ) -> None:
        """Write documents in the field `words` of so many words, with their columns."""
        start = self._doccount
        self._doccount += len(lengths)
        self._fieldlengths["words"] += sum(lengths)
        writer = self._column("_words_len", LENGTHS_COLUMN)
        writer.fill(start)
        writer._dbfile.write(bytes(map(length_to_byte, lengths)))
        writer._count = self._doccount
        for name, values in columns.items():
            kind = schema[name].column_type
            writer = self._column(name, kind)
            writer.fill(start)
            if isinstance(kind, NumericColumn):
                writer._dbfile.write(struct.pack(f"!{len(values)}{kind._typecode}", *values))
            else:
                sizes = list(map(len, values))
                writer._dbfile.write(b"".join(values))
                writer._lengths.array.extend(array("I", sizes))
                *offsets, writer._offset_base = accumulate(sizes, initial=writer._offset_base)
                writer._offsets.array.extend(array("I", offsets))
            writer._count = self._doccount

    def _column(self, name: str, kind: Column | None) -> Any:
        """The writer of a column."""
        if not self._has_column(name):
            self._create_column(name, kind)
            made = self._get_column(name)
            if isinstance(kind, VarBytesColumn):  # it would begin with narrower numbers, and add one at a time
                made._lengths.array, made._offsets.array = array("I"), array("I")
        return self._get_column(name)


class TermsWriter(OrderedHashWriter):
    """Writes the table of terms, in their order, hashed by CRC-32 in place of MD5: the table says which it is."""

    def __init__(self, file: StructFile) -> None:
        HashWriter.__init__(self, file, hashtype=_CRC)
        self.lastkey = b""
        self._hashes = array("I")
        self._starts = array("Q")
        self._end = file.tell()

    def add_terms(self, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Write terms and what is said of them."""
        for before, key in pairwise((self.lastkey, *keys)):
            if key <= before:
                raise ValueError(f"terms must rise: {before!r}, {key!r}")
        self.lastkey = keys[-1]
        rows = [_PAIR.pack(len(key), len(value)) + key + value for key, value in zip(keys, values, strict=True)]
        self.dbfile.write(b"".join(rows))
        *starts, self._end = accumulate(map(len, rows), initial=self._end)
        self._starts.extend(starts)
        self._hashes.extend(map(zlib.crc32, keys))

    def _write_hashes(self) -> None:
        """Whoosh's tables of where the keys are, one for each value of their hashes' last eight bits."""
        hashes, starts = np.array(self._hashes), np.array(self._starts)
        for bucket in range(256):
            held = np.flatnonzero(hashes & 255 == bucket)
            slots = 2 * len(held)
            self.directory.append((self.dbfile.tell(), slots))
            table = [(0, 0)] * slots
            for hashed, start in zip(hashes[held].tolist(), starts[held].tolist(), strict=True):
                slot = (hashed >> 8) % slots
                while table[slot][1]:
                    slot = (slot + 1) % slots
                table[slot] = hashed, start
            self.dbfile.write(struct.pack("!" + "Iq" * slots, *chain.from_iterable(table)))

    def close(self) -> int:
        """Write the table itself; where it ends."""
        self.index = GrowableArray()
        self.index.array = array("I" if self._end < 1 << 32 else "q", self._starts)
        return int(super().close())


class FieldWriter(W3FieldWriter):
    """Writes fields in order, each with its terms in order."""

    def __init__(self, codec: W3Codec, storage: Storage, segment: W3Segment) -> None:
        super().__init__(codec, storage, segment)
        terms = self._tindex.dbfile
        terms.seek(0)
        said = self._tindex.extras
        self._tindex = self._table = TermsWriter(terms)
        self._table.extras = said
        self._end = self._postfile.tell()

    def add_terms(self, encoded: Encoded) -> None:
        """Write terms and their postings."""
        encoded.about["offset"] += self._end
        self._postfile.write(encoded.postings)
        self._end += len(encoded.postings)
        about = encoded.about.tobytes()
        field = pack_ushort(self._fieldid)
        said = [about[start : start + _ABOUT.itemsize] for start in range(0, len(about), _ABOUT.itemsize)]
        self._table.add_terms([field + term for term in encoded.names.split(NEXT)], said)
