"""All files below a folder that are neither hidden nor ignored. Opens the ignore files and nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from docindex.manifest.files import entries
from docindex.manifest.globs import SIGNS, Glob

IGNORE_FILES = (".gitignore", ".ignore", ".docindexignore")
"""A later one overrides an earlier one, as one further down the tree overrides one further up."""
_LONGEST = 1_000_000  # characters of an ignore file that are read
_ESCAPED = re.compile(r"\\(.)")
_TRAILING = re.compile(r"(?<!\\) +\Z")


class _Rule(Struct, frozen=True):
    """One line of an ignore file, as gitignore(5) describes it."""

    glob: Glob
    depth: int  # of the folder it stands in, below the root
    wanted: bool  # it begins with `!`: what matches is not ignored after all
    folders_only: bool
    by_name: bool  # it speaks of names anywhere below

    def matches(self, names: Sequence[str], *, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        return self.glob.matches(names[-1:] if self.by_name else names[self.depth :])


def walk(root: Path) -> Iterator[str]:
    """The paths of all files, relative to the folder, in order.

    Links to folders are not followed. A link to a file counts where the file lies inside and is not listed itself.
    Ignore files of folders above `root` are not asked: whoever names a folder wants what is in it.
    """
    real_root = os.path.realpath(root)
    files: list[str] = []
    links: list[str] = []
    todo: list[tuple[tuple[str, ...], list[_Rule]]] = [((), [])]
    while todo:
        above, rules = todo.pop()
        folder = os.path.join(real_root, *above)
        found = entries(folder)
        rules = rules + _rules(folder, len(above), {entry.name for entry in found})
        for entry in found:
            names = (*above, entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name.startswith(".") or _is_ignored(names, rules, is_folder=is_folder):
                continue
            if is_folder:
                todo.append((names, rules))
            elif os.path.isfile(entry.path) if entry.is_symlink() else entry.is_file():
                (links if entry.is_symlink() else files).append("/".join(names))
    return iter(sorted([*files, *_apart(real_root, links, files)]))


def _apart(root: str, links: list[str], files: list[str]) -> Iterator[str]:
    """Of the links those that lead to files inside which are not listed yet."""
    taken = {os.path.join(root, path) for path in files} if links else set()
    for path in sorted(links):
        real = os.path.realpath(os.path.join(root, path))
        if real not in taken and real.startswith(os.path.join(root, "")):
            taken.add(real)
            yield path


def _rules(folder: str, depth: int, names: set[str]) -> list[_Rule]:
    found = []
    for name in IGNORE_FILES:
        file = os.path.join(folder, name)
        if name not in names or not os.path.isfile(file):
            continue
        try:
            with open(file, encoding="utf-8-sig", errors="replace") as text:
                lines = text.read(_LONGEST).split("\n")
        except OSError:
            continue
        found += [rule for line in lines if (rule := _rule(line, depth))]
    return found


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
    # As fnmatch knows them: a set that excludes begins with `!`, and a sign that is meant as it stands is its own set.
    pattern = _ESCAPED.sub(lambda sign: f"[{sign[1]}]" if sign[1] in SIGNS else sign[1], pattern.replace("[^", "[!"))
    return _Rule(Glob(pattern.removeprefix("/").split("/"), hidden=True), depth, wanted, text.endswith("/"), by_name)


def _is_ignored(names: Sequence[str], rules: Sequence[_Rule], *, is_folder: bool) -> bool:
    """The last rule that speaks of a path decides."""
    for rule in reversed(rules):
        if rule.matches(names, is_folder=is_folder):
            return not rule.wanted
    return False
