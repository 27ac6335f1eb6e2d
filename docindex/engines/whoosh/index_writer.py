"""Writes a segment: a searching process never loads what is needed for it."""

from __future__ import annotations

from array import array
from collections import defaultdict
from contextlib import closing
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.reading import SegmentReader
from whoosh.writing import CLEAR, SegmentWriter

from docindex.engines.whoosh import merger
from docindex.engines.whoosh.codec import codec, mmap_file, term_dictionary_reader, term_dictionary_writer
from docindex.engines.whoosh.codec.postings_batch import merged
from docindex.engines.whoosh.codec.postings_writer import Encoded, encode
from docindex.engines.whoosh.directory import LENGTHS, WORDS, names
from docindex.engines.whoosh.external_sort import Gathered, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from whoosh.codec.base import Segment
    from whoosh.index import FileIndex

    from docindex.engines.base import MapFunction
    from docindex.engines.whoosh.codec.postings_batch import Packed
    from docindex.engines.whoosh.directory import Contents, Store
    from docindex.engines.whoosh.inverter import Prepared

WORDS_LEN = "_words_len"  # Whoosh's name for the column of the documents' lengths
POSTINGS_MEMORY = 4_000_000
"""Bytes of a field's postings held before they are put on disk."""

_Task = tuple[str, "Share", str]  # terms of a field, and the file with the lengths of all documents


class _Written(NamedTuple):
    """A share as it is written."""

    field: str
    encoded: Encoded
    share: Share  # without its parts
    said: dict[str, term_dictionary_writer.Lists]  # what the vocabulary says of its terms
    form: tuple[list[bytes], NDArray[np.uint32]] | None
    """If they are not all that fold to a form: they, and the documents that they are in."""


class Writer(SegmentWriter):
    """Whoosh's writer, but that postings go through our hands, and that the folder is told of the segments in time."""

    def __init__(self, opened: FileIndex, store: Store, apply: MapFunction) -> None:
        super().__init__(opened, _lk=False, codec=codec.Codec(store.path))
        self.store = store
        self._apply = apply
        self._gathered: defaultdict[str, Gathered] = defaultdict(
            lambda: Gathered(store.path, POSTINGS_MEMORY)
        )  # by field
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
            left = array("I", reader.all_doc_ids())
            numbers = np.full(segment.doc_count_all(), merger.GONE, np.int32)
            numbers[left] = np.arange(self.docnum, self.docnum + len(left))
            for taken in merger.documents(reader, left):
                self.add(taken)
                mmap_file.released()
            for field, parts in groupby(merger.postings(reader, numbers), key=itemgetter(0)):
                self._gathered[field].take_run(_released(part for _, part in parts))

    def commit_as(self, contents: Contents, *, full: bool) -> int:
        """Write the index, with what it comes with: if `full`, of nothing but what was added. Its number."""
        self._contents = contents
        self.commit(mergetype=CLEAR if full else _settled)
        return int(self.generation)

    def _flush_segment(self) -> None:
        """Write the postings of all that was taken in; what Whoosh does here takes one posting at a time."""
        self.perdocwriter.close()
        lengths = self._lengths()
        tasks = ((name, own, lengths) for name in sorted(self._gathered) for own in self._gathered[name].shares())
        with closing(term_dictionary_writer.Gathering(self.store.path)) as vocabulary:
            for field, written in groupby(self._apply(_written, tasks), key=attrgetter("field")):
                self.fieldwriter.start_field(field, self.schema[field])
                form = _Form(self.docnum)
                for own in written:
                    self.fieldwriter.add_terms(own.encoded, goes_on=own.share.goes_on)
                    vocabulary.add(own.said)
                    if own.form:
                        form.add(*own.form)
                        if own.share.is_last:
                            vocabulary.add(form.lists())
                            form = _Form(self.docnum)
                self.fieldwriter.finish_field()
            vocabulary.write(self.store.path / WORDS)
        self.fieldwriter.close()

    def _assemble_segment(self) -> None:
        super()._assemble_segment()
        # Only now: what has the segment's name before goes into the one file of it.
        file = self.store.path / WORDS
        file.replace(term_dictionary_reader.path_of(self.store.path, self.newsegment.segment_id()))

    def _lengths(self) -> str:
        """The length of each document in words, as the byte that the index has: a file, for all who encode."""
        path = self.store.path / LENGTHS
        reader = self.per_document_reader()
        try:
            column = reader.column_reader(WORDS_LEN, LENGTHS_COLUMN)
            np.fromiter((column[number] for number in range(self.docnum)), np.uint8, self.docnum).tofile(path)
        finally:
            reader.close()
        return str(path)

    def _close_segment(self) -> None:
        for gathered in self._gathered.values():
            gathered.close()
        super()._close_segment()

    def cancel(self, **_: Any) -> None:
        """Forget all of it."""
        self._cleanup_on_error()

    def _cleanup_on_error(self) -> None:
        """Close all that is open, as it is: nothing of it is finished first."""
        for gathered in self._gathered.values():
            gathered.close()
        self.perdocwriter.discard()
        self.fieldwriter.discard()
        self.pool.cleanup()
        super()._cleanup_on_error()

    def _commit_toc(self, segments: Any) -> None:
        self.store.pending = self._contents, names(segments)
        super()._commit_toc(segments)


def _released(parts: Iterable[Packed]) -> Iterator[Packed]:
    """Parts of a segment that is read once, from its beginning to its end."""
    for part in parts:
        yield part
        mmap_file.released()


def _settled(writer: Writer, segments: Sequence[Segment]) -> list[Segment]:
    """Merge what is worth it into the new segment; the segments that stay as they are.

    Raises IndexDamaged where one that is to be merged is not what was written: it would be taken for that.
    """
    merge, stay = merger.sorted_out(segments, writer.docnum)
    writer.store.verify(names(merge))
    for segment in merge:
        writer.take_over(segment)
    return stay


class _Form:
    """Terms that fold to one form, with so many postings that they come in several shares."""

    def __init__(self, documents: int) -> None:
        self._terms: list[bytes] = []
        self._holders = np.zeros(documents, np.bool_)

    def add(self, terms: Sequence[bytes], documents: NDArray[np.uint32]) -> None:
        """Terms in order, the first of them maybe the last there is, and the documents they are in."""
        self._terms += terms[terms[:1] == self._terms[-1:] :]
        self._holders[documents] = True

    def lists(self) -> dict[str, term_dictionary_writer.Lists]:
        """What the vocabulary says of them."""
        count = int(self._holders.sum())
        return term_dictionary_writer.lists(self._terms, [count] * len(self._terms), lambda *_: count)


def _written(task: _Task) -> _Written:
    """Terms of a field as they are written, and what the vocabulary says of them. Run in another process, or here."""
    field, share, file = task
    packed = merged(share.parts)
    share = share._replace(parts=[])
    encoded = encode(packed, np.memmap(file, np.uint8, "r"), is_begun=share.is_begun, goes_on=share.goes_on)
    frequencies, documents, *_ = packed.postings
    if field != "words":
        return _Written(field, encoded, share, {}, None)
    if share.is_one:
        return _Written(field, encoded, share, {}, (packed.terms, documents))
    said = term_dictionary_writer.lists(
        packed.terms, frequencies.tolist(), lambda start, stop: len(set(documents[start:stop].tolist()))
    )
    return _Written(field, encoded, share, said, None)
