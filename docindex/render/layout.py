"""Text measured in the cells of a terminal: a wide character fills two, a combining one none."""

from __future__ import annotations

import unicodedata


def _plain(text: str) -> bool:
    """Whether each of its characters fills one cell."""
    return text.isascii() and text.isprintable()


def cell_len(text: str) -> int:
    """How many cells the text fills."""
    if _plain(text):
        return len(text)
    from rich.cells import cell_len  # here: what goes to a pipe is hardly ever measured

    return cell_len(text)


def fitting(text: str, cells: int) -> int:
    """How many characters from the start fill at most so many cells, marks staying with their letter; at least one."""
    if _plain(text[: cells + 1]):  # nearly always: nothing need be measured
        return min(len(text), max(1, cells))
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, index)
    return len(text)


def head(text: str, cells: int) -> str:
    """As much of the text's beginning as fits, in whole words if one fits."""
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
    """As much of the text's end as fits, in whole words if one fits."""
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
    """The text at the left of so many cells."""
    return text + " " * max(0, cells - cell_len(text))


def right(text: str, cells: int) -> str:
    """The text at the right of so many cells."""
    return " " * max(0, cells - cell_len(text)) + text
