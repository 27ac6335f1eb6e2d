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
from itertools import accumulate, chain, compress, repeat
from operator import sub
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3Segment,
    W3TermInfo,
)
from whoosh.reading import CorruptIndexError
from whoosh.system import pack_ushort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whoosh.filedb.filestore import Storage
    from whoosh.reading import SegmentReader

SIZE = 128  # postings in a block
PROTOCOL = 4
"""Of pickles. Whoosh writes 2, from before there were bytes, and reads any: 4 takes half the room and half the time."""
LEVEL = 1  # of deflation: 3, as in Whoosh, takes an eighth longer and saves 2 %
WORTH = 256  # bytes of a block, below which deflating takes long for what it saves

_LENGTH = struct.Struct("!i")
_EXTENT = struct.Struct("!qi")
_ABOUT = W3TermInfo._struct


class Postings(NamedTuple):
    """The documents that hold a term, rising; its weight in each, and its positions or nothing."""

    documents: Sequence[int]
    weights: Sequence[float]
    values: Sequence[bytes]  # as many as documents, or none

    def only(self, kept: Sequence[bool]) -> Postings:
        """Those that are to be kept."""
        documents, weights, values = self
        return Postings(list(compress(documents, kept)), list(compress(weights, kept)), list(compress(values, kept)))


class Codec(W3Codec):
    """W3, but that terms are written whole. Segments name W3 itself: Whoosh reads them without us."""

    def new_segment(self, storage: Storage, indexname: str) -> W3Segment:
        """A segment that W3 reads."""
        return W3Segment(W3Codec(), indexname)

    def field_writer(self, storage: Storage, segment: W3Segment) -> FieldWriter:
        """The writer of a segment's terms and postings."""
        return FieldWriter(self, storage, segment)


class FieldWriter(W3FieldWriter):
    """Writes fields in order, each with its terms in order."""

    def add_term(self, term: bytes, postings: Postings, lengths: bytes) -> None:
        """Write a term and its postings; `lengths` as for `encode`."""
        written, said = encode(postings, lengths, self._postfile.tell())
        self._postfile.write(written)
        self._tindex.add(pack_ushort(self._fieldid) + term, said)


def find(reader: SegmentReader, field: str, term: bytes) -> Postings:
    """A term's postings in a segment, those of deleted documents too; nothing where it does not hold the term."""
    terms = reader._terms
    try:
        said = terms._tindex[terms._keycoder(field, term)]
    except KeyError:
        return Postings((), (), ())
    offset, length = _EXTENT.unpack_from(said, _ABOUT.size)
    return decode(terms._postfile.get(offset, length))


def encode(postings: Postings, lengths: bytes, offset: int) -> tuple[bytes, bytes]:
    """A term's postings as they are written at an offset, and what the list of terms says of them.

    `lengths` are those of all documents in words, each as the byte that Whoosh makes of it.
    """
    documents, weights, values = postings
    count = len(documents)
    sizes = bytes(map(lengths.__getitem__, documents))
    parts = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, count, SIZE):
        held = slice(start, start + SIZE)
        ids, own = documents[held], weights[held]
        data = pickle.dumps(
            (tuple(map(sub, ids, chain((0,), ids))), _short(own), tuple(values[held]) or None), PROTOCOL
        )
        level = LEVEL if len(data) >= WORTH else 0
        if level:
            data = zlib.compress(data, level)
        about = (len(ids), ids[-1], max(own), level, min(sizes[held]), max(sizes[held]))
        info = pickle.dumps(about, PROTOCOL)
        size = len(info) + len(data)
        parts += (_LENGTH.pack(size if start + SIZE < count else -size), info, data)
    written = b"".join(parts)
    said = _ABOUT.pack(
        False,
        sum(weights),
        count,
        min(sizes),
        max(sizes),
        max(weights),
        documents[0],
        documents[-1],
    )
    return written, said + _EXTENT.pack(offset, len(written))


def _short(weights: Sequence[float]) -> float | tuple[float, ...] | None:
    """The weights as they take the least room: pickled whole numbers are a quarter as long as others."""
    first = weights[0]
    if weights.count(first) == len(weights):
        return None if first == 1.0 else first
    whole = tuple(map(int, weights))
    exact = tuple(weights)
    return whole if whole == exact else exact


def decode(data: bytes) -> Postings:
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
            return Postings(documents, weights, values)
