"""What a manifest's text comes to: the sources that it lists, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from docindex.errors import ManifestError
from docindex.manifest import declared, files, front_matter, listing
from docindex.model import Source


class Entries:
    """A manifest's entries: makes the sources that they name, and gathers what is wrong with them."""

    def __init__(self, folder: files.Folder, name: str, text: str) -> None:
        self._folder = folder
        self._name = name
        self._itself = folder.locate(name).identity
        matter, text = front_matter.cut(text)
        defaults, self._problems = front_matter.read(matter)
        listed = listing.read(text, folder.has)
        self._entries = listed.entries
        self._defaults, wrong = declared.declared(defaults, declared.Declared())
        self._problems += [*listed.problems, *wrong]
        self._lines: dict[files.Identity, int] = {}  # of the files that have an entry of their own
        self._refused: set[str] = set()  # what has been said: a pattern does not repeat it

    def sources(self) -> tuple[Source, ...]:
        """In the manifest's order. A file's own entry counts before a pattern, a pattern before a later one."""
        named = {number: self._single(entry) for number, entry in self._entries_with(is_pattern=False)}
        named |= {number: self._many(entry) for number, entry in self._entries_with(is_pattern=True)}
        found: dict[files.Identity, Source] = {}
        for number, entry in enumerate(self._entries):
            said, wrong = declared.declared(entry.pairs, self._defaults)
            self._problems += wrong
            for file in named[number]:
                source = Source(file.path, said.metadata, entry.collection, entry.line, said.split, said.columns)
                found.setdefault(file.identity, source)
        return tuple(found.values())

    def mistakes(self, shown: str) -> tuple[ManifestError, ...]:
        """All problems, by line."""
        return tuple(
            ManifestError(problem.what, problem.hint, path=shown, line=problem.line, lost=problem.lost)
            for problem in sorted(dict.fromkeys(self._problems), key=lambda problem: problem.line)
        )

    def _entries_with(self, *, is_pattern: bool) -> Iterator[tuple[int, listing.Entry]]:
        return ((number, entry) for number, entry in enumerate(self._entries) if entry.is_pattern == is_pattern)

    def _single(self, entry: listing.Entry) -> list[files.Found]:
        """The file that an entry names; none if it is refused."""
        try:
            file = self._folder.locate(self._folder.normal(entry.target))
            if file.identity == self._itself:
                raise files.RefusedError(file.path, "is the manifest itself", "take the entry out", lost=False)
            if line := self._lines.get(file.identity):
                raise files.RefusedError(file.path, f"is listed in line {line} already", "keep one of them", lost=False)
        except files.RefusedError as refused:
            self._refuse(entry, refused)
            return []
        self._lines[file.identity] = entry.line
        return [file]

    def _many(self, entry: listing.Entry) -> list[files.Found]:
        """The files that a pattern stands for, without those that have an entry of their own."""
        found: list[files.Found] = []
        try:
            pattern = self._folder.normal(entry.target)
            paths = [path for path in self._folder.matching(pattern) if path != self._name]
            if not paths:
                hint = "correct the pattern, or take the entry out"
                raise files.RefusedError(pattern, "matches no file", hint)
        except files.RefusedError as refused:
            self._refuse(entry, refused)
            return []
        for path in paths:
            try:
                found.append(self._folder.locate(path))
            except files.RefusedError as refused:
                if refused.what not in self._refused:
                    self._refuse(entry, refused)
        return [file for file in found if file.identity != self._itself and file.identity not in self._lines]

    def _refuse(self, entry: listing.Entry, refused: files.RefusedError) -> None:
        self._refused.add(refused.what)
        self._problems.append(declared.Problem(entry.line, refused.what, refused.hint, refused.lost))
