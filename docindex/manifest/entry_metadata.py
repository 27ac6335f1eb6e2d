"""Metadata that a manifest declares: keys and values as people write them -> Metadata. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from sys import intern
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from docindex.metadata import dates, language_codes
from docindex.metadata.keys import closest_key, column, key
from docindex.model.documents import Metadata

KNOWN = "title, creator, publisher, date, language, subject, split, columns"
_PAIR = re.compile(r" ?(?P<key>[^\W\d_][\w -]{0,30}?) ?: ?")
_SWALLOWED = re.compile(r", ?(?P<key>[^\W\d_][\w-]{0,30}) ?:")
_DASH = re.compile(" [—–-] ")


class Problem(Struct, frozen=True):
    """A mistake in the text of a manifest."""

    line: int
    what: str
    hint: str
    lost: bool = False  # a document cannot be searched
    kind: str = "entry"  # or "duplicate": the file is listed twice
    target: str | None = None  # the file that the line names, if the mistake concerns it


class Pair(Struct, frozen=True):
    """A key and its value as written."""

    key: str
    value: str
    line: int


def shorten(text: str) -> str:
    """Return a text of at most 80 characters unchanged, else its first 60 and an ellipsis."""
    return text if len(text) <= 80 else text[:60] + "…"


def pairs(tail: str, line: int) -> tuple[tuple[Pair, ...], list[Problem]]:
    """Return the `key: value; key: value` pairs after an entry, and the mistakes in them.

    Text that does not begin with a known key, or a near miss of one, is prose. A dash within prose
    may lead to pairs.
    """
    text = " ".join(unicodedata.normalize("NFC", tail).split())
    first = _PAIR.match(text)
    if first and (key(first["key"]) or closest_key(first["key"])):
        return _read_pairs(re.split("[;؛]", text), line)
    for dash in _DASH.finditer(text):
        first = _PAIR.match(text, dash.end())
        if first and key(first["key"]):
            return _read_pairs(re.split("[;؛]", text[dash.end() :]), line)
    return (), []


def _read_pairs(pieces: Sequence[str], line: int) -> tuple[tuple[Pair, ...], list[Problem]]:
    found: dict[str, Pair] = {}
    problems: list[Problem] = []
    for piece in pieces:
        match = _PAIR.match(piece)
        if match is None:
            if piece.strip():
                what = f"'{shorten(piece.strip())}' is no `key: value` pair"
                problems.append(Problem(line, what, "write pairs as `date: 2016; language: fr`"))
            continue
        name, value = match["key"], piece[match.end() :].strip()
        swallowed = _SWALLOWED.search(value)
        if swallowed and key(swallowed["key"]):
            what = f"'{swallowed['key']}' stands within the value of '{name}'"
            problems.append(Problem(line, what, "put a semicolon between two pairs"))
            value = value[: swallowed.start()]
        known = key(name)
        if known is None or known == "path":
            problems.append(unknown_key(name, line))
        elif known in found:
            problems.append(duplicate_key(name, line))
        else:
            found[known] = Pair(known, intern(value), line)  # many have one publisher, or one language
    return tuple(found.values()), problems


def unknown_key(name: str, line: int) -> Problem:
    """Return the problem of an unknown key."""
    meant = closest_key(name)
    hint = f"did you mean {meant}?" if meant and meant != "path" else f"known keys: {KNOWN}"
    return Problem(line, f"unknown key '{shorten(name)}'", hint)


def duplicate_key(name: str, line: int) -> Problem:
    """Return the problem of a key that is given twice, perhaps by two of its names."""
    return Problem(line, f"'{shorten(name)}' is given twice", "keep one of them")


EMPTY = Metadata()


class Declared(Struct, frozen=True):
    """Metadata and reading instructions that a manifest declares of a file."""

    metadata: Metadata = EMPTY
    split: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


def declared(found: Iterable[Pair], base: Declared) -> tuple[Declared, list[Problem]]:
    """Return what the pairs declare over a base, and the mistakes.

    A value without a letter or a digit (an empty cell, a dash) declares nothing, and neither does a
    mistaken value.
    """
    problems: list[Problem] = []
    for pair in found:
        text = " ".join(pair.value.split())
        if not any(map(str.isalnum, text)):
            continue
        read, wrong, hint = _VALUES.get(pair.key, _AS_WRITTEN)
        value = read(text)
        if value is None:
            problems.append(Problem(pair.line, wrong.format(shorten(text)), hint))
        elif pair.key in ("split", "columns"):
            base = replace(base, **{pair.key: value})
        else:
            base = replace(base, metadata=replace(base.metadata, **{pair.key: value}))
    return base, problems


def _columns(text: str) -> tuple[tuple[str, str], ...] | None:
    """Return pairs of a column's name and its kind, or None if one of them is malformed."""
    found = [[part.strip() for part in pair.split("=")] for pair in re.split("[,،]", text)]
    kinds = ["text" if (known := column(pair[-1])) == "body" else known for pair in found]
    if any(len(pair) != 2 or not pair[0] or kind not in _KINDS for pair, kind in zip(found, kinds, strict=True)):
        return None
    return tuple((pair[0], str(kind)) for pair, kind in zip(found, kinds, strict=True))


_KINDS = ("title", "creator", "publisher", "date", "language", "subject", "to", "cc", "bcc", "id", "text")


def _subjects(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split("[,;،؛]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


_LISTED = ", ".join(_KINDS)
_AS_WRITTEN: tuple[Callable[[str], Any], str, str] = (str, "", "")
_VALUES: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "date": (
        lru_cache(maxsize=1024)(partial(dates.parse, origin="manifest")),  # many entries have one date
        "'{}' is no date",
        "write 2016-03-20, 2016-03, 2016 or mars 2016",
    ),
    "language": (language_codes.code, "'{}' is no language", "write one code such as fr, en or ar; mul for a mix"),
    "subject": (_subjects, "", ""),
    "split": (
        lambda text: "sections" if text.lower() == "sections" else None,
        "unknown split '{}'",
        "write `split: sections`",
    ),
    "columns": (_columns, "unknown columns '{}'", f"write `columns: NAME = title, NAME = date`; known: {_LISTED}"),
}
"""For each key: a function that returns its value or None for a mistake, the message, and the
hint.
"""
