"""Postings as Whoosh's codec W3 writes them, a whole term at a time: its own classes take one posting at a time.

A term's postings are a mark and blocks of at most 128 of them: the block's length (negative for the last), a pickle of
what it holds in short, and a pickle, deflated where that pays, of the documents (each less the one before), the weights
(one number where all are alike, None where all are 1) and the values (None where a format has none).
"""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from array import array
from itertools import accumulate, chain, compress, pairwise, repeat
from operator import sub
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3Segment,
    W3TermInfo,
)
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.reading import CorruptIndexError
from whoosh.system import pack_ushort
from whoosh.util.numlists import GrowableArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whoosh.filedb.filestore import Storage
    from whoosh.filedb.structfile import StructFile
    from whoosh.reading import SegmentReader

SIZE = 128  # postings in a block
PROTOCOL = 4
"""Of pickles. Whoosh writes 2, from before there were bytes, and reads any: 4 takes half the room and half the time."""
LEVEL = 1  # of deflation: 3, as in Whoosh, takes an eighth longer and saves 2 %
WORTH = 256  # bytes of a block, below which deflating takes long for what it saves

_LENGTH = struct.Struct("!i")
_EXTENT = struct.Struct("!qi")
_PAIR = struct.Struct("!ii")
_pickled = pickle.dumps
_CRC = 1  # Whoosh's number for this way of hashing
_ABOUT = W3TermInfo._struct


class Postings(NamedTuple):
    """The documents that hold a term, rising; its weight in each, and where it stands there: how many positions each
    document has, and all of them. Both are empty in fields without positions.
    """

    documents: array[int]
    weights: array[float]
    counts: array[int]
    positions: array[int]

    def extend(self, more: Postings) -> None:
        """Take over those of documents that come after these."""
        self.documents.extend(more.documents)
        self.weights.extend(more.weights)
        self.counts.extend(more.counts)
        self.positions.extend(more.positions)

    @property
    def values(self) -> Sequence[bytes]:
        """Each document's positions as `places` reads them."""
        if not self.counts:
            return ()
        packed = self.positions.tobytes()
        bounds = accumulate(map(PLACE.__mul__, self.counts), initial=0)
        return [packed[start:stop] for start, stop in pairwise(bounds)]


class Found(NamedTuple):
    """A term's postings as they are read: what `Postings` holds, a document's positions still packed."""

    documents: Sequence[int]
    weights: Sequence[float]
    values: Sequence[bytes]  # as many as documents, or none

    def only(self, kept: Sequence[bool]) -> Found:
        """Those that are to be kept."""
        documents, weights, values = self
        return Found(list(compress(documents, kept)), list(compress(weights, kept)), list(compress(values, kept)))

    @property
    def unpacked(self) -> Postings:
        """The same to be written again."""
        held = list(map(places, self.values))
        positions = array("I", chain.from_iterable(held))
        return Postings(array("I", self.documents), array("f", self.weights), array("I", map(len, held)), positions)


PLACE = array("I").itemsize
"""Bytes of a position."""


def places(value: bytes) -> array[int]:
    """The positions, rising, that a posting's value holds."""
    return array("I", value)


def merged(one: bytes, other: bytes) -> bytes:
    """The positions of two values in one."""
    return array("I", sorted(array("I", one + other))).tobytes()


class Codec(W3Codec):
    """W3, but that terms are written whole. Segments name W3 itself: Whoosh reads them without us."""

    def new_segment(self, storage: Storage, indexname: str) -> W3Segment:
        """A segment that W3 reads."""
        return W3Segment(W3Codec(), indexname)

    def field_writer(self, storage: Storage, segment: W3Segment) -> FieldWriter:
        """The writer of a segment's terms and postings."""
        return FieldWriter(self, storage, segment)


class TermsWriter(OrderedHashWriter):
    """Writes the table of terms, in their order, hashed by CRC-32 in place of MD5: the table says which it is."""

    def __init__(self, file: StructFile) -> None:
        HashWriter.__init__(self, file, hashtype=_CRC)
        self.lastkey = b""
        self._starts: list[int] = []
        self._end = file.tell()

    def add(self, key: bytes, value: bytes) -> None:
        """Write a term and what is said of it."""
        if key <= self.lastkey:
            raise ValueError(f"terms must rise: {self.lastkey!r}, {key!r}")
        self.lastkey = key
        self._starts.append(self._end)
        hashed = zlib.crc32(key)
        self.buckets[hashed & 255].append((hashed, self._end))
        row = _PAIR.pack(len(key), len(value)) + key + value
        self.dbfile.write(row)
        self._end += len(row)

    def close(self) -> int:
        """Write the table itself; where it ends."""
        self.index = GrowableArray("H")
        for start in self._starts:
            self.index.append(start)
        return int(super().close())


