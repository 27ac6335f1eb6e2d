"""Postings of many terms in columns, as they are put together before they are written.

Only what writes loads this: NumPy takes longer to start than a search takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from docindex.inverted import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class Packed(NamedTuple):
    """Terms, in order, and their postings."""

    terms: list[bytes]
    postings: Postings


class Run(NamedTuple):
    """Terms, by numbers that stand for them, and their postings."""

    terms: NDArray[np.uint32]
    places: NDArray[np.intp]  # how many positions each term's postings have together
    postings: Postings


def run(terms: NDArray[np.uint32], postings: Postings) -> Run:
    """Terms and their postings, with what is counted of them."""
    before = np.concatenate([[0], np.cumsum(postings.counts, dtype=np.intp)])
    stops = np.cumsum(postings.frequencies)
    return Run(terms, before[stops] - before[stops - postings.frequencies], postings)


def merged(runs: Sequence[Run]) -> Run:
    """All runs in one: each term once, in the order of the numbers, its postings in the order of the runs."""
    terms, places = (np.concatenate([own[column] for own in runs]) for column in (0, 1))
    frequencies = np.concatenate([own.postings.frequencies for own in runs])
    order = np.argsort(terms, kind="stable")
    terms = terms[order]
    firsts = np.flatnonzero(changes(terms))
    held = spread((np.cumsum(frequencies) - frequencies)[order], frequencies[order])
    documents, weights, counts = (_joined(runs, column)[held] for column in (1, 2, 3))
    del held  # it is twice as large as a column
    positions = _joined(runs, 4)[spread((np.cumsum(places) - places)[order], places[order])]
    return Run(
        terms[firsts],
        totals(places[order], firsts),
        Postings(totals(frequencies[order], firsts), documents, weights, counts, positions),
    )


def _joined(runs: Sequence[Run], column: int) -> NDArray[Any]:
    return np.concatenate([own.postings[column] for own in runs])


def changes(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether each row of some columns is another than the one before it."""
    new = np.zeros(len(columns[0]), np.bool_)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def totals(column: NDArray[_Number], firsts: NDArray[np.intp]) -> NDArray[_Number]:
    """The sums of stretches of a column that begin at `firsts`."""
    found: NDArray[_Number] = np.add.reduceat(column, firsts) if len(firsts) else column[:0]
    return found
