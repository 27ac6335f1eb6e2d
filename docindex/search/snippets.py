"""A text and the matches in it -> the excerpts worth showing. Pure: positions in, positions out, no markup.

A window of text is worth more the more different words of the query it holds, then the more matches, then the
earlier it stands. Windows are cut where sentences or words end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.model import Span
from docindex.search.highlighter import Match, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

SLACK = 60  # characters by which an excerpt may be longer, to begin where a sentence does
ALIKE = 0.8  # of the different words of two excerpts: if they share more, one of them is shown
REPEATS = 20  # excerpts that say again what others say, at most, that are passed over
CONSIDERED = 2_000  # matches, from the first, among which windows are weighed

# A sentence ends at these and a blank, at an empty line, or at the end of a page.
_SENTENCE_END = re.compile(r"[.!?…؟。！？]+[\"'”’»)\]]*\s+|\n[ \t]*\n\s*|\f")
_WORD_START = re.compile(r"(?<=\s)\S")
_WORD_END = re.compile(r"\S(?=\s)")


class Excerpt(Struct, frozen=True):
    """A piece of a text, half-open, and the matches in it as characters of the whole text."""

    start: int
    stop: int
    marks: tuple[Span, ...]


def excerpts(text: str, found: Sequence[Match], *, width: int = 240, count: int | None = 3) -> list[Excerpt]:
    """The best excerpts of about `width` characters, at most `count` (None: as many as hold all matches).

    They stand in the order of the text and do not overlap. Without a match: the text's beginning, unmarked.
    """
    if not found:
        stop = _cut_after(text, 0, min(len(text), width))
        return [Excerpt(0, stop, ())] if text[:stop].strip() else []
    windows = _windows(text, found if count is None else found[:CONSIDERED], width)
    if count is not None:
        best = sorted(range(len(windows)), key=lambda index: (-_worth(found, windows[index]), index))
        windows = [windows[index] for index in sorted(_unlike(text, found, windows, best, width, count))]
    spans = merged(found)
    starts = [span.start for span in spans]
    chosen: list[Excerpt] = []
    for start, stop in _side_by_side(text, found, windows, width):
        start = max(start, chosen[-1].stop if chosen else 0)
        marks = spans[bisect_left(starts, start) : bisect_left(starts, stop)]
        stop = max([stop, *(mark.stop for mark in marks)])
        if marks:
            chosen.append(Excerpt(start, stop, marks))
    return chosen


def _side_by_side(
    text: str, found: Sequence[Match], windows: Sequence[tuple[int, int]], width: int
) -> list[tuple[int, int]]:
    """Where the excerpts of the windows begin and end; two that would overlap meet where a sentence ends."""
    bounds: list[tuple[int, int]] = []
    said = 0  # where the last match of the window before ends
    for first, last in windows:
        begin, end = found[first].span.start, max(match.span.stop for match in found[first : last + 1])
        start, stop = _bounds(text, begin, end, width)
        if bounds and start < bounds[-1][1] and (border := _SENTENCE_END.search(text, said, max(said, begin))):
            bounds[-1] = bounds[-1][0], border.start() + len(border.group().rstrip())
            start = border.end()
            stop = _cut_after(text, end, min(len(text), max(end, start + width)))
        bounds.append((start, stop))
        said = end
    return bounds


def _windows(text: str, found: Sequence[Match], width: int) -> list[tuple[int, int]]:
    """The matches in runs, first and last of each, that fit in a window of one page with some text around them."""
    room = max(1, width * 2 // 3)
    windows: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(found) + 1):
        if (
            index == len(found)
            or found[index].span.stop - found[first].span.start > room
            or text.find("\f", found[index - 1].span.start, found[index].span.start) >= 0
        ):
            windows.append((first, index - 1))
            first = index
    return windows


def _unlike(
    text: str, found: Sequence[Match], windows: Sequence[tuple[int, int]], best: Sequence[int], width: int, count: int
) -> list[int]:
    """The first `count` of the best windows that do not say again what a better one says."""
    chosen: list[int] = []
    said: list[set[str]] = []
    for index in best[: count + REPEATS]:
        if len(chosen) == count:
            break
        first, last = windows[index]
        start, stop = _bounds(text, found[first].span.start, max(m.span.stop for m in found[first : last + 1]), width)
        words = set(re.findall(r"\w+", text[start:stop].casefold()))
        if not any(len(words & known) > ALIKE * len(words | known) for known in said):
            chosen.append(index)
            said.append(words)
    return chosen


def _worth(found: Sequence[Match], window: tuple[int, int]) -> float:
    inside = found[window[0] : window[1] + 1]
    return len({match.leaf for match in inside}) + min(len(inside), 20) / 100


def _bounds(text: str, first: int, last: int, width: int) -> tuple[int, int]:
    """The excerpt around characters first to last: from its sentence's start if that is near, to about `width`."""
    spare = max(0, width - (last - first))
    start = _cut_before(text, max(0, first - spare * 2 // 3), first)
    stop = _cut_after(text, last, min(len(text), max(last, start + width)))
    return start, stop


def _cut_before(text: str, lowest: int, first: int) -> int:
    """Where to begin: at the text's or the page's start, else at the first sentence in reach, else at a word."""
    for start in dict.fromkeys((lowest, max(0, lowest - SLACK))):
        page = text.rfind("\f", start, first)
        if page >= 0 or start == 0:
            return page + 1 + len(text[page + 1 : first]) - len(text[page + 1 : first].lstrip())
        end = _SENTENCE_END.search(text, start, first)
        if end:
            return end.end()
    word = _WORD_START.search(text, lowest, first)
    return word.start() if word else first


def _cut_after(text: str, last: int, highest: int) -> int:
    """Where to end: the last sentence end in reach, else the last word end."""
    if highest >= len(text):
        highest = len(text)
    page = text.find("\f", last, highest)
    if page >= 0:
        highest = page
    elif highest < len(text):
        ends = [end.start() + len(end.group().rstrip()) for end in _SENTENCE_END.finditer(text, last, highest)]
        if ends and ends[-1] - last > (highest - last) // 2:
            return ends[-1]
        words = [end.end() for end in _WORD_END.finditer(text, max(last, highest - 40), highest)]
        highest = words[-1] if words else highest
    return max(last, last + len(text[last:highest].rstrip()))
