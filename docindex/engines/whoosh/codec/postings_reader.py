"""Postings as Whoosh's codec W3 has them, read a whole term at a time: its own classes take one posting at a time.

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
from itertools import accumulate, compress, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3TermInfo
from whoosh.reading import CorruptIndexError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whoosh.codec.whoosh3 import W3TermsReader
    from whoosh.reading import SegmentReader

ABOUT = W3TermInfo._struct
"""What the table of terms says of a term. Behind it stand where its postings begin, and their length in bytes."""
_LENGTH = struct.Struct("!i")
_EXTENT = struct.Struct("!qi")


class Found(NamedTuple):
    """A term's postings as they are read: what `Postings` holds, a document's positions still packed."""

    documents: Sequence[int]
    weights: Sequence[float]
    values: Sequence[bytes]  # as many as documents, or none

    def only(self, kept: Sequence[bool]) -> Found:
        """Those that are to be kept."""
        documents, weights, values = self
        return Found(list(compress(documents, kept)), list(compress(weights, kept)), list(compress(values, kept)))


def places(value: bytes) -> array[int]:
    """The positions, rising, that a posting's value holds: numbers of 16 bits where all are so small, of 32 bits behind
    which a byte is left, so that their length tells them, where not.
    """
    return array("I", value[:-1]) if len(value) & 1 else array("H", value)


def merged(one: bytes, other: bytes) -> bytes:
    """The positions of two values in one."""
    both = sorted((*places(one), *places(other)))
    return array("I", both).tobytes() + b"\0" if both[-1] >= WIDE else array("H", both).tobytes()


WIDE = 1 << 16
"""From here on positions take 32 bits."""


def find(reader: SegmentReader, field: str, term: bytes) -> Found:
    """A term's postings in a segment, those of deleted documents too; nothing where it does not hold the term."""
    terms = reader._terms
    try:
        said = terms._tindex[terms._keycoder(field, term)]
    except KeyError:
        return Found((), (), ())
    return _postings(terms, said)


def every(reader: SegmentReader) -> Iterator[tuple[str, bytes, Found]]:
    """All terms of a segment in their order, each with its field and its postings."""
    terms = reader._terms
    for key, said in terms._tindex.items():
        yield *terms._keydecoder(key), _postings(terms, said)


def _postings(terms: W3TermsReader, said: bytes) -> Found:
    """What a term's row of the table leads to."""
    offset, length = _EXTENT.unpack_from(said, ABOUT.size)
    return decode(terms._postfile.get(offset, length))


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
