"""Writes a segment's files as Whoosh's codec W3 does, many documents and terms at a time: its own takes one of each."""

from __future__ import annotations

import struct
import zlib
from array import array
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec.whoosh3 import (
    LENGTHS_COLUMN,
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

from docindex.engines.whoosh.columns import NEXT
from docindex.engines.whoosh.encoded import ABOUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from whoosh.columns import Column
    from whoosh.fields import Schema
    from whoosh.filedb.filestore import Storage
    from whoosh.filedb.structfile import StructFile

    from docindex.engines.whoosh.encoded import Encoded

_PAIR = struct.Struct("!ii")
_SLOT = np.dtype([("hash", ">u4"), ("start", ">i8")])  # of a hash table: the key's hash, and where it is; 0 for no key
_CRC = 1  # Whoosh's number for this way of hashing


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
        self._doccount += len(lengths)
        self._fieldlengths["words"] += sum(lengths)
        writer = self._column("_words_len", LENGTHS_COLUMN)
        writer._dbfile.write(bytes(map(length_to_byte, lengths)))
        writer._count = self._doccount
        for name, values in columns.items():
            kind = schema[name].column_type
            writer = self._column(name, kind)
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
        self._starts = array("q")
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
        hashes, starts = np.asarray(self._hashes), np.asarray(self._starts)
        for bucket in range(256):
            held = np.flatnonzero(hashes & 255 == bucket)
            table = np.zeros(2 * len(held), _SLOT)
            self.directory.append((self.dbfile.tell(), len(table)))
            slots = (hashes[held] >> 8) % max(1, len(table))
            while len(held):  # each goes to its slot or, where another is, to one of the next
                free = table["start"][slots] == 0
                table["hash"][slots[free]] = hashes[held[free]]
                table["start"][slots[free]] = starts[held[free]]
                others = table["start"][slots] != starts[held]
                held, slots = held[others], (slots[others] + 1) % len(table)
            self.dbfile.write(table.tobytes())

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
        said = [about[start : start + ABOUT.itemsize] for start in range(0, len(about), ABOUT.itemsize)]
        self._table.add_terms([field + term for term in encoded.names.split(NEXT)], said)
