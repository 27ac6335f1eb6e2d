"""Whoosh's seam: a segment of ours behind `whoosh.codec.base`, for Whoosh's own readers, searchers
and queries.

docindex's searches need no Whoosh; this shows that the index is one of Whoosh's. Writing goes by
`index_writer`, many documents and terms at a time, so the writers of the seam are not there.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import repeat
from typing import TYPE_CHECKING, Any

from whoosh import columns, fields, formats
from whoosh.codec import base
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import MultiReader, SegmentReader, TermInfo, TermNotFound

from docindex.engines.whoosh import schema

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Sequence

    from whoosh.reading import IndexReader

    from docindex.engines.whoosh.codec.postings_reader import Postings
    from docindex.engines.whoosh.codec.segment import Segment


class Positions(formats.Positions):
    """Positions as 32-bit numbers."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Return the positions, ascending."""
        return memoryview(valuestring).cast("I").tolist()


def whoosh_schema() -> fields.Schema:
    """Return the fields of a document."""
    values = columns.VarBytesColumn()
    kinds = {name: fields.COLUMN(values) for name in schema.BYTES_COLUMNS}
    kinds |= {name: fields.COLUMN(columns.NumericColumn("i", default=schema.NO_DATE)) for name in schema.NUMBER_COLUMNS}
    words = fields.FieldType(format=Positions(), analyzer=None, scorable=True)  # type: ignore[arg-type]
    return fields.Schema(words=words, path=fields.ID(), language=fields.ID(), thread=fields.ID(), **kinds)


def whoosh_reader(segments: Sequence[Segment]) -> IndexReader:
    """Return Whoosh's reader of the segments of a commit."""
    storage: Any = None  # the segments are open
    readers: list[IndexReader] = [
        SegmentReader(storage, whoosh_schema(), WhooshSegment(segment))  # type: ignore[abstract]
        for segment in segments
    ]
    return readers[0] if len(readers) == 1 else MultiReader(readers)


class WhooshCodec(base.Codec):
    """Reads one segment that is open."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def terms_reader(self, storage: object, segment: object) -> TermsReader:
        """Return the reader of terms."""
        return TermsReader(self._segment)  # type: ignore[abstract]

    def per_document_reader(self, storage: object, segment: object) -> DocumentReader:
        """Return the reader of values."""
        return DocumentReader(self._segment)


class WhooshSegment(base.Segment):
    """A segment as Whoosh asks for one."""

    def __init__(self, segment: Segment) -> None:
        super().__init__("docindex")
        self.segid = segment.name
        self._segment = segment

    def codec(self) -> WhooshCodec:
        """Return the codec of this segment."""
        return WhooshCodec(self._segment)  # type: ignore[abstract]

    def doc_count_all(self) -> int:
        """Return the number of documents, deleted ones included."""
        return self._segment.doc_count

    def deleted_count(self) -> int:
        """Return the number of deleted documents."""
        return len(self._segment.deleted)

    def deleted_docs(self) -> frozenset[int]:
        """Return the deleted documents."""
        return self._segment.deleted

    def is_deleted(self, docnum: int) -> bool:
        """Return True if a document is deleted."""
        return docnum in self._segment.deleted


class DocumentReader(base.PerDocumentReader):
    """Reads lengths and columns."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def doc_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self._segment.info.live_count

    def doc_count_all(self) -> int:
        """Return the number of documents."""
        return self._segment.doc_count

    def has_deletions(self) -> bool:
        """Return True if any document is deleted."""
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Return True if a document is deleted."""
        return docnum in self._segment.deleted

    def deleted_docs(self) -> frozenset[int]:
        """Return the deleted documents."""
        return self._segment.deleted

    def supports_columns(self) -> bool:
        """Return True: there are columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Return True if a field has a column."""
        return fieldname in schema.BYTES_COLUMNS or fieldname in schema.NUMBER_COLUMNS

    def list_columns(self) -> list[str]:
        """Return the names of the columns."""
        return [*schema.BYTES_COLUMNS, *schema.NUMBER_COLUMNS]

    def column_reader(self, fieldname: str, column: object) -> ColumnReader:
        """Return the reader of a column."""
        is_number = fieldname in schema.NUMBER_COLUMNS
        values = self._segment.numbers(fieldname) if is_number else self._segment.column(fieldname)
        return ColumnReader(values, self._segment.doc_count)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return a document's length in words."""
        if fieldname != "words":
            return default
        norms, lengths = self._segment.norms()
        return int(lengths[norms[docnum]])

    def field_length(self, fieldname: str) -> int:
        """Return the length of all documents."""
        return self._segment.total_length if fieldname == "words" else 0

    def min_field_length(self, fieldname: str) -> int:
        """Return the length of the shortest document."""
        return min(self._all_lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        """Return the length of the longest document."""
        return max(self._all_lengths(fieldname), default=0)

    def _all_lengths(self, fieldname: str) -> list[int]:
        return [self.doc_field_length(document, fieldname) for document in range(self._segment.doc_count)]

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the stored fields: there are none beside the columns."""
        return {}


class ColumnReader(columns.ColumnReader):
    """Reads a column of a segment."""

    def __init__(self, values: Any, count: int) -> None:
        self._values, self._doccount = values, count

    def __len__(self) -> int:
        return self._doccount

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def sort_key(self, docnum: int) -> Any:
        """Return the value."""
        return self._values[docnum]


class TermsReader(base.TermsReader):
    """Reads terms and postings."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._terms = segment.terms

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._terms.find(*term) is not None

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields with postings."""
        return [name for name in schema.INDEXED_FIELDS if name in self._terms.fields]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield all terms with their fields."""
        for field in self.indexed_field_names():
            yield from self.terms_from(field, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield the terms of a field from one on."""
        for block in self._terms.blocks(fieldname, prefix):
            yield from zip(repeat(fieldname), block.names[bisect_left(block.names, prefix) :])

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield all terms with what is known of them."""
        for term in self.terms():
            yield term, self.term_info(*term)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """Yield the terms of a field from one on, with what is known of them."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return what is known of a term."""
        postings = self._postings(fieldname, text)
        weights = postings.weights()
        norms, lengths = self._segment.norms()
        sizes = [int(lengths[norms[document]]) for document in postings.documents]
        first, last = postings.documents[0], postings.documents[-1]
        return TermInfo(sum(weights), len(weights), min(sizes), max(sizes), max(weights), first, last)

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return a term's weight in all documents."""
        return sum(self._postings(fieldname, text).weights())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return the number of documents that hold a term."""
        return self._terms.doc_freq(fieldname, text)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """Return the matcher of a term."""
        postings = self._postings(fieldname, text)
        places = postings.positions()
        values = [_value(places.get(document)) for document in postings.documents]
        return ListMatcher(
            postings.documents, postings.weights(), values, format_, scorer,
            term=(fieldname, text), terminfo=self.term_info(fieldname, text),
        )  # fmt: skip

    def _postings(self, field: str, term: bytes) -> Postings:
        postings = self._terms.postings(field, term)
        if postings is None:
            raise TermNotFound(f"No term {field}:{term!r}")
        return postings


def _value(places: array[int] | None) -> bytes:
    return places.tobytes() if places else b""
