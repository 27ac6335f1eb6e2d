"""The vocabulary of each segment, in a file beside it: Whoosh's own is read term by term, which is slow in Python.

A word is posted once, under its exact form (`analysis.Tokens.terms`). Which of these fold to one form, and which have
one stem, is said here: so the postings are half of what they would be if each word stood there under all its forms.

A line of JSON (for each language its code, the bytes of its three lists, and the number of its folded forms), then for
each language the lists, each entry ended by a newline: the folded forms; the terms that tell an exact form from it;
stems, each with one of their terms after a tab. Last, how many records hold each folded form (unsigned 32-bit numbers).
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

from docindex.analysis import folding, stemming
from docindex.ranking.term_list import TermList, split_terms
from docindex.serialization import loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import BinaryIO

COUNT = array("I").itemsize
_Head = list[tuple[str, int, int, int, int]]


class Words:
    """The words of one language in one segment."""

    def __init__(self, folded: TermList, exact: TermList, stems: TermList) -> None:
        self.folded = folded
        self._exact = exact
        self._stems = stems

    def posted(self, term: str) -> list[str]:
        """The terms of the index that are meant by a term of `analysis`: a folded form, a stem or an exact form."""
        if term.startswith(stemming.STEM):
            found = split_terms(self._stems.with_prefix(term.removeprefix(stemming.STEM) + "\t"))
            return [line.partition("\t")[2] for line in found]
        return [term] if folding.EXACT in term else [term, *split_terms(self._exact.with_prefix(term + folding.EXACT))]


def read(file: BinaryIO) -> dict[str, Words]:
    """Return the words of a segment, by language, from its open file."""
    head = loads(file.readline(), _Head)
    lists = [[file.read(length) for length in lengths] for _, *lengths, _ in head]
    found: dict[str, Words] = {}
    for (language, *_, count), (folded, exact, stems) in zip(head, lists, strict=True):
        counts = array("I")
        counts.frombytes(file.read(count * COUNT))
        found[language] = Words(TermList(folded, counts), TermList(exact, ()), TermList(stems, ()))
    return found


def folded(segments: Iterable[Mapping[str, Words]]) -> dict[str, list[TermList]]:
    """The folded forms of all segments, by language."""
    found: defaultdict[str, list[TermList]] = defaultdict(list)
    for segment in segments:
        for language, words in segment.items():
            found[language].append(words.folded)
    return found


def path_of(folder: Path, segment: str) -> Path:
    """A segment's file."""
    return folder / f"{segment}.words"
