"""Loading of a manifest (INDEX.md), a folder or one file -> sources. Opens only the manifest.

A manifest is ordinary Markdown. A list item or a table row that names a file is an entry; the rest
is prose. Keys are Dublin Core's or the names that people write instead. The headings above an entry
are its collection. A single first heading of level 1 is the manifest's title and belongs to no
collection. A file named INDEX.md (or index.md) is a manifest; any other file is a document.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from docindex.config import FIRST_STEPS
from docindex.errors import ManifestError
from docindex.manifest import paths
from docindex.manifest.source_list import Aliased, SourceList
from docindex.manifest.walk import Walk
from docindex.model.documents import FileStamp, FolderStamp, Source
from docindex.system import files

MANIFEST_NAME = "INDEX.md"
MAX_MANIFEST_BYTES = 128 << 20  # bytes of a manifest; an entry takes about a hundred


class Manifest(Struct, frozen=True):
    """Sources to index, and the mistakes in the list of them."""

    root: Path  # absolute; the sources' paths are relative to it
    path: Path | None  # the manifest, absolute; None for a folder or one file
    shown: str  # how the manifest, or the folder, is named in messages
    sources: Sequence[Source]  # in the manifest's order; a folder's by path
    problems: tuple[ManifestError, ...]  # by line; the sources can be used all the same
    seen: FileStamp | None = None  # of the manifest when it was read
    many: bool = True  # False for one file
    is_confined: bool = True  # False if sources may lie outside the root; the user has said so
    folders: Mapping[str, FolderStamp] = {}  # those looked into, before the first look
    aliased: Aliased = field(default_factory=Aliased)

    def file(self, source: Source) -> str:
        """Return a source's path on disk."""
        return os.path.join(self.root, source.path)

    def stamp(self, number: int) -> FileStamp | None:
        """Return the size and time of a source's file when it was listed, or None if it is gone."""
        stamp = self.sources.stamp(number) if isinstance(self.sources, SourceList) else None
        if stamp is None:
            try:
                found = os.stat(self.file(self.sources[number]))
            except OSError:
                return None
            stamp = found.st_size, found.st_mtime_ns
        return stamp

    def confined_to(self) -> str | None:
        """Return the folder that no source may lead out of, or None if any may."""
        return str(self.root) if self.is_confined else None


def find(start: Path) -> Path:
    """Return the manifest of a folder: seeds/INDEX.md, else INDEX.md.

    Raises ManifestError if there is neither.
    """
    for path in (start / "seeds" / MANIFEST_NAME, start / MANIFEST_NAME):
        if os.path.isfile(path):
            _check_inside(path, start)
            return path
    raise ManifestError(f"there is no seeds/{MANIFEST_NAME} and no {MANIFEST_NAME} here", FIRST_STEPS)


def load(path: Path, *, shown: str | None = None, allow_outside: bool = False) -> Manifest:
    """Load a manifest, a folder (by its INDEX.md if it has one) or one file.

    Mistakes in a manifest are collected as `problems`. Raises ManifestError if there is nothing to
    read.
    """
    if os.path.isdir(path):
        inside = path / MANIFEST_NAME
        if not os.path.isfile(inside):
            return _folder(path, shown or _relative_to_cwd(path))
        path = inside
    shown = shown or _relative_to_cwd(path)
    _check_readable(path, shown)
    root = Path(files.real_path(path.parent))
    if path.name.lower() != MANIFEST_NAME.lower():
        _check_name(path)
        return Manifest(root, None, shown, (Source(path.name),), (), many=False, is_confined=False)
    from docindex.manifest.parser import TangledError
    from docindex.manifest.resolver import (
        EntryResolver,
    )  # here: a folder needs no reader of Markdown, which is slow to load

    folder = paths.Folder(root, allow_outside=allow_outside)
    text, seen = _read_text(path.name, root, shown, allow_outside=allow_outside)
    try:
        resolver = EntryResolver(folder, path.name, text)
    except TangledError as error:
        hint = "take out what is no list or table of files"
        raise ManifestError("its Markdown takes too long to parse", hint, path=shown) from error
    except paths.RefusedError as refused:  # the manifest was exchanged meanwhile
        raise ManifestError(refused.what, refused.hint, path=shown) from refused
    sources, problems = resolver.sources(), resolver.mistakes(shown)
    if not sources and not problems:
        raise ManifestError("lists no file", "add entries such as `- [Title](press/a.txt)`", path=shown)
    confined = not allow_outside
    return Manifest(
        root,
        root / path.name,
        shown,
        sources,
        problems,
        seen,
        is_confined=confined,
        folders=folder.stamps,
        aliased=folder.aliased,
    )


