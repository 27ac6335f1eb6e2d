"""Walk of a folder: all files that are neither hidden nor ignored. Opens only the ignore files."""

from __future__ import annotations

import os
import re
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from operator import itemgetter
from pathlib import Path

from msgspec import Struct

from docindex.manifest import folder_stamps
from docindex.manifest.folder_stamps import IGNORE_FILES, SETTINGS
from docindex.manifest.globs import WILDCARDS, Glob
from docindex.manifest.source_list import Aliased
from docindex.model.documents import FileStamp, FolderStamp
from docindex.system import files

_DROPPING = re.compile(
    r"~\$.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r|~WRL\d+\.tmp|.+\.docindex-seen(\.tmp)?", re.IGNORECASE
)
"""Names of files that programs leave beside documents: owner files of Word, pictures of Windows'
folders, seen records of `docindex watch`.
"""
_PATH = itemgetter(0)
_COMMIT = re.compile(r"commit-\d+\.json")
"""Name of a file that an index's folder holds."""
_MAX_IGNORE_FILE_BYTES = 1_000_000  # bytes of an ignore file that are read
_ESCAPED = re.compile(r"\\(.)")
_TRAILING = re.compile(r"(?<!\\) +\Z")


class _Rule(Struct, frozen=True):
    """Line of an ignore file, as gitignore(5) describes it."""

    glob: Glob
    depth: int  # of its folder below the root
    wanted: bool  # begins with `!`: matching files are included again
    folders_only: bool
    by_name: bool  # matches names at any depth below

    def matches(self, names: Sequence[str], *, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        return self.glob.matches(names[-1:] if self.by_name else names[self.depth :])


class Walk:
    """The files of a folder, and the stamps of all folders that the walk looked into.

    Iterating yields the paths of all files, relative to the folder, sorted. Links to folders are
    not followed. A link to a file counts if the file lies inside and is not listed itself. Ignore
    files above `root` do not apply, because the user named this folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = files.real_path(root)
        self.folders: dict[str, FolderStamp] = {}
        self.aliased = Aliased()
        self._links: list[str] = []
        links: list[str] = []
        self._found = _PackedFiles(_files(self._root, links, self.folders, self.aliased))
        if links:
            self._links = list(_linked_files(self._root, links, self))
        for path in self._links:  # what is behind a link can come and go without a sign at the link
            target = os.path.relpath(files.real_path(os.path.join(self._root, path)), self._root)
            folder, name = os.path.split(target)
            self.aliased.targets.add(name)
            if folder not in self.folders:
                self.folders[folder] = folder_stamps.stamp_now(self._root, folder)

    def __iter__(self) -> Iterator[str]:
        return (path for path, _ in self.stamped())

    def stamped(self) -> Iterator[tuple[str, FileStamp | None]]:
        """Yield each path with the file's size and time, as far as the walk knows them."""
        if not self._links:
            return iter(self._found)
        return merge(self._found, ((path, None) for path in self._links), key=_PATH)


class _PackedFiles:
    """Paths joined into a few long strings, with their stamps.

    Separate strings would take five times the memory.
    """

    def __init__(self, found: Iterator[tuple[str, int, int]]) -> None:
        self._paths: list[str] = []
        self._stamps = array("q")
        while some := list(islice(found, 1000)):
            self._paths.append("\0".join(path for path, _, _ in some))
            self._stamps.extend(number for _, *stamp in some for number in stamp)

    def __iter__(self) -> Iterator[tuple[str, FileStamp | None]]:
        numbers = iter(self._stamps)
        for some in self._paths:
            for path in some.split("\0"):
                yield path, (next(numbers), next(numbers))


def _files(
    root: str, links: list[str], stamps: dict[str, FolderStamp], aliased: Aliased
) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of all files except links, sorted by path.

    Append the paths of links to the list, and the stamps of folders.
    """
    todo = [_open_folder(root, (), [], stamps)]
    while todo:
        names, rules, found = todo[-1]
        before = "".join(f"{name}/" for name in names)
        for entry in found:
            if _DROPPING.fullmatch(entry.name) or (not names and entry.name == SETTINGS):
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name.startswith(".") and not (is_folder and _is_mail_folder(root, names, entry.name)):
                continue
            if rules and _is_ignored((*names, entry.name), rules, is_folder=is_folder):
                continue
            if is_folder:
                todo.append(_open_folder(root, (*names, entry.name), rules, stamps))
                break
            if entry.is_symlink():
                if os.path.isfile(os.path.join(root, before + entry.name)):
                    links.append(before + entry.name)
            elif entry.is_file():
                found_stat = entry.stat(follow_symlinks=False)  # known since the listing
                aliased.has_hard_links |= found_stat.st_nlink > 1
                yield before + entry.name, found_stat.st_size, found_stat.st_mtime_ns
        else:
            todo.pop()


def _is_mail_folder(root: str, names: Sequence[str], name: str) -> bool:
    """Return True for a folder of Maildir++, whose name begins with a dot (Dovecot, Courier)."""
    parent = os.path.join(root, *names)
    folder = os.path.join(parent, name)
    if not os.path.isdir(os.path.join(folder, "cur")):
        return False
    return any(os.path.isdir(path) for path in (os.path.join(folder, "new"), os.path.join(parent, "cur")))


_OpenFolder = tuple[tuple[str, ...], list[_Rule], "Iterator[os.DirEntry[str]]"]


def _open_folder(root: str, names: tuple[str, ...], rules: list[_Rule], stamps: dict[str, FolderStamp]) -> _OpenFolder:
    """Return a folder's name parts, its rules, and its entries in the order of all paths.

    Keep its stamp.
    """
    folder = "/".join(names)
    looked = time.time_ns()
    found, state = files.look_into(folder, root, with_stat=True)
    if any(_COMMIT.fullmatch(entry.name) for entry in found) and any(entry.name == "lock" for entry in found):
        return names, rules, iter(())  # an index, which `--index` has put among the documents
    stamps[folder] = folder_stamps.stamp(os.path.join(root, folder), found, state, looked)
    rules = rules + _rules(root, folder, len(names), {entry.name for entry in found})
    return names, rules, iter(sorted(found, key=_path_order))


def _path_order(entry: os.DirEntry[str]) -> str:
    """Return the sort key of an entry: a folder sorts as its name with a slash."""
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name


def _linked_files(root: str, links: list[str], paths: Iterable[str]) -> Iterator[str]:
    """Yield the links that lead to unlisted files inside the root."""
    taken = {os.path.join(root, path) for path in paths}
    for path in sorted(links):
        real = files.real_path(os.path.join(root, path))
        if real not in taken and real.startswith(os.path.join(root, "")):
            taken.add(real)
            yield path


def _rules(root: str, folder: str, depth: int, names: set[str]) -> list[_Rule]:
    found = _excluded(root) if not depth and SETTINGS in names else []
    for name in IGNORE_FILES:
        if name not in names:
            continue
        try:
            data = files.read_file(os.path.join(folder, name), _MAX_IGNORE_FILE_BYTES, root)
        except OSError:
            continue
        lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
        found += [rule for line in lines if (rule := _rule(line, depth))]
    return found


def _excluded(root: str) -> list[_Rule]:
    """Return the rules of the setting `exclude`.

    A broken file is reported where settings are resolved.
    """
    import tomllib  # here: most folders have no such file

    try:
        values = tomllib.loads(files.read_file(SETTINGS, _MAX_IGNORE_FILE_BYTES, root).decode("utf-8"))
    except (OSError, ValueError):
        return []
    lines = values.get("exclude")
    lines = lines if isinstance(lines, list) else []
    return [rule for line in lines if isinstance(line, str) and (rule := _rule(line, 0))]


def _rule(line: str, depth: int) -> _Rule | None:
    if line.startswith("#"):
        return None
    text = _TRAILING.sub("", line.rstrip("\r"))
    wanted = text.startswith("!")
    text = text[wanted:]
    pattern = text.removesuffix("/")
    if not pattern:
        return None
    by_name = "/" not in pattern
    # As fnmatch knows them: a set that excludes begins with `!`, and a sign that is meant as it
    # stands is its own set.
    pattern = _ESCAPED.sub(
        lambda sign: f"[{sign[1]}]" if sign[1] in WILDCARDS else sign[1], pattern.replace("[^", "[!")
    )
    return _Rule(Glob(pattern.removeprefix("/").split("/"), hidden=True), depth, wanted, text.endswith("/"), by_name)


def _is_ignored(names: Sequence[str], rules: Sequence[_Rule], *, is_folder: bool) -> bool:
    """Return True if a path is ignored. The last rule that matches decides."""
    for rule in reversed(rules):
        if rule.matches(names, is_folder=is_folder):
            return not rule.wanted
    return False
