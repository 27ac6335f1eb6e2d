"""Tables of measurements, for a terminal and in Markdown, and how their figures are written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = Sequence[str]


class Table(Struct, frozen=True):
    """A head and rows; each row is told on stderr when it is there."""

    head: Row
    rows: list[Row] = []

    def add(self, *cells: str) -> None:
        """Add a row."""
        self.rows.append(cells)
        print(" | ".join(cells), file=sys.stderr, flush=True)

    def without(self, column: str) -> Table:
        """The table without one of its columns."""
        place = self.head.index(column)
        head, *rows = ([*row[:place], *row[place + 1 :]] for row in (self.head, *self.rows))
        return Table(head, rows)

    def written(self, *, markdown: bool) -> str:
        """As text: the first column to the left, the others to the right."""
        if markdown:
            ruled = (self.head, ("---", *("--:" for _ in self.head[1:])), *self.rows)
            return "\n".join(f"| {' | '.join(row)} |" for row in ruled)
        rows = (self.head, *self.rows)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))) for row in rows)


def seconds(value: float) -> str:
    """A time, to two or three figures."""
    if value >= 1:
        return f"{value:.1f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.01 else f"{1000 * value:.1f} ms"


def times(value: float) -> str:
    """A ratio, to two figures at least."""
    if value >= 10:
        return f"{value:.0f} ×"
    return f"{value:.1f} ×" if value >= 1 else f"{value:.2g} ×"


def megabytes(value: float) -> str:
    """An amount of memory."""
    return f"{value / 1e6:,.0f} MB"