def _folder(path: Path, shown: str) -> Manifest:
    root = Path(files.real_path(path))
    try:
        os.scandir(root).close()
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}", "check its permissions", path=shown) from error
    problems: list[ManifestError] = []
    walked = Walk(root)
    sources = SourceList(_folder_sources(walked, shown, problems))
    if not sources and not problems:
        raise ManifestError("holds no file that can be listed", "put documents there", path=shown)
    return Manifest(root, None, shown, sources, tuple(problems), folders=walked.folders, aliased=walked.aliased)


def _folder_sources(
    walked: Walk, shown: str, problems: list[ManifestError]
) -> Iterator[tuple[Source, FileStamp | None]]:
    """Yield the files of a folder, and append those with unusable names to the problems."""
    for name, stamp in walked.stamped():
        try:
            paths.check_name(name)
        except paths.RefusedError as refused:
            problems.append(
                ManifestError(refused.what, refused.hint, path=shown, lost=refused.lost, target=refused.name)
            )
        else:
            yield Source(name, collection=name.rpartition("/")[0] or None), stamp


def _check_name(path: Path) -> None:
    try:
        paths.check_name(path.name)
    except paths.RefusedError as refused:
        raise ManifestError(refused.what, refused.hint) from refused


def _check_inside(path: Path, folder: Path) -> None:
    """Raise ManifestError if a manifest that nobody named lies outside the folder it was looked
    for in.
    """
    if not Path(files.real_path(path)).is_relative_to(files.real_path(folder)):
        shown = _relative_to_cwd(path)
        raise ManifestError("is a link that leads outside", f"docindex build {shown}, if that is meant", path=shown)


def _check_readable(path: Path, shown: str) -> None:
    """Raise ManifestError for what cannot be read."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise ManifestError("there is no such file or folder", "check the path", path=shown) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ManifestError(f"cannot be looked at: {reason}", "check the path", path=shown) from error
    if wrong := paths.unreadable(found, path):
        raise ManifestError(*wrong, path=shown)


def _read_text(name: str, root: Path, shown: str, *, allow_outside: bool) -> tuple[str, FileStamp]:
    """Return a manifest's text and its stamp. Raises ManifestError."""
    try:
        path, confined = (os.path.join(root, name), None) if allow_outside else (name, str(root))
        with open(files.open_file(path, confined), "rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(MAX_MANIFEST_BYTES + 1)
    except files.OutsideError as error:
        hint = "copy it here, or use --allow-outside"
        raise ManifestError("is a link that leads outside", hint, path=shown) from error
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}", "check its permissions", path=shown) from error
    if len(data) > MAX_MANIFEST_BYTES:
        what = f"is larger than {MAX_MANIFEST_BYTES >> 20} MB"
        raise ManifestError(what, "name many files by one pattern: `press/*.txt`", path=shown)
    if not data.strip():
        raise ManifestError("is empty", "add entries such as `- [Title](press/a.txt)`", path=shown)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ManifestError("is not UTF-8", "save the manifest as UTF-8", path=shown, line=line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n"), (found.st_size, found.st_mtime_ns)


def _relative_to_cwd(path: Path) -> str:
    """Return a path relative to the current folder if it lies below, else as given."""
    here, full = Path.cwd(), Path(os.path.abspath(path))
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else str(path)
