"""Postings of many terms in columns, as they are put together before they are written.

Only what writes loads this: NumPy takes longer to start than a search takes.
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
    """Postings of many terms, term after term: of each term as many as `frequencies` says, of each posting as many
    positions as `counts` says (0 in fields without positions).
    """

    frequencies: NDArray[np.intp]
    documents: NDArray[np.uint32]  # of each term rising
    weights: NDArray[np.float32]
    counts: NDArray[np.uint32]
    positions: NDArray[np.uint32]  # of each posting rising


POSTINGS_TYPES = (np.intp, np.uint32, np.float32, np.uint32, np.uint32)
"""Types of the columns of `Postings`."""


class PostingsBatch(NamedTuple):
    """Terms, in order, and their postings."""

    term_bytes: (
        bytes  # SEPARATOR between them: as one value they take a fifth of the memory, and of the time to be sent
    )
    postings: Postings

    @property
    def terms(self) -> list[bytes]:
        """The terms one by one."""
        return self.term_bytes.split(SEPARATOR) if len(self.postings.frequencies) else []


def split_at(packed: PostingsBatch, cuts: Sequence[int]) -> Iterator[PostingsBatch]:
    """Postings cut apart before some of them, by their numbers: a term may be in two parts, or more."""
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
    """All in one, the terms of each part behind those of the last."""
    held = [part for part in parts if len(part.postings.frequencies)] or parts[:1]
    if len(held) == 1:
        return held[0]
    columns = map(np.concatenate, zip(*(part.postings for part in held), strict=True))
    return PostingsBatch(SEPARATOR.join(part.term_bytes for part in held), Postings(*columns))


def merge_batches(parts: Sequence[PostingsBatch]) -> PostingsBatch:
    """All in one: each term once, its postings in the order of the parts."""
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
    """The sums of stretches of a column that begin at `firsts`."""
    found: NDArray[_Number] = np.add.reduceat(column, firsts) if len(firsts) else column[:0]
    return found
