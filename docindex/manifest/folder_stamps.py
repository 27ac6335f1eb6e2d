"""Stamps of folders, by which a search tells if files came or went since they were listed."""

from __future__ import annotations

import os
import time
import zlib
from typing import TYPE_CHECKING

from docindex.model.documents import UNSETTLED, FileStamp, FolderStamp
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Iterable

INDEX_FOLDER = ".docindex"
IGNORE_FILES = (".gitignore", ".ignore", ".docindexignore")
"""Ignore files by precedence: a later one overrides an earlier one, and a deeper folder a higher
one.
"""
SETTINGS = "docindex.toml"
"""Settings of a folder. The patterns of its key `exclude` apply as those of an ignore file do."""
_RULES = {*IGNORE_FILES, SETTINGS}
MISSING = FolderStamp(UNSETTLED, "")


def stamp(
    folder: str, entries: Iterable[os.DirEntry[str]], found: os.stat_result | None, looked_ns: int
) -> FolderStamp:
    """Return the stamp of a folder that was listed. `looked_ns` is the time before it was.

    The digest leaves out hidden files, except ignore files, and the index itself. A folder with
    links that lead to no file has no settled time: a file can appear behind them.
    """
    if found is None:
        return MISSING
    names = []
    rules = {}
    settled = files.is_settled(found.st_mtime_ns, looked_ns)
    for entry in entries:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            if name != INDEX_FOLDER:
                names.append(name + "/")
            continue
        if name in _RULES:
            rules[name] = _file_stamp(os.path.join(folder, name))
        elif name.startswith("."):
            continue
        if entry.is_symlink() and not os.path.isfile(os.path.join(folder, name)):
            settled = False
            name += "@"
        names.append(name)
    names.sort()
    # CRC-32 and a count suffice to notice a change, and hashlib is slow to import.
    digest = f"{len(names)} {zlib.crc32(chr(0).join(names).encode('utf-8', 'surrogateescape')):08x}"
    return FolderStamp(found.st_mtime_ns if settled else UNSETTLED, digest, rules)


def stamp_now(root: str, folder: str) -> FolderStamp:
    """List a folder, relative to the root, and return its stamp."""
    path = os.path.join(root, folder)
    looked = time.time_ns()
    return stamp(path, *files.look_into(path), looked)


def stamps_of(root: str, paths: Iterable[str]) -> dict[str, FolderStamp]:
    """Return the stamps of the folders of some paths and of all folders above, up to the root."""
    found = {""}
    for path in paths:
        folder = os.path.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return {folder: stamp_now(root, folder) for folder in sorted(found)}


def is_unchanged(root: str, folder: str, known: FolderStamp) -> bool:
    """Return True if no file that matters came to a folder or went.

    The folder is listed only if its time cannot tell.
    """
    path = os.path.join(root, folder)
    try:
        settled = known.mtime_ns != UNSETTLED and os.stat(path).st_mtime_ns == known.mtime_ns
    except OSError:
        return not known.names
    if settled:
        return not known.rules or all(
            _file_stamp(os.path.join(path, name)) == seen for name, seen in known.rules.items()
        )
    now = stamp_now(root, folder)
    return (now.names, now.rules) == (known.names, known.rules)


def _file_stamp(path: str) -> FileStamp:
    try:
        found = os.lstat(path)
    except OSError:
        return (-1, UNSETTLED)
    return found.st_size, found.st_mtime_ns
