"""Drafts of manifests: a first one for a folder, and a patch that repairs one. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import unified_diff

from msgspec import Struct


class DraftEntry(Struct, frozen=True):
    """Row of a first manifest: a file and its own metadata. "" means unknown."""

    path: str
    title: str = ""
    date: str = ""  # ISO 8601 or EDTF
    language: str = ""  # ISO 639


def first_manifest(title: str, entries: Iterable[DraftEntry]) -> str:
    """Return a manifest in Markdown: a heading, and a table with a row for each entry."""
    rows = ["# " + _escape(title), "", "| File | Title | Date | Language |", "| --- | --- | --- | --- |"]
    for entry in entries:
        name = entry.path.rsplit("/", 1)[-1]
        cells = " | ".join(map(_escape, (entry.title, entry.date, entry.language)))
        rows.append(f"| [{_escape(name)}](<{_link_target(entry.path)}>) | {cells} |")
    return "\n".join(rows) + "\n"


def repair_patch(text: str, name: str, *, drop_lines: Collection[int], add_paths: Sequence[str]) -> str:
    """Return a unified diff of a manifest that drops lines (from 1) and appends an entry for each
    path.

    `name` stands in the diff's header. The diff is empty if there is nothing to change.
    """
    old = text.splitlines(keepends=True)
    new = [line for number, line in enumerate(old, 1) if number not in drop_lines]
    if add_paths:
        new += ["\n", "## To be described\n", "\n"]
        new += [f"- [{_escape(path)}](<{_link_target(path)}>)\n" for path in add_paths]
    return "".join(unified_diff(old, new, f"a/{name}", f"b/{name}"))


def _escape(text: str) -> str:
    """Return a text on one line that Markdown shows unchanged."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _link_target(path: str) -> str:
    """Return a path as a link's target in angle brackets, safe in a table too."""
    return re.sub(r"([\\<>|])", r"\\\1", path)
