"""The vocabulary of a segment as it is put together, and written as `words` reads it.

What does not fit into memory waits on disk: it does not grow with the number of words.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from docindex.analysis import analyzer, folding
from docindex.engines.whoosh.codec.term_dictionary_reader import COUNT
from docindex.engines.whoosh.temp_files import closed, copied, spooled
from docindex.serialization import dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

STEMS = 4_000_000  # bytes of stems that are held in memory: of each time that they go to disk a little is held


class Lists(NamedTuple):
    """The words of one language as they stand in the file, but for the order of the stems."""

    folded: bytes
    counts: array[int]  # of the records that hold each folded form
    exact: bytes  # the terms that tell an exact form from its folded form
    stems: bytes  # each with one of its terms; not where the stem is the folded form itself


def lists(terms: Sequence[bytes], frequencies: Sequence[int], holders: Callable[[int, int], int]) -> dict[str, Lists]:
    """The words, by language, that are posted under some terms, as `schema.term` made them and in order.

    Each has as many postings as its frequency says; all terms that fold to the same must be there. `holders` tells how
    many documents the postings from one number to another are in.
    """
    held: defaultdict[str, _Words] = defaultdict(_Words)
    stop = began = 0
    last = ("", "")
    for term, frequency in zip(terms, frequencies, strict=True):
        start, stop = stop, stop + frequency
        language, _, form = term.decode("utf-8", "replace").partition(" ")
        folded, _, exact = form.partition(folding.EXACT)
        own = held[language]
        if last == (language, folded):
            own.counts[-1] = holders(began, stop)
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
        stems = analyzer.stems([exact or folded for _, folded, exact in self.posted], language)
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
    """Takes the words of a segment, in order, and writes its file. What does not fit into memory waits on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._languages: defaultdict[str, _Gathered] = defaultdict(lambda: _Gathered(folder))

    def add(self, more: Mapping[str, Lists]) -> None:
        """More words, that come after those there are."""
        for language, own in more.items():
            self._languages[language].add(own)

    def write(self, path: Path) -> None:
        """Write the file."""
        with path.open("wb") as file:
            file.write(dumps([[code, *held.sizes] for code, held in self._languages.items()]) + b"\n")
            for held in self._languages.values():
                held.write_lists(file)
            for held in self._languages.values():
                held.write_counts(file)

    def close(self) -> None:
        """Forget everything."""
        for held in self._languages.values():
            held.close()


class _Gathered:
    """The words of one language."""

    def __init__(self, folder: Path) -> None:
        self._folded, self._exact, self._counts, self._stems = (spooled(folder) for _ in range(4))
        self._begun: defaultdict[bytes, bytearray] = defaultdict(bytearray)
        """Stems by their first two bytes: to sort them all at once takes five times what they take."""
        self._held = 0  # their bytes
        self._stored: defaultdict[bytes, list[tuple[int, int]]] = defaultdict(list)  # where more of them are on disk

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """The bytes of the three lists, and the number of folded forms."""
        self._store()
        folded, exact, counts, stems = (file.tell() for file in (self._folded, self._exact, self._counts, self._stems))
        return folded, exact, stems, counts // COUNT

    def add(self, own: Lists) -> None:
        """More words, that come after those there are."""
        self._folded.write(own.folded)
        self._exact.write(own.exact)
        self._counts.write(own.counts.tobytes())
        for line in own.stems.splitlines(keepends=True):
            self._begun[line[:2]] += line
        self._held += len(own.stems)
        if self._held > STEMS:
            self._store()

    def _store(self) -> None:
        for first, held in self._begun.items():
            self._stored[first].append((self._stems.tell(), len(held)))
            self._stems.write(held)
        self._begun.clear()
        self._held = 0

    def write_lists(self, file: BinaryIO) -> None:
        """Write the folded forms, the terms of the exact ones, and the stems, sorted."""
        for held in (self._folded, self._exact):
            copied(held, file)
        for first in sorted(self._stored):
            parts = []
            for place, size in self._stored[first]:
                self._stems.seek(place)
                parts.append(self._stems.read(size))
            file.writelines(sorted(b"".join(parts).splitlines(keepends=True)))

    def write_counts(self, file: BinaryIO) -> None:
        """Write how many records hold each folded form."""
        copied(self._counts, file)

    def close(self) -> None:
        """Forget everything."""
        closed(self._folded, self._exact, self._counts, self._stems)


def _lines(entries: Iterable[str]) -> bytes:
    return "".join(f"{entry}\n" for entry in entries).encode("utf-8", "replace")
