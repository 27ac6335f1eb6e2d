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

from docindex import analysis
from docindex.values import dumped, loaded
from docindex.vocabulary import Vocabulary, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_COUNT = array("I").itemsize
_Head = list[tuple[str, int, int, int, int]]


class Words:
    """The words of one language in one segment."""

    def __init__(self, folded: Vocabulary, exact: Vocabulary, stems: Vocabulary) -> None:
        self.folded = folded
        self._exact = exact
        self._stems = stems

    def posted(self, term: str) -> list[str]:
        """The terms of the index that are meant by a term of `analysis`: a folded form, a stem or an exact form."""
        if term.startswith(analysis.STEM):
            found = lines(self._stems.beginning(term.removeprefix(analysis.STEM) + "\t"))
            return [line.partition("\t")[2] for line in found]
        return [term] if analysis.EXACT in term else [term, *lines(self._exact.beginning(term + analysis.EXACT))]


class Gathering:
    """Takes the terms of a segment, in order, and writes its file."""

    def __init__(self) -> None:
        self._languages: defaultdict[str, _Language] = defaultdict(_Language)

    def add(self, term: bytes, documents: Sequence[int]) -> None:
        """A term, as `schema.term` made it, and the documents that hold it."""
        language, _, form = term.decode("utf-8", "replace").partition(" ")
        self._languages[language].add(form, documents)

    def write(self, path: Path) -> None:
        """Write the file."""
        head, lists, counts = [], [], []
        for code, language in self._languages.items():
            parts = [_lines(forms) for forms in (language.folded, language.exact, language.stems(code))]
            head.append([code, *map(len, parts), len(language.folded)])
            lists += parts
            counts.append(language.counts)
        with path.open("wb") as file:
            file.write(dumped(head) + b"\n")
            file.writelines(lists)
            for own in counts:
                own.tofile(file)


class _Language:
    def __init__(self) -> None:
        self.posted: list[str] = []
        self.folded: list[str] = []
        self.counts = array("I")
        self._documents: Sequence[int] | set[int] = ()  # that hold the last folded form

    def add(self, form: str, documents: Sequence[int]) -> None:
        self.posted.append(form)
        folded, _, _ = form.partition(analysis.EXACT)
        if self.folded and self.folded[-1] == folded:
            self._documents = {*self._documents, *documents}
            self.counts[-1] = len(self._documents)
        else:
            self.folded.append(folded)
            self.counts.append(len(documents))
            self._documents = documents

    @property
    def exact(self) -> list[str]:
        """The terms that tell an exact form from its folded form."""
        return [form for form in self.posted if analysis.EXACT in form]

    def stems(self, language: str) -> list[str]:
        """Each stem with one of its terms, in order; not where the stem is the folded form itself."""
        parts = [form.partition(analysis.EXACT) for form in self.posted]
        stems = analysis.stems([exact or folded for folded, _, exact in parts], language)
        return sorted(
            f"{stem}\t{form}"
            for form, (folded, _, _), stem in zip(self.posted, parts, stems, strict=True)
            if stem and stem != folded
        )


def read(folder: Path, segment: str) -> dict[str, Words]:
    """The words of a segment, by language."""
    with path_of(folder, segment).open("rb") as file:
        head = loaded(file.readline(), _Head)
        lists = [[file.read(length) for length in lengths] for _, *lengths, _ in head]
        found: dict[str, Words] = {}
        for (language, *_, count), (folded, exact, stems) in zip(head, lists, strict=True):
            counts = array("I")
            counts.frombytes(file.read(count * _COUNT))
            found[language] = Words(Vocabulary(folded, counts), Vocabulary(exact, ()), Vocabulary(stems, ()))
    return found


def folded(segments: Iterable[Mapping[str, Words]]) -> dict[str, list[Vocabulary]]:
    """The folded forms of all segments, by language."""
    found: defaultdict[str, list[Vocabulary]] = defaultdict(list)
    for segment in segments:
        for language, words in segment.items():
            found[language].append(words.folded)
    return found


def path_of(folder: Path, segment: str) -> Path:
    """A segment's file."""
    return folder / f"{segment}.words"


def _lines(entries: Iterable[str]) -> bytes:
    return "".join(f"{entry}\n" for entry in entries).encode("utf-8", "replace")
