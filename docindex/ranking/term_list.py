"""Sorted lists of terms, searched by prefix, suffix and edit distance without a look at each term.

Pure.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate, chain, compress, takewhile
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

BLOCK_BYTES = 1 << 14
"""Distance between two offsets up to which the terms are counted in advance."""


class EditSearch(Protocol):
    """A list of terms that is searched by edit distance."""

    def within_edits(self, term: str, max_edits: int, /) -> Iterator[tuple[str, int, int]]:
        """Yield the other terms within some edits, each with edits and document frequency."""


class SimilarTerm(Struct, frozen=True):
    """A term of the index within some edits of another."""

    edits: int  # letters inserted, deleted, replaced or swapped with their neighbour
    doc_freq: int  # records that hold the term


class TermList:
    """The folded terms of one language in one segment, sorted, with their document frequencies.

    The terms stay encoded. A prefix is found by bisection, and only terms that are asked for are
    decoded.
    """

    def __init__(self, data: bytes, counts: Sequence[int], block_bytes: int = BLOCK_BYTES) -> None:
        self._data = data  # UTF-8, whose byte order is that of the characters; each term ends with a newline
        self._counts = counts
        self._block_bytes = block_bytes

    @classmethod
    def from_doc_freqs(cls, doc_freqs: Mapping[str, int], block_bytes: int = BLOCK_BYTES) -> TermList:
        """Return the list of some terms with their document frequencies."""
        terms = sorted(doc_freqs)
        data = "".join(f"{term}\n" for term in terms).encode("utf-8", "replace")
        return cls(data, [doc_freqs[term] for term in terms], block_bytes)

    @cached_property
    def terms(self) -> list[str]:
        """All terms, sorted."""
        return split_terms(self.with_prefix(""))

    def with_prefix(self, prefix: str) -> str:
        """Return the terms that begin with the prefix, sorted, each on a line."""
        start, stop = self._range(prefix)
        return self._data[start:stop].decode("utf-8", "replace")

    def with_suffix(self, suffix: str) -> Iterator[str]:
        """Yield the terms that end with the suffix, sorted. The suffix must not be empty."""
        ending = suffix.encode("utf-8", "replace") + b"\n"
        found = self._data.find(ending)
        while found >= 0:
            start = self._data.rfind(b"\n", 0, found) + 1
            stop = found + len(ending)
            yield self._data[start : stop - 1].decode("utf-8", "replace")
            found = self._data.find(ending, stop)

    def within_one_edit(self, term: str) -> set[str]:
        """Return the terms that one insertion, deletion, replacement or swap makes of a term of
        three letters or more.

        One edit leaves the first or the second half of a term as it is, so that only those terms
        are compared.
        """
        middle = len(term) // 2
        candidates = chain(split_terms(self.with_prefix(term[:middle])), self.with_suffix(term[middle + 1 :]))
        return {other for other in candidates if is_one_edit(term, other)}

    def within_edits(self, term: str, max_edits: int) -> Iterator[tuple[str, int, int]]:
        """Yield the other terms within some edits of one, each with its edits and its document
        frequency.
        """
        if max_edits == 1:
            yield from ((other, 1, self.doc_freq(other)) for other in self.within_one_edit(term))
            return
        from rapidfuzz import process  # few searches need it, and it is slow to import
        from rapidfuzz.distance import OSA

        found = process.extract_iter(term, self.terms, scorer=OSA.distance, score_cutoff=max_edits)
        yield from ((other, edits, self._counts[number]) for other, edits, number in found if edits)

    def doc_freq(self, term: str) -> int:
        """Return how many records contain the term."""
        line = term.encode("utf-8", "replace") + b"\n"
        start = self._first_from(line[:-1])
        return self._counts[self._terms_before(start)] if self._data.startswith(line, start) else 0

    def doc_freqs(self, terms: Collection[str], prefix: str = "") -> dict[str, int]:
        """Return the document frequencies of the terms that are in the list.

        All must begin with the prefix.
        """
        start, _ = self._range(prefix)
        in_range = split_terms(self.with_prefix(prefix)) if prefix else self.terms
        first = self._terms_before(start)
        counts = self._counts[first : first + len(in_range)]
        return dict(compress(zip(in_range, counts, strict=True), map(terms.__contains__, in_range)))

    @cached_property
    def _terms_before_block(self) -> list[int]:
        """The number of terms before each block: counting them from the start each time
        dominated all else.
        """
        size = self._block_bytes
        starts = range(0, len(self._data), size)
        return list(accumulate((self._data.count(b"\n", start, start + size) for start in starts), initial=0))

    def _terms_before(self, offset: int) -> int:
        """Return how many terms end before an offset."""
        block = offset // self._block_bytes
        return self._terms_before_block[block] + self._data.count(b"\n", block * self._block_bytes, offset)

    def _range(self, prefix: str) -> tuple[int, int]:
        encoded = prefix.encode("utf-8", "replace")
        if not encoded:
            return 0, len(self._data)
        return self._first_from(encoded), self._first_from(encoded + b"\xff")  # no UTF-8 contains the byte 255

    def _first_from(self, encoded: bytes) -> int:
        """Return the offset of the first term that is not less than an encoded one."""
        low, high = 0, len(self._data)
        while low < high:
            middle = (low + high) // 2
            start = self._data.rfind(b"\n", low, middle) + 1 or low
            stop = self._data.index(b"\n", middle) + 1
            if self._data[start : stop - 1] < encoded:
                low = stop
            else:
                high = start
        return low


def split_terms(lines: str) -> list[str]:
    """Return the terms of a text with one term a line."""
    return lines.split("\n")[:-1]


def similar_terms(term: str, max_edits: int, term_lists: Iterable[EditSearch]) -> dict[str, SimilarTerm]:
    """Return the alphabetic terms of some lists within some edits of one, without itself."""
    similar: dict[str, SimilarTerm] = {}
    for term_list in term_lists:
        for other, edits, doc_freq in term_list.within_edits(term, max_edits):
            if other.isalpha():
                similar[other] = SimilarTerm(edits, doc_freq + (similar[other].doc_freq if other in similar else 0))
    return similar


def is_one_edit(one: str, other: str) -> bool:
    """Return True if one insertion, deletion, replacement or swap makes one term of another."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    common = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = sum(1 for _ in common)
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
