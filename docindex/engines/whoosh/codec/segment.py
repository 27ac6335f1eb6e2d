"""A segment: some documents with their postings and values, in five files that never change."""

from __future__ import annotations

import base64
import zlib
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.engines.whoosh.codec.doc_values import BytesColumn, BytesColumnWriter, ColumnExtent, number_column
from docindex.engines.whoosh.codec.mmap_file import FileStamp, damaged, raises_damage
from docindex.engines.whoosh.codec.norms import encode_lengths, length_table, read_norms
from docindex.engines.whoosh.codec.term_dictionary_reader import SegmentTermList, TermDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from docindex.engines.whoosh.codec.doc_values import ValueBlock
    from docindex.engines.whoosh.codec.mmap_file import ChecksumWriter, MmapFile

TERMS, POSTINGS, POSITIONS, VALUES, RECORDS = EXTENSIONS = (".terms", ".postings", ".positions", ".values", ".records")
STORED = "record"  # the column with a file of its own
MAX_DOCS = (1 << 31) - 1


class SegmentInfo(Struct, frozen=True):
    """A segment as the commit names it."""

    name: str
    doc_count: int  # deleted documents included
    files: dict[str, FileStamp]  # by extension
    deleted: str = ""  # document numbers, as `encode_deleted` has them
    deleted_count: int = 0

    @property
    def live_count(self) -> int:
        """The number of documents that are not deleted."""
        return self.doc_count - self.deleted_count


class ValuesTail(Struct, frozen=True):
    """The last value of a segment's file of values."""

    doc_count: int
    total_length: int  # of all documents, in words
    norms_start: int
    columns: dict[str, ColumnExtent]
    numbers: dict[str, int]


def encode_deleted(documents: Collection[int]) -> str:
    """Return document numbers as text."""
    numbers = sorted(documents)
    steps = array("I", (one - before for before, one in zip([0, *numbers], numbers, strict=False)))
    return base64.b85encode(zlib.compress(steps.tobytes())).decode("ascii") if numbers else ""


@raises_damage
def decode_deleted(text: str, doc_count: int) -> frozenset[int]:
    """Return the document numbers that `encode_deleted` was given."""
    if not text:
        return frozenset()
    inflater = zlib.decompressobj()
    steps = array("I", inflater.decompress(base64.b85decode(text), 4 * doc_count + 1))
    found = frozenset(accumulate(steps))
    if len(found) != len(steps) or max(found, default=0) >= doc_count:
        raise ValueError("a document is deleted that does not exist")
    return found


class Segment:
    """A segment, open for reading."""

    @raises_damage
    def __init__(self, info: SegmentInfo, open_file: Callable[[str, FileStamp], MmapFile]) -> None:
        self.info = info
        self.name = info.name
        self.doc_count = info.doc_count
        files = {ending: open_file(info.name + ending, info.files[ending]) for ending in EXTENSIONS}
        self.files = files
        self._values_file, self._records_file = files[VALUES], files[RECORDS]
        self.deleted = decode_deleted(info.deleted, info.doc_count)
        if not 0 <= info.doc_count <= MAX_DOCS or len(self.deleted) != info.deleted_count:
            raise damaged(info.name)
        self._tail = self._values_file.tail(ValuesTail)
        if self._tail.doc_count != info.doc_count:
            raise damaged(self._values_file.name)
        self.total_length = self._tail.total_length
        self.terms = TermDictionary(files[TERMS], files[POSTINGS], files[POSITIONS], info.doc_count)
        self._columns: dict[str, BytesColumn] = {}
        self._term_lists: dict[str, SegmentTermList] = {}

    def column(self, name: str) -> BytesColumn:
        """Return a column of bytes."""
        if name not in self._columns:
            self._columns[name] = self._open_column(name)
        return self._columns[name]

    @raises_damage
    def _open_column(self, name: str) -> BytesColumn:
        file = self._records_file if name == STORED else self._values_file
        return BytesColumn(file, self._tail.columns[name], self.doc_count)

    @raises_damage
    def numbers(self, name: str) -> memoryview:
        """Return a column of numbers."""
        return number_column(self._values_file, self._tail.numbers[name], self.doc_count)

    @raises_damage
    def norms(self) -> tuple[memoryview, Sequence[float]]:
        """Return each document's length as a byte, and the length that each byte stands for."""
        return read_norms(self._values_file, self._tail.norms_start, self.doc_count)

    def term_list(self, language: str) -> SegmentTermList:
        """Return the folded forms of a language."""
        if language not in self._term_lists:
            self._term_lists[language] = SegmentTermList(self.terms, language)
        return self._term_lists[language]

    def live_docs(self) -> Sequence[int]:
        """Return the numbers of the documents that are not deleted."""
        every = range(self.doc_count)
        return [number for number in every if number not in self.deleted] if self.deleted else every

    def verify(self) -> None:
        """Compare all of the segment with its checksums."""
        for file in self.files.values():
            file.verify()


class DocumentsWriter:
    """Writes what a segment keeps of each document beside its words."""

    def __init__(self, values: ChecksumWriter, records: ChecksumWriter) -> None:
        self._values, self._records = values, records
        self._norms = bytearray()
        self._total_length = 0
        self._columns: dict[str, BytesColumnWriter] = {}
        self._numbers: dict[str, array[int]] = {}

    def add(
        self, lengths: Sequence[int], columns: Mapping[str, Sequence[ValueBlock]], numbers: Mapping[str, Sequence[int]]
    ) -> None:
        """Add documents of so many words, with their values."""
        self._norms += encode_lengths(lengths)
        self._total_length += sum(lengths)
        for name, blocks in columns.items():
            if name not in self._columns:
                self._columns[name] = BytesColumnWriter(self._records if name == STORED else self._values)
            self._columns[name].add(blocks)
        for name, values in numbers.items():
            self._numbers.setdefault(name, array("i")).extend(values)

    def finish(self) -> list[FileStamp]:
        """Write what has waited. Return the stamps of values and records."""
        extents = {name: column.finish() for name, column in self._columns.items()}
        numbers = {}
        for name, values in self._numbers.items():
            numbers[name] = self._values.tell()
            self._values.write(values.tobytes())
        start = self._values.tell()
        self._values.write(length_table())
        self._values.write(self._norms)
        self._values.write_tail(ValuesTail(len(self._norms), self._total_length, start, extents, numbers))
        return [self._values.finish(), self._records.finish()]
