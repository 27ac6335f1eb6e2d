"""A manifest (INDEX.md), a folder or one file -> Sources. Opens the manifest and nothing that it names.

A manifest is ordinary Markdown. A list item or a table row that names a file is an entry; all else is prose. Keys are
Dublin Core's, with the names people write instead. The headings above an entry are its collection, but for a single
first heading of level 1, which is the title of the whole. A file named INDEX.md is a manifest; any other is a document.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from docindex.errors import ManifestError
from docindex.manifest import declared, files, listing
from docindex.model import Source

NAME = "INDEX.md"
walk = files.walk


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is to be indexed, and what is wrong with the list of it."""

    root: Path  # absolute; the sources' paths are relative to it
    path: Path | None  # the manifest, absolute; None for a folder or one file
    shown: str  # how the manifest, or the folder, is named in messages
    sources: tuple[Source, ...]  # in the manifest's order; a folder's by path
    problems: tuple[ManifestError, ...]  # by line; the sources can be used all the same
    seen: tuple[int, int] | None = None  # the manifest's size and mtime_ns when it was read
    many: bool = True  # False for one file


def find(start: Path) -> Path:
    """The manifest to build where none is named: seeds/INDEX.md, else INDEX.md. Raises ManifestError."""
    for path in (start / "seeds" / NAME, start / NAME):
        if path.is_file():
            return path
    raise ManifestError(f"there is no seeds/{NAME} and no {NAME} here", "docindex build FOLDER, or write the manifest")


def load(path: Path, *, shown: str | None = None, allow_outside: bool = False) -> Manifest:
    """The sources of a manifest, of a folder (by its INDEX.md, if it has one) or of one file.

    All mistakes in a manifest are gathered as `problems`. Raises ManifestError where there is nothing to read.
    """
    if path.is_dir():
        inside = path / NAME
        return load(inside, shown=shown, allow_outside=allow_outside) if inside.is_file() else _folder(path)
    if not path.exists():
        raise ManifestError("there is no such file or folder", "check the path", path=_short(path))
    if path.name.lower() != NAME.lower():
        return _one_file(path)
    shown = shown or _short(path)
    text, seen = _content(path, shown)
    root = Path(os.path.realpath(path.parent))
    found = listing.read(text, lambda name: (root / name).is_file())
    sources, problems = _Sources(root, root / path.name, found, shown, allow_outside=allow_outside).made()
    if not sources and not problems:
        raise ManifestError("lists no file", "add entries such as `- [Title](press/a.txt)`", path=shown)
    return Manifest(root, root / path.name, shown, sources, problems, seen)


def _folder(path: Path) -> Manifest:
    root = Path(os.path.realpath(path))
    sources = tuple(Source(name, root / name, collection=name.rpartition("/")[0] or None) for name in files.walk(root))
    if not sources:
        raise ManifestError("holds no file that can be listed", "put documents there", path=_short(path))
    return Manifest(root, None, _short(path), sources, ())


def _one_file(path: Path) -> Manifest:
    root = Path(os.path.realpath(path.parent))
    return Manifest(root, None, _short(path), (Source(path.name, root / path.name),), (), many=False)


def _content(path: Path, shown: str) -> tuple[str, tuple[int, int]]:
    try:
        data = path.read_bytes()
        found = path.stat()
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}", "check its permissions", path=shown) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ManifestError("is not UTF-8", "save the manifest as UTF-8", path=shown, line=line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n"), (found.st_size, found.st_mtime_ns)


def _short(path: Path) -> str:
    """A path as short as it can be said from here."""
    here, full = Path.cwd(), Path(os.path.abspath(path))
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(path)


class _Sources:
    """Makes the sources of a listing, and gathers what is wrong with it."""

    def __init__(self, root: Path, manifest: Path, found: listing.Listing, shown: str, *, allow_outside: bool) -> None:
        self._root = root
        self._manifest = os.path.realpath(manifest)
        self._found = found
        self._shown = shown
        self._allow_outside = allow_outside
        self._problems = [(problem.line, problem.what, problem.hint, False) for problem in found.problems]
        self._by_entry: dict[str, int] = {}  # real path -> the line of the entry that names it

    def made(self) -> tuple[tuple[Source, ...], tuple[ManifestError, ...]]:
        *_, wrong = declared.metadata(self._found.defaults)
        self._problems += [(*problem, False) for problem in wrong]
        named = [(entry, self._named(entry)) for entry in self._found.entries]
        sources: dict[str, Source] = {}
        for entry, paths in named:
            single = entry.target in paths or not listing.GLOB & set(entry.target)
            for path, real in paths.items():
                # Its own entry says more of a file than a pattern does.
                if real != self._manifest and (single or real not in self._by_entry):
                    sources.setdefault(real, self._source(entry, path))
            *_, wrong = declared.metadata(entry.pairs)
            self._problems += [(*problem, False) for problem in wrong]
        problems = sorted(dict.fromkeys(self._problems), key=lambda problem: problem[0])
        return tuple(sources.values()), tuple(
            ManifestError(what, hint, path=self._shown, line=line, lost=lost) for line, what, hint, lost in problems
        )

    def _named(self, entry: listing.Entry) -> dict[str, str]:
        """The files that an entry names: their paths, and where each really lies."""
        try:
            target = files.normal(entry.target, allow_outside=self._allow_outside)
            if listing.GLOB & set(target) and not (self._root / target).exists():
                return self._matching(target)
            path, file = files.locate(self._root, target, allow_outside=self._allow_outside)
            return self._single(entry, path, os.path.realpath(file))
        except files.RefusedError as refused:
            self._problems.append((entry.line, refused.what, refused.hint, refused.lost))
        except (OSError, ValueError) as error:
            what = f"{entry.target[:60]}: cannot be looked at: {getattr(error, 'strerror', None) or error}"
            self._problems.append((entry.line, what, "correct the path", True))
        return {}

    def _matching(self, pattern: str) -> dict[str, str]:
        found = {}
        for name in files.matching(self._root, pattern, allow_outside=self._allow_outside):
            path, file = files.locate(self._root, name, allow_outside=self._allow_outside)
            found[path] = os.path.realpath(file)
        if not found:
            raise files.RefusedError(f"{pattern}: matches no file", "correct the pattern, or take the entry out")
        return found

    def _single(self, entry: listing.Entry, path: str, real: str) -> dict[str, str]:
        if real == self._manifest:
            raise files.RefusedError(f"{path}: is the manifest itself", "take the entry out", lost=False)
        if real in self._by_entry:
            line = self._by_entry[real]
            raise files.RefusedError(f"{path}: is listed in line {line} already", "keep one of them", lost=False)
        self._by_entry[real] = entry.line
        return {path: real}

    def _source(self, entry: listing.Entry, path: str) -> Source:
        metadata, split, _ = declared.metadata((*self._found.defaults, *entry.pairs))
        return Source(path, self._root / path, metadata, self._collection(entry), entry.line, split)

    def _collection(self, entry: listing.Entry) -> str | None:
        title = self._found.title
        headings = entry.headings[1:] if title and entry.headings[:1] == title else entry.headings
        return " / ".join(text for _, text in headings) or None
