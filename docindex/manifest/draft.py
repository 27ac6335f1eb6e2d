"""Drafts of manifests: a first one, one that grows, and a patch that repairs one. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff

from msgspec import Struct

_ITEM = re.compile(r"( *)([-*+]) ")
_BLOCK_START = re.compile(r" *(?:[-*+] |\d{1,9}[.)] |#{1,6} |\|)|\s*$")
"""Beginning of a line that continues no list item: an item, a heading, a row, a blank."""
REST_HEADING = "Other files"  # of the manifest's own folder, after headings
_NO_NEWLINE = "\n\\ No newline at end of file\n"  # as diff and patch know it


class DraftEntry(Struct, frozen=True):
    """Entry of a draft: a file, what it states of itself, and guesses. "" means unknown."""

    path: str
    title: str = ""
    date: str = ""  # ISO 8601 or EDTF
    guesses: Sequence[tuple[str, str]] = ()  # keys and values

    @property
    def folder(self) -> str:
        """The path's folder, or "" for the manifest's own."""
        return self.path.rpartition("/")[0]


def entry_line(entry: DraftEntry, indent: str = "", bullet: str = "-") -> str:
    """Return an entry as a list item. Guesses are a comment, so that they declare nothing."""
    name = _escape(entry.title or entry.path.rpartition("/")[2])
    line = f"{indent}{bullet} [{name}](<{_link_target(entry.path)}>)"
    if entry.date:
        line += f" — date: {entry.date}"
    if entry.guesses:
        said = "; ".join(f"{key}: {' '.join(value.split())}" for key, value in entry.guesses)
        # A comment must not end within a value.
        line += f" <!-- perhaps {said.replace('--', '- -').replace('>', ')')} -->"
    return line + "\n"


def first_manifest(title: str, entries: Iterable[DraftEntry]) -> str:
    """Return a manifest in Markdown: a title, and a heading with a list for each folder."""
    return grown(f"# {_escape(title)}\n", entries, {})


def grown(text: str, entries: Iterable[DraftEntry], last_lines: Mapping[str, int]) -> str:
    """Return a manifest with new entries.

    `last_lines` holds the line, from 1, of the last entry of each folder: new entries of that
    folder follow it. Those of other folders follow at the end, under a heading of their own.
    """
    return "".join(_grown_lines(_lines(text), entries, last_lines, ()))


def repair_patch(
    text: str, name: str, *, drop_lines: Collection[int], entries: Iterable[DraftEntry], last_lines: Mapping[str, int]
) -> str:
    """Return a unified diff of a manifest that drops lines (from 1) and adds entries as `grown`
    does.

    `name` stands in the diff's header. The diff is empty if there is nothing to change.
    """
    old = _lines(text)
    new = list(_grown_lines(old, entries, last_lines, drop_lines))
    lines = unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends, as editors and parsers count them."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _grown_lines(
    old: Sequence[str], entries: Iterable[DraftEntry], last_lines: Mapping[str, int], drop_lines: Collection[int]
) -> Iterator[str]:
    """Yield the lines of a manifest with new entries and without the dropped lines."""
    newline = "\r\n" if old and old[0].endswith("\r\n") else "\n"
    for line in _grown(old, entries, last_lines, drop_lines):
        yield line[:-1] + newline if newline != "\n" and line.endswith("\n") and line[-2:] != newline else line


def _grown(
    old: Sequence[str], entries: Iterable[DraftEntry], last_lines: Mapping[str, int], drop_lines: Collection[int]
) -> Iterator[str]:
    """Yield the same lines, the new ones with plain line ends."""
    added: defaultdict[int, list[str]] = defaultdict(list)  # by the number of old lines before them
    apart: defaultdict[str, list[DraftEntry]] = defaultdict(list)
    for entry in entries:
        last = last_lines.get(entry.folder)
        if last is None or last > len(old):
            apart[entry.folder].append(entry)
            continue
        item = _ITEM.match(old[last - 1])
        end = _block_end(old, last, is_item=item is not None)
        if not item and not added[end]:
            added[end].append("\n")  # a list after a table
        added[end].append(entry_line(entry, item[1], item[2]) if item else entry_line(entry))
    for number, line in enumerate(old, 1):
        if number not in drop_lines:
            has_more = bool(added.get(number)) or (number == len(old) and bool(apart))
            yield line + "\n" if has_more and not line.endswith("\n") else line
        yield from added.get(number, ())
    has_headings = any(line.startswith("## ") for line in old)
    for folder, own in sorted(apart.items()):  # the manifest's own folder first: its files need no heading
        yield "\n"
        if folder or has_headings:
            yield from (f"## {_escape(folder) or REST_HEADING}\n", "\n")
        yield from map(entry_line, own)


def _block_end(lines: Sequence[str], line: int, *, is_item: bool) -> int:
    """Return the last line, from 1, of the list item or the table to which a line belongs."""
    if is_item:
        while line < len(lines) and not _BLOCK_START.match(lines[line]):
            line += 1
    else:
        while line < len(lines) and lines[line].strip():
            line += 1
    return line


def _escape(text: str) -> str:
    """Return a text on one line that Markdown shows unchanged."""
    return re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", " ".join(text.split()))


def _link_target(path: str) -> str:
    """Return a path as a link's target in angle brackets, safe in a table too."""
    return re.sub(r"([\\<>|&])", r"\\\1", path)
