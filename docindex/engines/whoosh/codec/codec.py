"""Writes a segment's files as Whoosh's codec W3 does, many documents and terms at a time: its own takes one of each."""

from __future__ import annotations

import struct
import zlib
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

from docindex.engines.whoosh.codec.postings_batch import NEXT
from docindex.engines.whoosh.codec.postings_writer import ABOUT
from docindex.engines.whoosh.temp_files import HELD, closed, copied, spooled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from whoosh.columns import Column
    from whoosh.fields import Schema
    from whoosh.filedb.filestore import Storage
    from whoosh.filedb.structfile import StructFile

    from docindex.engines.whoosh.codec.postings_writer import Encoded

_PAIR = struct.Struct("!ii")
_SLOT = np.dtype([("hash", ">u4"), ("start", ">i8")])  # of a hash table: the key's hash, and where it is; 0 for no key
_CRC = 1  # Whoosh's number for this way of hashing
_BUCKETS = 256  # tables of a hash table
_PARTS = 16  # in which their entries wait


class Codec(W3Codec):
    """W3, but that many terms are written at once. Segments name W3 itself: Whoosh reads them without us."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder  # where things wait

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
                writer.add_values(values)
            writer._count = self._doccount

    def discard(self) -> None:
        """Close what is open of a segment that is not to be."""
        for writer in self._colwriters.values():
            if isinstance(writer, BytesWriter):
                writer.discard()
        closed(self._cols._temp)
        self.is_closed = True

    def _column(self, name: str, kind: Column | None) -> Any:
        """The writer of a column."""
        if not self._has_column(name):
            if isinstance(kind, VarBytesColumn):
                self._colwriters[name] = BytesWriter(self._cols.create_file(name), kind, self._codec.folder)
            else:
                self._create_column(name, kind)
        return self._get_column(name)


class BytesWriter(VarBytesColumn.Writer):
    """Writes a column of bytes of which nothing is held: how long each is, and where, waits on disk."""

    def __init__(self, file: StructFile, kind: VarBytesColumn, folder: Path) -> None:
        super().__init__(file, kind.allow_offsets, kind.write_offsets_cutoff)
        self._sizes, self._begins = (spooled(folder) for _ in range(2))

    def add_values(self, values: Sequence[bytes]) -> None:
        """Write the values of some documents."""
        sizes = list(map(len, values))
        *begins, self._offset_base = accumulate(sizes, initial=self._offset_base)
        self._dbfile.write(b"".join(values))
        self._sizes.write(struct.pack(f"!{len(sizes)}I", *sizes))
        self._begins.write(struct.pack(f"!{len(begins)}I", *begins))

    def finish(self, doccount: int) -> None:
        """Write what has waited, as Whoosh's own does: where each value begins only if there are many."""
        copied(self._sizes, self._dbfile)
        if doccount > self.cutoff:
            copied(self._begins, self._dbfile)
            self._dbfile.write(b"IIX")
        else:
            self._dbfile.write(b"I")
        self.discard()

    def discard(self) -> None:
        """Forget what has waited."""
        closed(self._sizes, self._begins)


