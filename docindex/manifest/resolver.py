"""Resolution of a manifest's entries: the sources that it lists, and all mistakes in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from docindex.errors import ManifestError
from docindex.manifest import entry_metadata, front_matter, parser
from docindex.manifest.paths import Folder, Found, Identity, RefusedError
from docindex.manifest.source_list import SourceList
from docindex.model.documents import FileStamp, Source

_Listed = tuple[Source, FileStamp | None]


class EntryResolver:
    """Resolver of the entries of one manifest. It makes their sources and collects the mistakes."""

    def __init__(self, folder: Folder, name: str, text: str) -> None:
        self._folder = folder
        self._name = name
        self._itself = folder.locate(name).identity
        matter, text = front_matter.cut(text)
        defaults, self._problems = front_matter.read(matter)
        self._defaults, wrong = entry_metadata.declared(defaults, entry_metadata.Declared())
        self._problems += wrong
        self._entries = parser.read(text, folder.has, self._problems)
        self._lines: dict[Identity, int] = {}  # of the files with an entry of their own
        self._refused: set[str] = set()  # messages already reported; a pattern does not repeat them

    def sources(self) -> SourceList:
        """Return the sources in the manifest's order.

        A file's own entry takes precedence over a pattern, and an earlier pattern over a later one.
        """
        patterns: list[tuple[int, parser.Entry]] = []  # with the number of single entries before each
        own = SourceList(self._single_sources(patterns))
        return SourceList(self._insert_patterns(patterns, own)) if patterns else own

    def _single_sources(self, patterns: list[tuple[int, parser.Entry]]) -> Iterator[_Listed]:
        """Yield the files with entries of their own, and append the patterns to the list."""
        # One by one, because the parsed entries of a whole manifest take several times the memory
        # of its sources.
        count = 0
        for entry in self._entries:
            if entry.is_pattern:
                patterns.append((count, entry))
            elif source := self._source(entry):
                yield source
                count += 1

    def _insert_patterns(self, patterns: Iterable[tuple[int, parser.Entry]], own: SourceList) -> Iterator[_Listed]:
        """Yield all files: those of each pattern at its place among the others."""
        taken: set[Identity] = set()
        before, left = 0, own.stamped()
        for place, entry in patterns:
            yield from islice(left, place - before)
            before = place
            yield from self._sources(entry, taken)
        yield from left

    def mistakes(self, shown: str) -> tuple[ManifestError, ...]:
        """Return all problems, sorted by line."""
        return tuple(
            ManifestError(
                problem.what,
                problem.hint,
                path=shown,
                line=problem.line,
                lost=problem.lost,
                kind=problem.kind,
                target=problem.target,
            )
            for problem in sorted(dict.fromkeys(self._problems), key=lambda problem: problem.line)
        )

    def _source(self, entry: parser.Entry) -> _Listed | None:
        """Return the source that an entry names, or None if it is refused."""
        file = self._single(entry)
        made = self._source_maker(entry)
        return (made(file), file.stamp) if file else None

    def _sources(self, entry: parser.Entry, taken: set[Identity]) -> Iterator[_Listed]:
        """Yield the sources of a pattern that are not taken yet, and mark them as taken."""
        found = self._many(entry)
        made = self._source_maker(entry)
        for file in found:
            if file.identity not in taken:
                taken.add(file.identity)
                yield made(file), file.stamp

    def _source_maker(self, entry: parser.Entry) -> Callable[[Found], Source]:
        """Return a function that makes a source of a file with the entry's metadata."""
        declared, wrong = entry_metadata.declared(entry.pairs, self._defaults)
        self._problems += wrong
        return lambda file: Source(
            file.path, declared.metadata, entry.collection, entry.line, declared.split, declared.columns
        )

    def _single(self, entry: parser.Entry) -> Found | None:
        """Return the file that an entry names, or None if it is refused."""
        try:
            file = self._folder.locate(self._folder.normal(entry.target))
            if file.identity == self._itself:
                raise RefusedError(file.path, "is the manifest itself", "take the entry out", lost=False)
            if line := self._lines.get(file.identity):
                what = f"is listed in line {line} already"
                raise RefusedError(file.path, what, "keep one of them", lost=False, kind="duplicate")
        except RefusedError as refused:
            self._refuse(entry, refused)
            return None
        self._lines[file.identity] = entry.line
        return file

    def _many(self, entry: parser.Entry) -> list[Found]:
        """Return the files of a pattern without those that have an entry of their own."""
        found: list[Found] = []
        try:
            pattern = self._folder.normal(entry.target)
            paths = [path for path in self._folder.matching(pattern) if path != self._name]
            if not paths:
                hint = "correct the pattern, or take the entry out"
                raise RefusedError(pattern, "matches no file", hint)
        except RefusedError as refused:
            self._refuse(entry, refused)
            return []
        for path in paths:
            try:
                found.append(self._folder.locate(path))
            except RefusedError as refused:
                if refused.what not in self._refused:
                    self._refuse(entry, refused)
        return [file for file in found if file.identity != self._itself and file.identity not in self._lines]

    def _refuse(self, entry: parser.Entry, refused: RefusedError) -> None:
        self._refused.add(refused.what)
        self._problems.append(
            entry_metadata.Problem(
                entry.line, refused.what, refused.hint, refused.lost, kind=refused.kind, target=refused.name
            )
        )