class FieldWriter(W3FieldWriter):
    """Writes fields in order, each with its terms in order."""

    def __init__(self, codec: W3Codec, storage: Storage, segment: W3Segment) -> None:
        super().__init__(codec, storage, segment)
        terms = self._tindex.dbfile
        terms.seek(0)
        said = self._tindex.extras
        self._tindex = TermsWriter(terms)
        self._tindex.extras = said
        self._end = self._postfile.tell()

    def add_term(self, term: bytes, postings: Postings, lengths: bytes) -> None:
        """Write a term and its postings; `lengths` as for `encode`."""
        written, said = encode(postings, lengths, self._end)
        self._postfile.write(written)
        self._end += len(written)
        self._tindex.add(pack_ushort(self._fieldid) + term, said)


def find(reader: SegmentReader, field: str, term: bytes) -> Found:
    """A term's postings in a segment, those of deleted documents too; nothing where it does not hold the term."""
    terms = reader._terms
    try:
        said = terms._tindex[terms._keycoder(field, term)]
    except KeyError:
        return Found((), (), ())
    offset, length = _EXTENT.unpack_from(said, _ABOUT.size)
    return decode(terms._postfile.get(offset, length))


def encode(postings: Postings, lengths: bytes, offset: int) -> tuple[bytes, bytes]:
    """A term's postings as they are written at an offset, and what the list of terms says of them.

    `lengths` are those of all documents in words, each as the byte that Whoosh makes of it.
    """
    documents, weights = postings.documents, postings.weights
    count = len(documents)
    if count == 1:  # half of all terms
        first = last = documents[0]
        total = heaviest = weights[0]
        least = most = lengths[first]
        value = (postings.positions.tobytes(),) if postings.counts else None
        written = WHOOSH3_HEADER_MAGIC + _block(
            (first,), None if heaviest == 1.0 else heaviest, value, (1, first, heaviest), (least, most), True
        )
    else:
        first, last = documents[0], documents[-1]
        total, heaviest = sum(weights), max(weights)
        sizes = bytes(map(lengths.__getitem__, documents))
        least, most = min(sizes), max(sizes)
        values = postings.values
        parts = [WHOOSH3_HEADER_MAGIC]
        for start in range(0, count, SIZE):
            held = slice(start, start + SIZE)
            ids, own, near = documents[held], weights[held], sizes[held]
            parts.append(
                _block(
                    tuple(map(sub, ids, chain((0,), ids))),
                    _short(own),
                    tuple(values[held]) or None,
                    (len(ids), ids[-1], max(own)),
                    (min(near), max(near)),
                    start + SIZE >= count,
                )
            )
        written = b"".join(parts)
    said = _ABOUT.pack(False, total, count, least, most, heaviest, first, last)
    return written, said + _EXTENT.pack(offset, len(written))


def _block(
    steps: tuple[int, ...],
    weights: float | tuple[float, ...] | None,
    values: tuple[bytes, ...] | None,
    about: tuple[int, int, float],
    sizes: tuple[int, int],
    last: bool,
) -> bytes:
    """What a block holds, behind its length and what it holds in short: `about` (how many documents, the last of them,
    the heaviest weight) and the sizes of its shortest and longest document.
    """
    data = _pickled((steps, weights, values), PROTOCOL)
    level = LEVEL if len(data) >= WORTH else 0
    if level:
        data = zlib.compress(data, level)
    info = _pickled((*about, level, *sizes), PROTOCOL)
    size = len(info) + len(data)
    return _LENGTH.pack(-size if last else size) + info + data


def _short(weights: array[float]) -> float | tuple[float, ...] | None:
    """The weights as they take the least room: pickled whole numbers are a quarter as long as others."""
    first = weights[0]
    if weights.count(first) == len(weights):
        return None if first == 1.0 else first
    exact = tuple(weights)
    whole = tuple(map(int, exact))
    return whole if whole == exact else exact


def decode(data: bytes) -> Found:
    """The postings that `encode` was given. Raises CorruptIndexError, or what pickle and zlib raise."""
    if data[:4] != WHOOSH3_HEADER_MAGIC:
        raise CorruptIndexError("a term's postings do not begin as they should")
    file = io.BytesIO(data)
    file.seek(4)
    documents: list[int] = []
    weights: list[float] = []
    values: list[bytes] = []
    while True:
        size = _LENGTH.unpack(file.read(4))[0]
        begin = file.tell()
        about: tuple[Any, ...] = pickle.load(file)  # noqa: S301 - Whoosh's format; its checksum has been looked at
        packed = file.read(begin + abs(size) - file.tell())
        steps, own, held = pickle.loads(zlib.decompress(packed) if about[3] else packed)  # noqa: S301
        documents += accumulate(steps)
        weights += own if isinstance(own, tuple) else repeat(1.0 if own is None else own, len(steps))
        values += held or ()
        if size < 0:
            return Found(documents, weights, values)