class TermsWriter(OrderedHashWriter):
    """Writes the table of terms, in their order, hashed by CRC-32 in place of MD5: the table says which it is.

    Where they are in it waits on disk until all are there.
    """

    def __init__(self, file: StructFile, folder: Path) -> None:
        HashWriter.__init__(self, file, hashtype=_CRC)
        self.lastkey = b""
        self._count = 0
        self._end = file.tell()
        self._starts = spooled(folder)  # of all, in order
        self._hashed = [spooled(folder) for _ in range(_PARTS)]  # by their hashes' last bits

    def add_terms(self, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Write terms and what is said of them."""
        for before, key in pairwise((self.lastkey, *keys)):
            if key <= before:
                raise ValueError(f"terms must rise: {before!r}, {key!r}")
        self.lastkey = keys[-1]
        rows = [_PAIR.pack(len(key), len(value)) + key + value for key, value in zip(keys, values, strict=True)]
        self.dbfile.write(b"".join(rows))
        slots = np.empty(len(keys), _SLOT)
        *slots["start"], self._end = accumulate(map(len, rows), initial=self._end)
        slots["hash"] = np.fromiter(map(zlib.crc32, keys), np.uint32, len(keys))
        self._count += len(keys)
        self._starts.write(slots["start"].tobytes())
        parts = slots["hash"] % _BUCKETS * _PARTS // _BUCKETS
        slots = slots[np.argsort(parts, kind="stable")]
        stops = np.cumsum(np.bincount(parts, minlength=_PARTS)).tolist()
        for (start, stop), file in zip(pairwise((0, *stops)), self._hashed, strict=True):
            file.write(slots[start:stop].tobytes())

    def _write_hashes(self) -> None:
        """Whoosh's tables of where the keys are, one for each value of their hashes' last eight bits."""
        for part, file in enumerate(self._hashed):
            file.seek(0)
            entries = np.frombuffer(file.read(), _SLOT)
            buckets = entries["hash"] % _BUCKETS
            for bucket in range(part * _BUCKETS // _PARTS, (part + 1) * _BUCKETS // _PARTS):
                self._write_table(entries[buckets == bucket])

    def _write_table(self, held: NDArray[np.void]) -> None:
        table = np.zeros(2 * len(held), _SLOT)
        self.directory.append((self.dbfile.tell(), len(table)))
        slots = (held["hash"] >> 8) % max(1, len(table))
        while len(held):  # each goes to its slot or, where another is, to one of the next
            free = table["start"][slots] == 0
            table[slots[free]] = held[free]
            others = table["start"][slots] != held["start"]
            held, slots = held[others], (slots[others] + 1) % len(table)
        self.dbfile.write(table.tobytes())

    def _write_extras(self) -> None:
        """What Whoosh's own writes at the end: what is said of the table, and where its terms begin."""
        is_wide = self._end >= 1 << 32
        self.extras |= {"indextype": "q" if is_wide else "I", "indexlen": self._count}
        HashWriter._write_extras(self)
        self._starts.seek(0)
        while some := self._starts.read(HELD):
            starts = np.frombuffer(some, ">i8")
            self.dbfile.write(starts.astype(">i8" if is_wide else ">u4").tobytes())

    def close(self) -> int:
        """Write what has waited; where the table ends."""
        end = int(super().close())
        self.discard()
        return end

    def discard(self) -> None:
        """Forget what has waited."""
        closed(self.dbfile, self._starts, *self._hashed)


class FieldWriter(W3FieldWriter):
    """Writes fields in order, each with its terms in order."""

    def __init__(self, codec: Codec, storage: Storage, segment: W3Segment) -> None:
        super().__init__(codec, storage, segment)
        terms = self._tindex.dbfile
        terms.seek(0)
        said = self._tindex.extras
        self._tindex = self._table = TermsWriter(terms, codec.folder)
        self._table.extras = said
        self._end = self._postfile.tell()
        self._begun: NDArray[np.void] | None = None  # what is said of a term of which more is to come

    def discard(self) -> None:
        """Close what is open of a segment that is not to be."""
        self._table.discard()
        closed(self._postfile)
        self.is_closed = True

    def add_terms(self, encoded: Encoded, *, goes_on: bool = False) -> None:
        """Write terms and their postings; `goes_on`: of the last of them more is to come, with what comes next."""
        about = encoded.about
        about["offset"] += self._end
        self._postfile.write(encoded.postings)
        self._end += len(encoded.postings)
        if self._begun is not None:
            about[:1] = _joined(self._begun, about[:1])
        self._begun = about[-1:] if goes_on else None
        said = about.tobytes()
        field = pack_ushort(self._fieldid)
        size = ABOUT.itemsize
        terms = encoded.names.split(NEXT)[: len(about) - goes_on]
        if terms:
            self._table.add_terms(
                [field + term for term in terms],
                [said[size * place : size * (place + 1)] for place in range(len(terms))],
            )


def _joined(one: NDArray[np.void], other: NDArray[np.void]) -> NDArray[np.void]:
    """What the table says of a term of which it says the one of some postings, and the other of those that follow."""
    both = one.copy()
    for name in ("weight", "frequency", "length"):
        both[name] += other[name]
    for name in ("longest", "heaviest"):
        both[name] = np.maximum(one[name], other[name])
    both["shortest"] = np.minimum(one["shortest"], other["shortest"])
    both["last"] = other["last"]
    return both
