"""The writer of one commit: takes batches and deletions, merges segments, and writes the new
segment.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from docindex.analysis.folding import EXACT
from docindex.engines.whoosh import family_assignment, merge_policy, merger, schema
from docindex.engines.whoosh.codec.mmap_file import drop_cached_pages
from docindex.engines.whoosh.codec.postings_batch import merge_batches
from docindex.engines.whoosh.codec.segment import (
    EXTENSIONS,
    POSITIONS,
    POSTINGS,
    RECORDS,
    TERMS,
    VALUES,
    DocumentsWriter,
    Segment,
    SegmentInfo,
    encode_deleted,
)
from docindex.engines.whoosh.codec.term_dictionary_writer import (
    EncodedTerms,
    TermDictionaryWriter,
    WordLists,
    encode_terms,
    stem_lines,
    word_lists,
)
from docindex.engines.whoosh.external_sort import PostingsSorter, TermChunk
from docindex.engines.whoosh.temp_files import close_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from docindex.engines.base import MapFunction
    from docindex.engines.whoosh.codec.postings_batch import PostingsBatch
    from docindex.engines.whoosh.directory import Directory
    from docindex.engines.whoosh.inverter import InvertedBatch

POSTINGS_MEMORY_BYTES = 4_000_000  # of a field's postings, before they go to disk
_WORDS = "words"
_EXACT = EXACT.encode()

_Task = tuple[str, TermChunk]


class _EncodedChunk(NamedTuple):
    """A chunk of terms as it is written."""

    encoded: EncodedTerms
    chunk: TermChunk  # without its parts
    lists: WordLists | None
    group: tuple[list[bytes], NDArray[np.uint32]] | None
    """If the chunk is only part of the terms that fold to one form: they, and the documents that
    hold them.
    """


class IndexWriter:
    """Writes one new segment, and changes which documents of the others are deleted."""

    def __init__(
        self, directory: Directory, segments: Sequence[Segment], families: memoryview, map_function: MapFunction
    ) -> None:
        self._directory = directory
        self._segments = segments
        counts = [segment.doc_count for segment in segments]
        known = np.frombuffer(families, np.int32)
        self._families = np.split(known, np.cumsum(counts)[:-1]) if counts else []  # of each segment's documents
        self._own_families: list[NDArray[np.int32]] = []  # of the new segment's documents
        self._map = map_function
        self._deleted: defaultdict[int, set[int]] = defaultdict(set)  # by the segment's place
        self.name = f"segment-{os.urandom(8).hex()}"
        self._files: ExitStack = ExitStack()
        self._documents: DocumentsWriter | None = None
        self._sorters: dict[str, PostingsSorter] = {}
        self._doc_count = 0

    def add(self, batch: InvertedBatch) -> None:
        """Add documents."""
        for field, postings in batch.postings.items():
            self._sorter(field).add(postings, self._doc_count)
        if not self._documents:
            values, records = (self._directory.create_checked(self.name + ending) for ending in (VALUES, RECORDS))
            self._files.callback(close_files, values, records)
            self._documents = DocumentsWriter(values, records)
        self._documents.add(batch.lengths, batch.columns, batch.numbers)
        self._doc_count += len(batch.lengths)

    def _sorter(self, field: str) -> PostingsSorter:
        if field not in self._sorters:
            self._sorters[field] = PostingsSorter(self._directory.path, POSTINGS_MEMORY_BYTES)
            self._files.callback(self._sorters[field].close)
        return self._sorters[field]

    def delete(self, segment: int, document: int) -> None:
        """Delete a document of a segment, by the segment's place."""
        self._deleted[segment].add(document)

    def finish(self) -> tuple[SegmentInfo, ...]:
        """Write all files. Return the segments of the new commit."""
        places = {segment.name: place for place, segment in enumerate(self._segments)}
        merge, stay = merge_policy.select(self._infos(), self._doc_count)
        self._own_families = [np.full(self._doc_count, family_assignment.UNKNOWN, np.int32)]
        for info in merge:
            place = places[info.name]
            self._merge_segment(self._segments[place], self._deleted[place])
        return (*stay, self._write_segment(self._documents)) if self._documents else tuple(stay)

    def families(self, infos: Sequence[SegmentInfo]) -> bytes:
        """Return the family of each document of the new commit, as 32-bit numbers."""
        places = {segment.name: place for place, segment in enumerate(self._segments)}
        changed = {
            abs(family)
            for place, deleted in self._deleted.items()
            for family in self._families[place][sorted(deleted)].tolist()
        }
        parts = []
        for info in infos:
            place = places.get(info.name)
            if place is None:
                segment = Segment(info, self._directory.open_mapped)
                parts.append(family_assignment.Part(segment, np.concatenate(self._own_families), ()))
            else:
                segment = self._segments[place]
                deleted = segment.deleted | self._deleted[place]
                parts.append(family_assignment.Part(segment, self._families[place], deleted))
        return family_assignment.assign(parts, changed - {0}).tobytes()

    def _infos(self) -> list[SegmentInfo]:
        """Return the present segments with their deleted documents."""
        infos = []
        for place, segment in enumerate(self._segments):
            info = segment.info
            if self._deleted[place]:
                deleted = segment.deleted | self._deleted[place]
                info = replace(info, deleted=encode_deleted(deleted), deleted_count=len(deleted))
            infos.append(info)
        return infos

    def _merge_segment(self, segment: Segment, deleted: set[int]) -> None:
        """Add what is left of a segment.

        Each page is verified when it is read, so no damage is copied.
        """
        live = [document for document in segment.live_docs() if document not in deleted]
        numbers = np.full(segment.doc_count, merger.DELETED, np.int32)
        numbers[live] = np.arange(self._doc_count, self._doc_count + len(live))
        self._own_families.append(self._families[self._segments.index(segment)][live])
        for batch in merger.documents(segment, live):
            self.add(batch)
            drop_cached_pages()
        for field in schema.INDEXED_FIELDS:
            self._sorter(field).add_sorted_run(_dropping_pages(merger.postings(segment, field, numbers)))

    def _write_segment(self, documents: DocumentsWriter) -> SegmentInfo:
        files = [self._directory.create_checked(self.name + ending) for ending in (TERMS, POSTINGS, POSITIONS)]
        self._files.callback(close_files, *files)
        dictionary = TermDictionaryWriter(self._directory.path, files, self._doc_count)
        self._files.callback(dictionary.close)
        group = _FoldGroup(self._doc_count)
        tasks = ((field, chunk) for field in sorted(self._sorters) for chunk in self._sorters[field].chunks())
        field = ""
        for encoded, chunk, lists, part in self._map(_encode_chunk, tasks):
            if field and field != encoded.field:
                dictionary.finish_field(field)
            field = encoded.field
            dictionary.add(encoded)
            if part:
                group.add(*part)
                if chunk.ends_fold_group:
                    lists = group.lists()
                    group = _FoldGroup(self._doc_count)
            if lists:
                dictionary.add_words(lists)
        if field:
            dictionary.finish_field(field)
        stamps = [*dictionary.finish(), *documents.finish()]
        return SegmentInfo(self.name, self._doc_count, dict(zip(EXTENSIONS, stamps, strict=True)))

    def close(self) -> None:
        """Close all that is open. What was not finished is discarded."""
        self._files.close()


