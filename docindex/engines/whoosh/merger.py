"""Read what is left of a segment, as batches for the new one: many documents and terms at a
time.
"""

from __future__ import annotations

from array import array
from itertools import chain, compress
from typing import TYPE_CHECKING

import numpy as np

from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec.mmap_file import raises_damage
from docindex.engines.whoosh.codec.postings_batch import Postings, PostingsBatch
from docindex.engines.whoosh.codec.term_dictionary_reader import SEPARATOR
from docindex.engines.whoosh.inverter import InvertedBatch, portions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from docindex.engines.whoosh.codec.postings_reader import Postings as TermPostings
    from docindex.engines.whoosh.codec.segment import Segment

MAX_BATCH_DOCS = 256
MAX_BATCH_POSTINGS = 200_000  # and positions, about
DELETED = -1  # new number of a deleted document


def documents(segment: Segment, live: Sequence[int]) -> Iterator[InvertedBatch]:
    """Yield the values of documents, without their words."""
    numbers = {name: segment.numbers(name) for name in schema.NUMBER_COLUMNS}
    norms, table = segment.norms()
    for some in portions(live, lambda _: 0, MAX_BATCH_DOCS, 1):
        yield InvertedBatch(
            [int(table[norms[number]]) for number in some],
            {
                name: schema.encode_column(name, list(segment.column(name).values(some)))
                for name in schema.BYTES_COLUMNS
            },
            {name: [column[number] for number in some] for name, column in numbers.items()},
            {},
        )


def postings(segment: Segment, field: str, numbers: NDArray[np.int32]) -> Iterator[PostingsBatch]:
    """Yield the terms of a field with their postings, in order.

    `numbers` are the documents' new ones, or DELETED.
    """
    terms: list[bytes] = []
    held: list[TermPostings] = []
    size = 0
    for term, found in segment.terms.items(field):
        terms.append(term)
        held.append(found)
        size += 2 * len(found.documents)
        if size > MAX_BATCH_POSTINGS:
            yield _batch(terms, held, numbers)
            terms, held, size = [], [], 0
    yield _batch(terms, held, numbers)


@raises_damage
def _batch(terms: Sequence[bytes], held: Sequence[TermPostings], numbers: NDArray[np.int32]) -> PostingsBatch:
    weights, counts, steps = array("f"), array("I"), array("I")
    for found in held:
        weights.extend(found.weights())
        own_counts, own_steps = found.position_steps()
        counts.extend(own_counts)
        steps.extend(own_steps)
    return remap_doc_ids(
        PostingsBatch(
            SEPARATOR.join(terms),
            Postings(
                np.fromiter((len(found.documents) for found in held), np.intp, len(held)),
                np.fromiter(chain.from_iterable(found.documents for found in held), np.uint32),
                np.frombuffer(weights, np.float32),
                np.frombuffer(counts, np.uint32),
                _positions(np.frombuffer(counts, np.uint32), np.frombuffer(steps, np.uint32)),
            ),
        ),
        numbers,
    )


def _positions(counts: NDArray[np.uint32], steps: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return positions from each posting's first position and the steps to the others."""
    if not len(steps):
        return steps
    sums = np.cumsum(steps, dtype=np.uint64)
    firsts = np.cumsum(counts, dtype=np.intp) - counts
    before = sums[firsts] - steps[firsts]
    positions: NDArray[np.uint32] = (sums - np.repeat(before, counts)).astype(np.uint32)
    return positions


def remap_doc_ids(batch: PostingsBatch, numbers: NDArray[np.int32]) -> PostingsBatch:
    """Return the postings with new document numbers, without those of deleted documents."""
    frequencies, documents, weights, counts, positions = batch.postings
    moved = numbers[documents]
    left = moved != DELETED
    if left.all():
        return batch._replace(postings=batch.postings._replace(documents=moved.astype(np.uint32)))
    terms = np.repeat(np.arange(len(frequencies)), frequencies)[left]
    frequencies = np.bincount(terms, minlength=len(frequencies))
    return PostingsBatch(
        SEPARATOR.join(compress(batch.terms, frequencies.tolist())),
        Postings(
            frequencies[frequencies > 0],
            moved[left].astype(np.uint32),
            weights[left],
            counts[left],
            positions[np.repeat(left, counts)],
        ),
    )
