"""Where what a manifest names lies on disk: containment, patterns, and the walk through a folder."""

from __future__ import annotations

import glob
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".ignore", ".docindexignore")


class RefusedError(Exception):
    """A name that leads to no file that may be read: what is wrong, what to do, whether a document is lost."""

    def __init__(self, what: str, hint: str, *, lost: bool = True) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.lost = lost


def normal(target: str, *, allow_outside: bool) -> str:
    """A name as written -> the path relative to the manifest's folder. Raises RefusedError for one that leads out."""
    if "\0" in target:
        raise RefusedError("a path holds a NUL character", "take it out")
    path = target.removeprefix("file://") if allow_outside else target
    if re.match(r"file:|~|[A-Za-z]:[\\/]|[\\/]", path) and not allow_outside:
        raise RefusedError(f"{target}: is not relative to the manifest", "name files below the manifest's folder")
    path = os.path.normpath(os.path.expanduser(path) if allow_outside else path).replace(os.sep, "/")
    if (path == ".." or path.startswith("../")) and not allow_outside:
        raise RefusedError(f"{target}: leads outside the manifest's folder", "move the file, or use --allow-outside")
    return path


def locate(root: Path, path: str, *, allow_outside: bool) -> tuple[str, Path]:
    """The path under which a file is found, and the file. Raises RefusedError where there is none to be read."""
    for form in dict.fromkeys((path, *(unicodedata.normalize(name, path) for name in ("NFC", "NFD")))):
        if os.path.lexists(root / form):
            return form, _checked(root, form, allow_outside=allow_outside)
    without = path.split("#")[0].split("?")[0]
    if without != path and without:
        return locate(root, without, allow_outside=allow_outside)
    raise RefusedError(f"{path}: there is no such file", "correct the path, or take the entry out")


def _checked(root: Path, path: str, *, allow_outside: bool) -> Path:
    file = root / path
    try:
        found = file.stat()
    except FileNotFoundError:
        raise RefusedError(f"{path}: is a link to nothing", "mend the link, or take the entry out") from None
    except OSError as error:
        raise RefusedError(f"{path}: cannot be looked at: {error.strerror}", "check its folder's permissions") from None
    if not allow_outside and not _inside(root, file):
        raise RefusedError(f"{path}: is a link that leads outside", "copy the file here, or use --allow-outside")
    if stat.S_ISDIR(found.st_mode):
        raise RefusedError(f"{path}: is a folder", f"name its files: {path}/*")
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(f"{path}: is not a regular file", "name a file with text in it")
    # Whoever is root may read a file that nobody is meant to read: it is left alone all the same.
    if not found.st_mode & 0o444 or not os.access(file, os.R_OK):
        raise RefusedError(f"{path}: may not be read", "change its permissions")
    return file


def _inside(root: Path, file: Path) -> bool:
    return Path(os.path.realpath(file)).is_relative_to(root)


def matching(root: Path, pattern: str, *, allow_outside: bool) -> list[str]:
    """The files that a pattern stands for, in order; hidden ones and folders are left out."""
    found = sorted(glob.glob(pattern, root_dir=root, recursive=True))
    return [
        path.replace(os.sep, "/")
        for path in found
        if (root / path).is_file() and (allow_outside or _inside(root, root / path))
    ]


def walk(root: Path) -> Iterator[str]:
    """All files below a folder, by path; not hidden or ignored ones, nor through links that lead out."""
    return iter(sorted(_walk(root, root, [])))


def _walk(root: Path, folder: Path, ignored: list[tuple[str, GitIgnoreSpec]]) -> Iterator[str]:
    ignored = ignored + _rules(root, folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = os.path.relpath(entry.path, root).replace(os.sep, "/")
        if entry.name.startswith(".") or _is_ignored(path + "/" * entry.is_dir(), ignored):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, Path(entry.path), ignored)
        elif entry.is_file() and (not entry.is_symlink() or _inside(root, Path(entry.path))):
            yield path


def _rules(root: Path, folder: Path) -> list[tuple[str, GitIgnoreSpec]]:
    base = os.path.relpath(folder, root).replace(os.sep, "/")
    prefix = "" if base == "." else f"{base}/"
    rules = []
    for name in IGNORE_FILES:
        try:
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        rules.append((prefix, GitIgnoreSpec.from_lines(lines)))
    return rules


def _is_ignored(path: str, ignored: list[tuple[str, GitIgnoreSpec]]) -> bool:
    """The innermost rule that speaks of a path decides, as with git."""
    for prefix, rules in reversed(ignored):
        verdict = rules.check_file(path.removeprefix(prefix)).include
        if verdict is not None:
            return verdict
    return False
