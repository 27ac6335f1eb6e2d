"""Right-to-left pages of a PDF: lines in reading order, rebuilt from the places of the glyphs.
Opens no file.

A browser draws the letters of an Arabic word in any order, so the order in the file is not the
order of reading. Glyphs of one baseline, sorted from right to left, are in visual order. The
inverse of the bidirectional algorithm (UAX 9) turns runs of Latin letters and of digits round
again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from docindex.readers import page_columns
from docindex.readers.page_columns import Glyph

MIN_SHARE = 0.3
"""Share of right-to-left letters from which a page is rebuilt."""
_SAME_LINE_EM = 0.3  # difference of baselines within one line
_WORD_GAP_EM = 0.17  # blank between two words; letters that do not join stand closer
_CELL_GAP_EM = 1.5  # blank between two columns of a table
_RTL = ("R", "AL")
_RTL_LETTER = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
RUN = re.compile("[\u0590-\u08ff\ufb1d-\ufefc](?:[ \u0590-\u08ff\ufb1d-\ufefc]*[\u0590-\u08ff\ufb1d-\ufefc])?")
"""Words from right to left on one line."""


def holds_right_to_left(text: str) -> bool:
    """Return True if a text holds a letter of Arabic, Hebrew or the like."""
    return _RTL_LETTER.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Return True if a page's text holds enough letters of Arabic, Hebrew or the like."""
    rtl = len(_RTL_LETTER.findall(text))
    return rtl > 0 and rtl >= MIN_SHARE * sum(map(str.isalpha, text))


def reading_order(glyphs: Sequence[Glyph]) -> str:
    """Return the lines of a right-to-left page, from its top, the right column first."""
    return "\n".join(_logical(_with_blanks(line)) for line in page_columns.in_order(_lines(glyphs)))


def _lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs of each line, from right to left."""
    for glyph in glyphs:
        glyph.text = _ligature(glyph.text)
    bases = sorted((glyph for glyph in glyphs if not _is_mark(glyph.text)), key=lambda glyph: -glyph.baseline)
    marks = [glyph for glyph in glyphs if _is_mark(glyph.text)]
    lines: list[list[Glyph]] = []
    for glyph in bases:
        if lines and abs(lines[-1][0].baseline - glyph.baseline) <= _SAME_LINE_EM * max(glyph.size, lines[-1][0].size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    _attach(marks, lines)
    for line in lines:
        line.sort(key=lambda glyph: -(glyph.left + glyph.right))
    return lines


def _ligature(text: str) -> str:
    """Return the characters of one glyph in logical order.

    PDFium gives those of an Arabic ligature reversed.
    """
    if len(text) > 1 and (_is_mark(text[0]) or text[::-1].startswith(("لا", "لأ", "لإ", "لآ", "لله", "الله"))):
        return text[::-1]
    return text


def _attach(marks: Sequence[Glyph], lines: Sequence[Sequence[Glyph]]) -> None:
    """Append each vowel sign to the letter that it stands at."""
    for mark in marks:
        near = [line for line in lines if abs(line[0].baseline - mark.baseline) <= line[0].size]
        line = min(near, key=lambda line: abs(line[0].baseline - mark.baseline), default=None)
        if line:
            centre = (mark.left + mark.right) / 2
            base = min(line, key=lambda glyph: abs((glyph.left + glyph.right) / 2 - centre))
            base.text += mark.text


def _with_blanks(line: Sequence[Glyph]) -> list[Glyph]:
    spaced: list[Glyph] = []
    for glyph in line:
        before = spaced[-1] if spaced else None
        if (
            before
            and before.left - glyph.right > _WORD_GAP_EM * glyph.size
            and not (before.text + glyph.text).isspace()
        ):
            spaced.append(Glyph(" ", glyph.right, before.left, glyph.baseline, glyph.size))
        spaced.append(glyph)
    return spaced


def _logical(line: Sequence[Glyph]) -> str:
    """Return the text of a line in logical order, given its glyphs from right to left."""
    is_arabic = any(_direction(glyph.text[0]) == "AL" for glyph in line)
    pieces: list[str] = []
    index = 0
    while index < len(line):
        stop = _run_stop(line, index, is_arabic=is_arabic)
        if stop > index:
            pieces += (glyph.text for glyph in reversed(line[index:stop]))
            index = stop
        else:
            pieces.append(_MIRRORED.get(line[index].text, line[index].text))
            index += 1
    return " ".join(_plain("".join(pieces)).split())


def _run_stop(line: Sequence[Glyph], start: int, *, is_arabic: bool) -> int:
    """Return the end of the run from left to right that begins at `start`, or `start` if none
    does.
    """
    first = _direction(line[start].text[0])
    if first not in ("L", "EN", "AN") and not (first == "ET" and not is_arabic):
        return start
    stop = start
    has_latin = False
    for index in range(start, len(line)):
        text = line[index].text
        direction = _direction(text[0])
        if direction in _RTL:
            break
        has_latin |= direction == "L"
        if direction in ("L", "EN", "AN"):
            between = line[stop:index] if stop > start else ()
            if between and not has_latin and not _joins_digits(between, is_arabic=is_arabic):
                # A Latin letter may follow: the whole run is then one of Latin text.
                if not _latin_follows(line, index):
                    break
                has_latin = True
            stop = index + 1
        elif direction == "ET" and not is_arabic and index == stop:
            stop = index + 1
    return stop


def _latin_follows(line: Sequence[Glyph], start: int) -> bool:
    for glyph in line[start:]:
        direction = _direction(glyph.text[0])
        if direction == "L":
            return True
        if direction in _RTL:
            return False
    return False


def _joins_digits(between: Sequence[Glyph], *, is_arabic: bool) -> bool:
    """Return True if one sign stands between two digits and belongs to their number."""
    signs = ("CS",) if is_arabic else ("CS", "ES", "ET")
    return len(between) == 1 and _direction(between[0].text[0]) in signs


def _is_mark(text: str) -> bool:
    return bool(text) and all(unicodedata.category(character) == "Mn" for character in text)


@lru_cache(maxsize=4096)
def _direction(character: str) -> str:
    return unicodedata.bidirectional(character)


_MIRRORED = dict(zip("()[]{}«»<>‹›", ")(][}{»«><›‹", strict=True))


def _plain(text: str) -> str:
    """Return the text with its presentation forms as letters."""
    return "".join(
        unicodedata.normalize("NFKC", character) if "\ufb1d" <= character <= "\ufefc" else character
        for character in text
    )
