"""Entries so simple that nothing of Markdown but a link or a name in backticks is in them.

Where many stand one below the other, each but the first and the last of them is taken out of the text before it is
parsed: a parser of Markdown takes a tenth of a millisecond and some kilobytes for each, and can make nothing of it but
what it makes of the first, another item of that list or another row of that table (CommonMark 0.31, GFM's tables).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence, Set

from msgspec import Struct


def _text(more: str) -> str:
    """Text in which no sign means anything: `_` between letters is no emphasis, nor does each `&` begin an entity."""
    plain = rf"[^][\\`*_<&\0{more}]*+"
    return rf"{plain}(?:(?:(?<=\w)_(?=\w)|&(?!#?\w+;)){plain})*+"


def _reference(more: str, caught: str) -> str:
    """A link or a name in backticks, and what follows."""
    text = _text(more)
    target = rf"<{caught}[^<>\\`&\0{more}]+)>|{caught}[^\s()<>\\`&\x00-\x20\x7f{more}]+)"
    return rf"(?:\[{caught}{text})\]\((?:{target})\)|`{caught}[^`\\\0{more}]+)`){caught}{text})"


_REFERENCE = re.compile(_reference("", "("))
_ITEM = re.compile(f"[-*+] {_reference('', '(?:')}")
_CELL = f" *+(?:{_reference('|', '(?:')}|{_text('|')})"
_ROW = re.compile(rf"(?![-:| \t]+\Z)\|(?:{_CELL}\|)++")


class SimpleItem(Struct, frozen=True):
    """What a simple text holds."""

    href: str | None  # of a link that it begins with
    code: str | None  # what it begins with in backticks
    title: str  # of the link
    tail: str  # what follows, or all of the text


class FastLines:
    """The lines of a text, but for those between simple entries of one kind; `parsed` are to stay, by their numbers."""

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
        """The text to be parsed."""
        return "\n".join(self._lines[number] for number in self._numbers)

    def line(self, number: int) -> int:
        """The number in the whole text of a line that is left, from 0."""
        return self._numbers[number]

    def after(self, number: int) -> Iterator[tuple[int, str]]:
        """The lines that were taken out behind one, with their numbers."""
        return ((other, self._lines[other]) for other in self._after.get(number, ()))

    def taken(self, starts: Iterable[int]) -> set[int]:
        """The numbers of the lines that were taken out behind some."""
        return {number for start in starts for number in self._after[start]}

    @property
    def starts(self) -> Set[int]:
        """The lines behind which some were taken out."""
        return self._after.keys()


def _kind(line: str) -> str:
    """How a simple item or row begins; "" of another line."""
    sign = line[:1]
    if sign == "|":
        return sign if _ROW.fullmatch(line.rstrip(" ")) else ""
    return sign if sign and sign in "-*+" and _ITEM.fullmatch(line) else ""


def item(line: str) -> SimpleItem:
    """What a simple item holds."""
    return _read(line[2:])


def row(line: str) -> Sequence[SimpleItem]:
    """What the cells of a simple row hold."""
    return [_read(cell.strip(" ")) for cell in line.rstrip(" ")[1:-1].split("|")]


def _read(text: str) -> SimpleItem:
    found = _REFERENCE.fullmatch(text)
    if not found:
        return SimpleItem(None, None, "", text)
    title, quoted, target, code, tail = found.groups()
    if code and code[0] == code[-1] == " " and code.strip(" "):
        code = code[1:-1]  # CommonMark 6.1: one blank on each side goes
    return SimpleItem(quoted or target, code, title or "", tail)
