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
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Lists(NamedTuple):
    """The words of one language as they stand in the file, but for the order of the stems."""

    folded: bytes
    counts: array[int]  # of the records that hold each folded form
    exact: bytes  # the terms that tell an exact form from its folded form
    stems: bytes  # each with one of its terms; not where the stem is the folded form itself


def lists(terms: Sequence[bytes], frequencies: Sequence[int], documents: Any) -> dict[str, Lists]:
    """The words, by language, that are posted under some terms, as `schema.term` made them and in order.

    Each has as many documents as its frequency says; all terms that fold to the same must be there.
    """
    held: defaultdict[str, _Words] = defaultdict(_Words)
    stop = began = 0
    last = ("", "")
    for term, frequency in zip(terms, frequencies, strict=True):
        start, stop = stop, stop + frequency
        language, _, form = term.decode("utf-8", "replace").partition(" ")
        folded, _, exact = form.partition(analysis.EXACT)
        own = held[language]
        if last == (language, folded):
            own.counts[-1] = len(set(documents[began:stop].tolist()))
        else:
            own.folded.append(folded)
            own.counts.append(frequency)
            began = start
            last = (language, folded)
        own.posted.append((form, folded, exact))
    return {language: own.lists(language) for language, own in held.items()}


class _Words:
    def __init__(self) -> None:
        self.folded: list[str] = []
        self.counts = array("I")
        self.posted: list[tuple[str, str, str]] = []  # each term, its folded form and what its exact form is

    def lists(self, language: str) -> Lists:
        stems = analysis.stems([exact or folded for _, folded, exact in self.posted], language)
        return Lists(
            _lines(self.folded),
            self.counts,
            _lines(form for form, _, exact in self.posted if exact),
            _lines(
                f"{stem}\t{form}"
                for (form, folded, _), stem in zip(self.posted, stems, strict=True)
                if stem not in {"", folded}
            ),
        )


class Gathering:
    """Takes the words of a segment, in order, and writes its file."""

    def __init__(self) -> None:
        self._languages: defaultdict[str, list[Lists]] = defaultdict(list)
        self._stems: defaultdict[str, defaultdict[bytes, bytearray]] = defaultdict(lambda: defaultdict(bytearray))
        """By language and their first two bytes: to sort them all at once takes five times what they take."""

    def add(self, more: Mapping[str, Lists]) -> None:
        """More words, that come after those there are."""
        for language, own in more.items():
            for line in own.stems.splitlines(keepends=True):
                self._stems[language][line[:2]] += line
            self._languages[language].append(own._replace(stems=b""))

    def write(self, path: Path) -> None:
        """Write the file."""
        head, parts, counts = [], [], []
        for code, held in self._languages.items():
            begun = self._stems[code]
            stems = b"".join(b"".join(sorted(begun.pop(first).splitlines(keepends=True))) for first in sorted(begun))
            columns = [b"".join(own.folded for own in held), b"".join(own.exact for own in held), stems]
            head.append([code, *map(len, columns), sum(len(own.counts) for own in held)])
            parts += columns
            counts += [own.counts for own in held]
        with path.open("wb") as file:
            file.write(dumped(head) + b"\n")
            file.writelines(parts)
            for column in counts:
                column.tofile(file)


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
