"""Postings of many terms in columns, before they are encoded.

Only writers load this: importing NumPy takes longer than a search.
"""

from __future__ import annotations

from itertools import chain, count, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from docindex.analysis.vectorized import concat_ranges, run_starts
from docindex.engines.whoosh.codec.term_dictionary_reader import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_Number = TypeVar("_Number", np.intp, np.float32)


class Postings(NamedTuple):
    """Postings of many terms, term after term.

    Each term has as many postings as `frequencies` says. Each posting has as many positions as
    `counts` says, 0 in fields without positions.
    """

    frequencies: NDArray[np.intp]
    documents: NDArray[np.uint32]  # ascending within a term
    weights: NDArray[np.float32]
    counts: NDArray[np.uint32]
    positions: NDArray[np.uint32]  # ascending within a posting


POSTINGS_TYPES = (np.intp, np.uint32, np.float32, np.uint32, np.uint32)
"""Types of the columns of `Postings`."""


class PostingsBatch(NamedTuple):
    """Sorted terms and their postings."""

    term_bytes: bytes  # joined by SEPARATOR: a fifth of the memory of a list, and of the time to send it
    postings: Postings

    @property
    def terms(self) -> list[bytes]:
        """The terms as a list."""
        return self.term_bytes.split(SEPARATOR) if len(self.postings.frequencies) else []


def split_at(packed: PostingsBatch, cuts: Sequence[int]) -> Iterator[PostingsBatch]:
    """Split a batch before the postings with these numbers. A term can be in several parts."""
    terms = packed.terms
    frequencies, documents, weights, counts, positions = packed.postings
    stops = np.cumsum(frequencies)
    starts = stops - frequencies
    places = np.concatenate([[0], np.cumsum(counts, dtype=np.intp)])
    for start, stop in pairwise((0, *cuts, len(documents))):
        held = slice(start, stop)
        own = slice(int(np.searchsorted(stops, start, "right")), int(np.searchsorted(starts, stop)))
        within = slice(places[start], places[stop])
        yield PostingsBatch(
            SEPARATOR.join(terms[own]),
            Postings(
                np.minimum(stops[own], stop) - np.maximum(starts[own], start),
                documents[held],
                weights[held],
                counts[held],
                positions[within],
            ),
        )


def concat(parts: Sequence[PostingsBatch]) -> PostingsBatch:
    """Join batches, the terms of each behind those of the one before."""
    held = [part for part in parts if len(part.postings.frequencies)] or parts[:1]
    if len(held) == 1:
        return held[0]
    columns = map(np.concatenate, zip(*(part.postings for part in held), strict=True))
    return PostingsBatch(SEPARATOR.join(part.term_bytes for part in held), Postings(*columns))


def merge_batches(parts: Sequence[PostingsBatch]) -> PostingsBatch:
    """Merge batches: each term once, its postings in the order of the batches."""
    if len(parts) == 1:
        return parts[0]
    terms = list(chain.from_iterable(part.terms for part in parts))
    names = sorted(set(terms))
    ranks = dict(zip(names, count(), strict=False))
    numbers = np.fromiter(map(ranks.__getitem__, terms), np.uint32, len(terms))
    frequencies, documents, weights, counts, positions = map(
        np.concatenate, zip(*(own.postings for own in parts), strict=True)
    )
    before = np.concatenate([[0], np.cumsum(counts, dtype=np.intp)])
    stops = np.cumsum(frequencies)
    places = before[stops] - before[stops - frequencies]  # positions of each term's postings together
    order = np.argsort(numbers, kind="stable")
    firsts = np.flatnonzero(run_starts(numbers[order]))
    sizes = frequencies[order]
    held = concat_ranges((stops - frequencies)[order], sizes)
    return PostingsBatch(
        SEPARATOR.join(names),
        Postings(
            run_sums(sizes, firsts),
            documents[held],
            weights[held],
            counts[held],
            positions[concat_ranges((np.cumsum(places) - places)[order], places[order])],
        ),
    )


def run_sums(column: NDArray[_Number], firsts: NDArray[np.intp]) -> NDArray[_Number]:
    """Return the sums of the runs of a column that begin at `firsts`."""
    found: NDArray[_Number] = np.add.reduceat(column, firsts) if len(firsts) else column[:0]
    return found
