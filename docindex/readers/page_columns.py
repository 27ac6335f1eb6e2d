"""Columns of a page from right to left: the right one is read first, then the left. Pure.

Columns of prose are told from those of a table by their lines: most of them reach from edge to edge
of their column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import Struct


class Glyph(Struct):
    """Glyph: its characters (several of a ligature), its edges and its baseline, in points."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


Line = list[Glyph]
"""Glyphs on one baseline, from right to left."""

MIN_GAP_EM = 0.8
"""Blank between two columns."""
MIN_LINES = 4
"""Lines that each column has at least."""
MIN_WIDTH_EM = 8.0
"""Width of a column of prose."""
MIN_FULL_SHARE = 0.5
"""Share of its lines that are nearly as long as the longest."""
_FULL = 0.8  # of the longest line
_GRID_POINTS = 4  # nearer gutters are taken for one
_MAX_DEPTH = 6


def in_order(lines: Sequence[Line], depth: int = 0) -> Iterator[Line]:
    """Yield the lines of a page in reading order, cut at the gutters between columns."""
    found = _columns(lines) if depth < _MAX_DEPTH and len(lines) >= MIN_LINES else None
    if not found:
        yield from lines
        return
    start, stop, gutter = found
    yield from in_order(lines[:start], depth + 1)
    yield from in_order(_side(lines[start:stop], gutter, is_right=True), depth + 1)
    yield from in_order(_side(lines[start:stop], gutter, is_right=False), depth + 1)
    yield from in_order(lines[stop:], depth + 1)


def _columns(lines: Sequence[Line]) -> tuple[int, int, float] | None:
    """Return the run of most lines that one gutter divides into columns, or None."""
    covered = [_covered(line) for line in lines]
    best: tuple[int, int, float] | None = None
    for gutter in _gutters(covered):
        for crosses, run in groupby(range(len(lines)), key=lambda at: _crosses(covered[at], gutter)):
            numbers = list(run)
            start, stop = numbers[0], numbers[-1] + 1
            if crosses or (best and stop - start <= best[1] - best[0]):
                continue
            if all(_is_prose(_side(lines[start:stop], gutter, is_right=side)) for side in (True, False)):
                best = start, stop, gutter
    return best


def _covered(line: Line) -> list[tuple[float, float]]:
    """Return the stretches of a line without a wide gap, from the right, each by its edges."""
    stretches = [(line[0].left, line[0].right)]
    for before, after in pairwise(line):
        if before.left - after.right >= MIN_GAP_EM * after.size:
            stretches.append((after.left, after.right))
        else:
            left, right = stretches[-1]
            stretches[-1] = min(left, after.left), max(right, after.right)
    return stretches


def _gutters(covered: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """Return the places of gaps within lines, from the right, and of those between lines apart."""
    gaps = [(before[0] + after[1]) / 2 for line in covered for before, after in pairwise(line)]
    edges = sorted((line[-1][0], line[0][1]) for line in covered)
    reach = edges[0][1]
    for left, right in edges:
        if left > reach:
            gaps.append((reach + left) / 2)
        reach = max(reach, right)
    return [place * _GRID_POINTS for place in sorted({round(gap / _GRID_POINTS) for gap in gaps}, reverse=True)]


def _crosses(stretches: Sequence[tuple[float, float]], gutter: float) -> bool:
    return any(left < gutter < right for left, right in stretches)


def _side(lines: Sequence[Line], gutter: float, *, is_right: bool) -> list[Line]:
    """Return the parts of the lines on one side of a gutter."""
    parts = ([glyph for glyph in line if (glyph.left >= gutter) is is_right] for line in lines)
    return [part for part in parts if part]


def _is_prose(lines: Sequence[Line]) -> bool:
    """Return True if the lines are those of a column of text, not of a table."""
    if len(lines) < MIN_LINES:
        return False
    widths = [max(glyph.right for glyph in line) - min(glyph.left for glyph in line) for line in lines]
    widest = max(widths)
    full = sum(width >= _FULL * widest for width in widths)
    return widest >= MIN_WIDTH_EM * lines[0][0].size and full >= MIN_FULL_SHARE * len(lines)
