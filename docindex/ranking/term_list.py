"""The words that an index holds, to be looked through faster than one by one. Pure."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate, chain, compress, takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence


class SimilarTerm(Struct, frozen=True):
    """A term of the index near another."""

    edits: int  # letters inserted, deleted, replaced or swapped with their neighbour
    doc_freq: int  # records that hold the term


BLOCK = 1 << 14  # bytes between two places up to which the forms have been counted


class TermList:
    """The folded forms of one language in one part of an index, in order, and how many records hold each.

    Kept as they are written: a beginning is found by bisection, and no form is decoded that nobody asks for.
    """

    def __init__(self, data: bytes, counts: Sequence[int]) -> None:
        self.data = data  # UTF-8, whose order is that of the characters; each form ends with a newline
        self.counts = counts

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> TermList:
        """The vocabulary of forms and their counts."""
        forms = sorted(counted)
        data = "".join(f"{form}\n" for form in forms).encode("utf-8", "replace")
        return cls(data, [counted[form] for form in forms])

    @cached_property
    def forms(self) -> list[str]:
        """All forms, in the order of their counts."""
        return split_terms(self.with_prefix(""))

    def with_prefix(self, prefix: str) -> str:
        """The forms that begin with the prefix, in order, each on a line."""
        start, stop = self._range(prefix)
        return self.data[start:stop].decode("utf-8", "replace")

    def with_suffix(self, suffix: str) -> Iterator[str]:
        """The forms that end with the suffix, which is not empty, in order."""
        wanted = suffix.encode("utf-8", "replace") + b"\n"
        found = self.data.find(wanted)
        while found >= 0:
            start = self.data.rfind(b"\n", 0, found) + 1
            stop = found + len(wanted)
            yield self.data[start : stop - 1].decode("utf-8", "replace")
            found = self.data.find(wanted, stop)

    def within_one_edit(self, form: str) -> set[str]:
        """Those that a letter more, less, other or changed with its neighbour makes of a form of three letters or more.

        One slip leaves what is before the middle, or what is behind it, as it is: only those forms are looked at.
        """
        middle = len(form) // 2
        alike = chain(split_terms(self.with_prefix(form[:middle])), self.with_suffix(form[middle + 1 :]))
        return {other for other in alike if _is_one_edit(form, other)}

    def doc_freq(self, form: str) -> int:
        """How many records hold the form."""
        wanted = form.encode("utf-8", "replace") + b"\n"
        start = self._first(wanted[:-1])
        return self.counts[self._before(start)] if self.data.startswith(wanted, start) else 0

    def doc_freqs(self, forms: Collection[str], prefix: str = "") -> dict[str, int]:
        """How many records hold each of the forms, which all begin with the prefix; without those that none holds."""
        start, _ = self._range(prefix)
        held = split_terms(self.with_prefix(prefix)) if prefix else self.forms
        first = self._before(start)
        counts = self.counts[first : first + len(held)]
        return dict(compress(zip(held, counts, strict=True), map(forms.__contains__, held)))

    @cached_property
    def _marks(self) -> list[int]:
        """How many forms end before each block: to count them from the beginning each time takes longest of all."""
        starts = range(0, len(self.data), BLOCK)
        return list(accumulate((self.data.count(b"\n", start, start + BLOCK) for start in starts), initial=0))

    def _before(self, start: int) -> int:
        """How many forms end before a place."""
        block = start // BLOCK
        return self._marks[block] + self.data.count(b"\n", block * BLOCK, start)

    def _range(self, prefix: str) -> tuple[int, int]:
        wanted = prefix.encode("utf-8", "replace")
        if not wanted:
            return 0, len(self.data)
        return self._first(wanted), self._first(wanted + b"\xff")  # no UTF-8 holds a byte of 255

    def _first(self, wanted: bytes) -> int:
        """Where the first form begins that is not before the wanted one."""
        low, high = 0, len(self.data)
        while low < high:
            middle = (low + high) // 2
            start = self.data.rfind(b"\n", low, middle) + 1 or low
            stop = self.data.index(b"\n", middle) + 1
            if self.data[start : stop - 1] < wanted:
                low = stop
            else:
                high = start
        return low


def split_terms(text: str) -> list[str]:
    """The forms of a text that has each on a line."""
    return text.split("\n")[:-1]


def _is_one_edit(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    start = sum(1 for _ in same)
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def similar_terms(form: str, max_edits: int, lists: Iterable[TermList]) -> dict[str, SimilarTerm]:
    """Return the alphabetic forms of some lists within some edits of one, without itself."""
    near: dict[str, SimilarTerm] = {}
    for part in lists:
        found = _within_one_edit(form, part) if max_edits == 1 else _within_edits(form, max_edits, part)
        for word, edits, count in found:
            if word.isalpha():
                near[word] = SimilarTerm(edits, count + (near[word].doc_freq if word in near else 0))
    return near


def _within_one_edit(form: str, part: TermList) -> Iterator[tuple[str, int, int]]:
    return ((word, 1, part.doc_freq(word)) for word in part.within_one_edit(form))


def _within_edits(form: str, max_edits: int, part: TermList) -> Iterator[tuple[str, int, int]]:
    from rapidfuzz import process  # few searches need it, and it is slow to import
    from rapidfuzz.distance import OSA

    found = process.extract_iter(form, part.forms, scorer=OSA.distance, score_cutoff=max_edits)
    return ((word, edits, part.counts[place]) for word, edits, place in found if edits)
