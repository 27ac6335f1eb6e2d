"""Fast path for simple entries, whose only Markdown is a link or a name in backticks.

In a run of such lines all but the first and the last are taken out before the Markdown is parsed.
The parser takes 0.1 ms and some kilobytes for each, and would read it like the first: another item
of the list or another row of the table (CommonMark 0.31; GFM's tables).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence, Set

from msgspec import Struct


def _text(more: str) -> str:
    """Return a pattern of text without markup: `_` only between letters, `&` only outside
    entities.
    """
    plain = rf"[^][\\`*_<&\0{more}]*+"
    return rf"{plain}(?:(?:(?<=\w)_(?=\w)|&(?!#?\w+;)){plain})*+"


def _reference(more: str, caught: str) -> str:
    """Return a pattern of a link or a name in backticks, and the text after it."""
    text = _text(more)
    target = rf"<{caught}[^<>\\`&\0{more}]+)>|{caught}[^\s()<>\\`&\x00-\x20\x7f{more}]+)"
    return rf"(?:\[{caught}{text})\]\((?:{target})\)|`{caught}[^`\\\0{more}]+)`){caught}{text})"


_REFERENCE = re.compile(_reference("", "("))
_ITEM = re.compile(f"[-*+] {_reference('', '(?:')}")
_CELL = f" *+(?:{_reference('|', '(?:')}|{_text('|')})"
_ROW = re.compile(rf"(?![-:| \t]+\Z)\|(?:{_CELL}\|)++")


class SimpleItem(Struct, frozen=True):
    """Content of a simple item or cell."""

    href: str | None  # of the link at its beginning
    code: str | None  # the name in backticks at its beginning
    title: str  # of the link
    tail: str  # the text after the link or name, or all of it


class FastLines:
    """Lines of a manifest without the inner lines of simple runs.

    Lines numbered in `parsed` are kept.
    """

    def __init__(self, text: str, parsed: Container[int] = ()) -> None:
        self._lines = text.split("\n")
        self._after: dict[int, range] = {}  # the line before those that were taken out
        self._numbers: list[int] = []  # of the lines that are left
        kinds = ["" if number in parsed else _kind(line) for number, line in enumerate(self._lines)]
        for number, kind in enumerate(kinds):
            between = kind and 0 < number < len(kinds) - 1 and kinds[number - 1] == kind == kinds[number + 1]
            if not between:
                self._numbers.append(number)
            elif (first := self._numbers[-1]) in self._after:
                self._after[first] = range(first + 1, number + 1)
            else:
                self._after[first] = range(number, number + 1)

    @property
    def left(self) -> str:
        """The text to parse."""
        return "\n".join(self._lines[number] for number in self._numbers)

    def line(self, number: int) -> int:
        """Return the number in the whole text, from 0, of a line that is left."""
        return self._numbers[number]

    def after(self, number: int) -> Iterator[tuple[int, str]]:
        """Yield the numbers and texts of the lines taken out after a line."""
        return ((other, self._lines[other]) for other in self._after.get(number, ()))

    def taken(self, starts: Iterable[int]) -> set[int]:
        """Return the numbers of the lines taken out after some lines."""
        return {number for start in starts for number in self._after[start]}

    @property
    def starts(self) -> Set[int]:
        """The lines after which others were taken out."""
        return self._after.keys()


def _kind(line: str) -> str:
    """Return the first character of a simple item or row, or "" for another line."""
    sign = line[:1]
    if sign == "|":
        return sign if _ROW.fullmatch(line.rstrip(" ")) else ""
    return sign if sign and sign in "-*+" and _ITEM.fullmatch(line) else ""


def item(line: str) -> SimpleItem:
    """Return the content of a simple list item."""
    return _read(line[2:])


def row(line: str) -> Sequence[SimpleItem]:
    """Return the contents of a simple row's cells."""
    return [_read(cell.strip(" ")) for cell in line.rstrip(" ")[1:-1].split("|")]


def _read(text: str) -> SimpleItem:
    found = _REFERENCE.fullmatch(text)
    if not found:
        return SimpleItem(None, None, "", text)
    title, quoted, target, code, tail = found.groups()
    if code and code[0] == code[-1] == " " and code.strip(" "):
        code = code[1:-1]  # CommonMark 6.1: one blank on each side goes
    return SimpleItem(quoted or target, code, title or "", tail)
