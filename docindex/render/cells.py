"""Text measured in the cells of a terminal: a wide character fills two, a combining one none."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len


def fitting(text: str, cells: int) -> int:
    """How many characters from the start fill at most so many cells, marks staying with their letter; at least one."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, index)
    return len(text)


def head(text: str, cells: int) -> str:
    """As much of the text's beginning as fits, ended at a word's end if one is near; … where something is left out."""
    if cell_len(text) <= cells:
        return text
    if cells < 2:
        return ""
    cut = text[: fitting(text, cells - 1)]
    word = cut.rfind(" ")
    return (cut[:word] if word > len(cut) - 20 and word > 0 else cut).rstrip() + "…"


def tail(text: str, cells: int) -> str:
    """As much of the text's end as fits, begun at a word's start if one is near; … where something is left out."""
    if cell_len(text) <= cells:
        return text
    if cells < 2:
        return ""
    used, start = 0, len(text)
    while start > 0 and used + cell_len(text[start - 1]) <= cells - 1:
        start -= 1
        used += cell_len(text[start])
    while start < len(text) and unicodedata.combining(text[start]):
        start += 1  # a mark without its letter
    cut = text[start:]
    word = cut.find(" ")
    return "…" + (cut[word:] if 0 <= word < 20 and cut[word:].strip() else cut).lstrip()


def left(text: str, cells: int) -> str:
    """The text at the left of so many cells."""
    return text + " " * max(0, cells - cell_len(text))


def right(text: str, cells: int) -> str:
    """The text at the right of so many cells."""
    return " " * max(0, cells - cell_len(text)) + text