class _FoldGroup:
    """Terms with one folded form whose postings fill several chunks."""

    def __init__(self, doc_count: int) -> None:
        self._terms: list[bytes] = []
        self._documents = np.zeros(doc_count, np.bool_)

    def add(self, terms: Sequence[bytes], documents: NDArray[np.uint32]) -> None:
        """Add sorted terms and their documents. The first term may continue the last one added."""
        self._terms += terms[terms[:1] == self._terms[-1:] :]
        self._documents[documents] = True

    def lists(self) -> WordLists:
        """Return what the dictionary says of the group."""
        form = self._terms[0].partition(_EXACT)[0]
        return WordLists([form], [int(self._documents.sum())], [len(self._terms) > 1], stem_lines(self._terms))


def _dropping_pages(parts: Iterator[PostingsBatch]) -> Iterator[PostingsBatch]:
    """Yield parts of a segment that is read once, from its beginning to its end."""
    for part in parts:
        yield part
        drop_cached_pages()


def _encode_chunk(task: _Task) -> _EncodedChunk:
    """Return a chunk as it is written. A worker process may run this."""
    field, chunk = task
    batch = merge_batches(chunk.parts)
    chunk = chunk._replace(parts=[])
    encoded = encode_terms(field, batch, is_begun=chunk.continues_previous, goes_on=chunk.continues_next)
    if field != _WORDS:
        return _EncodedChunk(encoded, chunk, None, None)
    if chunk.is_partial_fold_group:
        return _EncodedChunk(encoded, chunk, None, (batch.terms, batch.postings.documents))
    return _EncodedChunk(encoded, chunk, word_lists(batch), None)
