"""Layout in terminal cells: width, truncation, padding, wrapping.

A wide character fills two cells.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from docindex.render.sanitize import isolate_rows
from docindex.render.styled_text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_WIDTH_COLUMNS = 110
"""Longer lines are hard to read, however wide the window is."""
MIN_WIDTH_COLUMNS = 20
DOT = " · "
GAP = "  "
"""Separates counts in a row."""
_FIRST_COLUMN = r"\A(?: +(?:[\d,]+ +)?|[a-z]+(?: [a-z]+)? {2,})?"


def _plain(text: str) -> bool:
    """Return True if each character fills one cell."""
    return text.isascii() and text.isprintable()


def cell_len(text: str) -> int:
    """Return the number of cells that the text fills."""
    if _plain(text):
        return len(text)
    from rich.cells import cell_len  # here: what goes to a pipe is hardly ever measured

    return cell_len(text)


def fitting(text: str, cells: int) -> int:
    """Return the number of leading characters that fit, at least one.

    Marks stay with their letter.
    """
    if _plain(text[: cells + 1]):  # nearly always: nothing need be measured
        return min(len(text), max(1, cells))
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, index)
    return len(text)


def head(text: str, cells: int) -> str:
    """Return the longest beginning that fits, in whole words if one fits."""
    if cell_len(text) <= cells:
        return text
    if cells < 1:
        return ""
    cut = text[: fitting(text, cells)]
    if cell_len(cut) > cells:
        return ""
    if text[len(cut)].isspace():
        return cut.rstrip()
    word = cut.rfind(" ")
    return cut[:word].rstrip() if word > 0 else cut


def tail(text: str, cells: int) -> str:
    """Return the longest end that fits, in whole words if one fits."""
    if cell_len(text) <= cells:
        return text
    used, start = 0, len(text)
    if cells > 0 and _plain(text[-cells:]):
        used, start = cells, start - cells
    while start > 0 and used + cell_len(text[start - 1]) <= cells:
        start -= 1
        used += cell_len(text[start])
    while start < len(text) and unicodedata.combining(text[start]):
        start += 1  # a mark without its letter
    cut = text[start:]
    if text[:start].endswith(" "):
        return cut.lstrip()
    word = cut.find(" ")
    return cut[word:].lstrip() if 0 <= word < len(cut) - 1 else cut


def left(text: str, cells: int) -> str:
    """Pad the text on the right to so many cells."""
    return text + " " * max(0, cells - cell_len(text))


def right(text: str, cells: int) -> str:
    """Pad the text on the left to so many cells."""
    return " " * max(0, cells - cell_len(text)) + text


def join_dotted(parts: Iterable[Text]) -> Text:
    """Return the parts as one line with a dot between them."""
    line = Text()
    for part in parts:
        line.append(DOT if line.plain else "", "faint").append_text(part)
    return line


def hanging(head: Text, text: Text, indent: int, width: int | None, *, separator: str = " ") -> Iterator[Text]:
    """Return a text behind a head, wrapped, with the further lines indented."""
    rows = (
        [text]
        if width is None
        else wrap(text, max(MIN_WIDTH_COLUMNS, min(width, MAX_WIDTH_COLUMNS) - indent), separator)
    )
    around = isolate_rows([row.plain for row in rows])
    for number, (row, (before, after)) in enumerate(zip(rows, around, strict=True)):
        line = Text().append_text(head if number == 0 else Text(" " * indent))
        yield line.append(before).append_text(row).append(after)


def wrap(text: Text, width: int, separator: str) -> list[Text]:
    """Break a text into lines of at most `width` cells at the separator.

    Longer parts are broken at blanks, or anywhere in a long word.
    """
    rows: list[Text] = []
    row = Text()
    for word in text.split(separator):
        gap = Text(separator, "faint" if separator == DOT else "") if row.plain else Text()
        if cell_len(row.plain) + cell_len(gap.plain) + cell_len(word.plain) <= width:
            row = Text().append_text(row).append_text(gap).append_text(word)
            continue
        if row.plain:
            rows.append(row)
        row = word
        while cell_len(row.plain) > width:
            cut = fitting(row.plain, width)
            blank = row.plain.rfind(" ", 1, cut + 1)
            rows.append(row[: blank if blank > 0 else cut])
            row = row[blank + 1 if blank > 0 else cut :]
    return [*rows, row] if row.plain or not rows else rows


def wrap_lines(lines: Iterable[Text], width: int) -> Iterator[Text]:
    """Wrap the lines that are wider than the terminal, at gaps if a line has any, else at blanks.

    The first column of a table stays apart.
    """
    for line in lines:
        if cell_len(line.plain) <= width:
            yield line
            continue
        column = len(re.findall(_FIRST_COLUMN, line.plain)[0])
        separator = GAP if GAP in line.plain[column:] else " "
        for number, row in enumerate(wrap(line[column:], max(MIN_WIDTH_COLUMNS, width - column), separator)):
            yield Text(" " * column).append_text(row) if number else line[:column].append_text(row)


def fit_lines(lines: Iterable[Text], width: int | None) -> Iterator[Text]:
    """Wrap lines to the width, further lines indented by two columns more than the first.

    None leaves them as they are.
    """
    for line in lines:
        if width is None or cell_len(line.plain) <= width:
            yield line
            continue
        own = len(line.plain) - len(line.plain.lstrip(" "))
        first, *rest = wrap(line, max(MIN_WIDTH_COLUMNS, width - own - 2), " ")
        yield Text(" " * own).append_text(first)
        yield from (Text(" " * (own + 2)).append_text(row) for row in rest)
