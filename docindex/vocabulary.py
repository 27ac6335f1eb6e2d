"""The words that an index holds, to be looked through faster than one by one. Pure."""

from __future__ import annotations

from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Vocabulary:
    """The folded forms of one language in one part of an index, in order, and how many records hold each.

    Kept as they are written: a beginning is found by bisection, and no form is decoded that nobody asks for.
    """

    def __init__(self, data: bytes, counts: Sequence[int]) -> None:
        self.data = data  # UTF-8, whose order is that of the characters; each form ends with a newline
        self.counts = counts

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> Vocabulary:
        """The vocabulary of forms and their counts."""
        forms = sorted(counted)
        data = "".join(f"{form}\n" for form in forms).encode("utf-8", "replace")
        return cls(data, [counted[form] for form in forms])

    @cached_property
    def forms(self) -> list[str]:
        """All forms, in the order of their counts."""
        return lines(self.beginning(""))

    def beginning(self, prefix: str) -> str:
        """The forms that begin with the prefix, in order, each on a line."""
        start, stop = self._range(prefix)
        return self.data[start:stop].decode("utf-8", "replace")

    def count(self, form: str) -> int:
        """How many records hold the form."""
        wanted = form.encode("utf-8", "replace") + b"\n"
        start = self._first(wanted[:-1])
        return self.counts[self.data.count(b"\n", 0, start)] if self.data.startswith(wanted, start) else 0

    def counts_of(self, forms: Collection[str], prefix: str = "") -> dict[str, int]:
        """How many records hold each of the forms, which all begin with the prefix; without those that none holds."""
        start, _ = self._range(prefix)
        held = lines(self.beginning(prefix)) if prefix else self.forms
        first = self.data.count(b"\n", 0, start)
        counts = self.counts[first : first + len(held)]
        return dict(compress(zip(held, counts, strict=True), map(forms.__contains__, held)))

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


def lines(text: str) -> list[str]:
    """The forms of a text that has each on a line."""
    return text.split("\n")[:-1]
