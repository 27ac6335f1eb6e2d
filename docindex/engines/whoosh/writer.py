"""Writes a segment: a searching process never loads what is needed for it."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing, suppress
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.reading import SegmentReader
from whoosh.writing import CLEAR, SegmentWriter

from docindex.engines.whoosh import codec, merging, words
from docindex.engines.whoosh.columns import merged
from docindex.engines.whoosh.encoded import Encoded, encode
from docindex.engines.whoosh.gathered import Gathered
from docindex.engines.whoosh.store import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from whoosh.codec.base import Segment
    from whoosh.index import FileIndex

    from docindex.engines.base import Apply
    from docindex.engines.whoosh.columns import Packed
    from docindex.engines.whoosh.documents import Prepared
    from docindex.engines.whoosh.store import Contents, Store

LENGTHS = "_words_len"  # Whoosh's name for the column of the documents' lengths
POSTINGS_MEMORY = 4_000_000
"""Bytes of a field's postings held before they are put on disk."""

_Share = tuple[str, "list[Packed]", "NDArray[np.uint8]"]  # terms of a field, and the lengths of all documents


class Writer(SegmentWriter):
    """Whoosh's writer, but that postings go through our hands, and that the folder is told of the segments in time."""

    def __init__(self, opened: FileIndex, store: Store, apply: Apply) -> None:
        super().__init__(opened, _lk=False, codec=codec.Codec())
        self.store = store
        self._apply = apply
        self._gathered: defaultdict[str, Gathered] = defaultdict(
            lambda: Gathered(store.path, POSTINGS_MEMORY)
        )  # by field
        self._vocabulary = words.Gathering()
        self._contents: Contents

    def add(self, taken: Prepared) -> None:
        """Take documents in."""
        for field, packed in taken.postings.items():
            self._gathered[field].take(packed, self.docnum)
        self.perdocwriter.add_documents(taken.lengths, taken.columns, self.schema)
        self.docnum += len(taken.lengths)
        self._added = True

    def take_over(self, segment: Segment) -> None:
        """Take over what is left of a segment."""
        with closing(SegmentReader(self.storage, self.schema, segment)) as reader:
            left = list(reader.all_doc_ids())
            numbers = np.full(segment.doc_count_all(), merging.GONE, np.intp)
            numbers[left] = np.arange(self.docnum, self.docnum + len(left))
            for taken in merging.documents(reader, left):
                self.add(taken)
            for field, parts in groupby(merging.postings(reader, numbers), key=itemgetter(0)):
                self._gathered[field].take_run(part for _, part in parts)

    def commit_as(self, contents: Contents, *, full: bool) -> int:
        """Write the index, with what it comes with: if `full`, of nothing but what was added. Its number."""
        self._contents = contents
        self.commit(mergetype=CLEAR if full else _settled)
        return int(self.generation)

    def _flush_segment(self) -> None:
        """Write the postings of all that was taken in; what Whoosh does here takes one posting at a time."""
        self.perdocwriter.close()
        lengths = self._lengths()
        shares = ((name, own, lengths) for name in sorted(self._gathered) for own in self._gathered[name].shares())
        for field, written in groupby(self._apply(_written, shares), key=itemgetter(0)):
            self.fieldwriter.start_field(field, self.schema[field])
            for _, encoded, said in written:
                self.fieldwriter.add_terms(encoded)
                self._vocabulary.add(said)
            self.fieldwriter.finish_field()
        self.fieldwriter.close()

    def _assemble_segment(self) -> None:
        super()._assemble_segment()
        # Only now: what is there before goes into the one file of the segment.
        self._vocabulary.write(words.path_of(self.store.path, self.newsegment.segment_id()))

    def _lengths(self) -> NDArray[np.uint8]:
        """The length of each document in words, as the byte that the index has."""
        reader = self.per_document_reader()
        try:
            column = reader.column_reader(LENGTHS, LENGTHS_COLUMN)
            return np.fromiter((column[number] for number in range(self.docnum)), np.uint8, self.docnum)
        finally:
            reader.close()

    def _close_segment(self) -> None:
        for gathered in self._gathered.values():
            gathered.close()
        super()._close_segment()

    def _cleanup_on_error(self) -> None:
        with suppress(Exception):  # what went wrong is told, not what that leads to
            self._close_segment()
        super()._cleanup_on_error()

    def _commit_toc(self, segments: Any) -> None:
        self.store.pending = self._contents, names(segments)
        super()._commit_toc(segments)


def _settled(writer: Writer, segments: Sequence[Segment]) -> list[Segment]:
    """Merge what is worth it into the new segment; the segments that stay as they are.

    Raises IndexDamaged where one that is to be merged is not what was written: it would be taken for that.
    """
    merge, stay = merging.sorted_out(segments, writer.docnum)
    writer.store.verify(names(merge))
    for segment in merge:
        writer.take_over(segment)
    return stay


def _written(share: _Share) -> tuple[str, Encoded, dict[str, words.Lists]]:
    """Terms of a field as they are written, and what the vocabulary says of them. Run in another process, or here."""
    field, parts, lengths = share
    packed = merged(parts)
    frequencies = packed.postings.frequencies.tolist()
    said = words.lists(packed.terms, frequencies, packed.postings.documents) if field == "words" else {}
    return field, encode(packed, lengths), said
