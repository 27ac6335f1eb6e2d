"""What is left of older segments, on its way into the new one: many documents and terms at a time."""

from __future__ import annotations

from itertools import accumulate, compress
from typing import TYPE_CHECKING

import numpy as np

from docindex.analysis.vectorized import concat_ranges
from docindex.engines.whoosh.codec import postings_reader
from docindex.engines.whoosh.codec.postings_batch import NEXT, Packed, Postings
from docindex.engines.whoosh.inverter import Prepared, portions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from whoosh.codec.base import Segment
    from whoosh.reading import SegmentReader

DOCUMENTS = 256  # at most, that are taken over at once
RECORDS = 8_000_000  # bytes of their records, at most, but for one that has more by itself
POSITIONS = 200_000  # and postings, about, that are taken over at once
GONE = -1  # the number of a document that is deleted


def sorted_out(segments: Sequence[Segment], added: int) -> tuple[list[Segment], list[Segment]]:
    """Those to be merged into a new segment, in which so many documents are already, and those that stay.

    Each that stays has more documents than all smaller ones together: so they are few, and documents are moved seldom,
    for each time they come into a segment of twice the size. One that is half deleted is made anew. (Whoosh's own way
    keeps in a large segment what is deleted, for ever.) One of which nothing is left is in neither list.
    """
    waiting = sorted((segment for segment in segments if segment.doc_count()), key=lambda segment: segment.doc_count())
    *smaller, _ = accumulate((segment.doc_count() for segment in waiting), initial=added)
    light = [segment.doc_count() <= total for segment, total in zip(waiting, smaller, strict=True)]
    merge: list[Segment] = []
    stay: list[Segment] = []
    for number, segment in enumerate(waiting):
        worth = any(light[number:]) or 2 * segment.doc_count() <= segment.doc_count_all()
        (merge if worth else stay).append(segment)
    return merge, stay


def documents(reader: SegmentReader, left: Sequence[int]) -> Iterator[Prepared]:
    """What a segment has of some of its documents beside their words."""
    kinds = {name: reader.schema[name].column_type for name in reader.schema.names()}
    columns = {name: reader.column_reader(name, kind, translate=False) for name, kind in kinds.items() if kind}
    for some in portions(left, lambda number: len(columns["record"][number]), DOCUMENTS, RECORDS):
        # None is what Whoosh says of a document without words.
        lengths = [reader.doc_field_length(number, "words") or 0 for number in some]
        yield Prepared(lengths, {name: [column[number] for number in some] for name, column in columns.items()}, {})


def postings(reader: SegmentReader, numbers: NDArray[np.int32]) -> Iterator[tuple[str, Packed]]:
    """The terms of each field with their postings, in order; `numbers` are the new ones of the documents, or GONE."""
    field, held, size = "", _Rows(), 0
    for name, term, found in postings_reader.every(reader):
        if name != field or size > POSITIONS:
            if size:
                yield field, renumbered(held.packed(), numbers)
            field, held, size = name, _Rows(), 0
        held.add(term, found)
        size += len(found.documents) + sum(map(len, found.values)) // 2
    if size:
        yield field, renumbered(held.packed(), numbers)


def renumbered(packed: Packed, numbers: NDArray[np.int32]) -> Packed:
    """The same postings in documents of other numbers, but for those that are GONE."""
    frequencies, documents, weights, counts, positions = packed.postings
    moved = numbers[documents]
    left = moved != GONE
    if left.all():
        return packed._replace(postings=packed.postings._replace(documents=moved.astype(np.uint32)))
    terms = np.repeat(np.arange(len(frequencies)), frequencies)[left]
    frequencies = np.bincount(terms, minlength=len(frequencies))
    return Packed(
        NEXT.join(compress(packed.terms, frequencies.tolist())),
        Postings(
            frequencies[frequencies > 0],
            moved[left].astype(np.uint32),
            weights[left],
            counts[left],
            positions[np.repeat(left, counts)],
        ),
    )


class _Rows:
    """Terms one by one, to be put into columns."""

    def __init__(self) -> None:
        self._terms: list[bytes] = []
        self._frequencies: list[int] = []
        self._documents: list[int] = []
        self._weights: list[float] = []
        self._values: list[bytes] = []

    def add(self, term: bytes, found: postings_reader.Found) -> None:
        """A term, in its order."""
        self._terms.append(term)
        self._frequencies.append(len(found.documents))
        self._documents += found.documents
        self._weights += found.weights
        self._values += found.values

    def packed(self) -> Packed:
        """All of them."""
        counts, positions = _places(self._values)
        return Packed(
            NEXT.join(self._terms),
            Postings(
                np.array(self._frequencies, np.intp),
                np.array(self._documents, np.uint32),
                np.array(self._weights, np.float32),
                counts if self._values else np.zeros(len(self._documents), np.uint32),
                positions,
            ),
        )


def _places(values: Sequence[bytes]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """How many positions are in each of some values, and all of them: as `blocks.places` has them of one."""
    sizes = np.fromiter(map(len, values), np.intp, len(values))
    wide = sizes % 2 == 1
    counts = np.where(wide, sizes // 4, sizes // 2)
    starts = np.cumsum(counts) - counts
    found = np.empty(counts.sum(), np.uint32)
    narrow = b"".join(compress(values, (~wide).tolist()))
    found[concat_ranges(starts[~wide], counts[~wide])] = np.frombuffer(narrow, np.uint16)
    long = b"".join(value[:-1] for value in compress(values, wide.tolist()))
    found[concat_ranges(starts[wide], counts[wide])] = np.frombuffer(long, np.uint32)
    return counts.astype(np.uint32), found
