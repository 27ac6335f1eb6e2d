"""What may be wrong with a query: words that may be meant, and what each of its parts finds. For people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from docindex.render.excerpts import one_line
from docindex.render.safe import isolated, shown
from docindex.render.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.model import Results, Suggestion, Why

MOST_PARTS = 7  # of a query that are shown
MOST_LETTERS = 40  # of each


def advice(answer: Results) -> Iterator[Text]:
    """Lines on the words and the parts of a query, where there is something to say of them."""
    for suggestion in answer.suggestions:
        yield Text(_meant(suggestion), "warning")
    if answer.why:
        yield from _why(answer.why, answer.total)


def _meant(suggestion: Suggestion) -> str:
    held = f"only in {plural(suggestion.records, 'record')}" if suggestion.records else "not in the index"
    instead = ", ".join(f"{isolated(shown(one.word))} ({one.records:,})" for one in suggestion.instead)
    return f"{isolated(shown(suggestion.word))}: {held}; did you mean {instead}?"


def _why(why: Why, total: int) -> Iterator[Text]:
    """A table of the query's parts: what each finds, and what the query would find with that part changed."""
    changes = [[change for change in part.changes if change.records > total] for part in why.parts]
    if len(why.parts) + why.more == 1 and not changes[0]:
        return  # the line below says as much
    found = (
        f"{plural(total, 'record matches', 'records match')} all of this" if total else "no record matches all of this"
    )
    alone = "; each part by itself" if len(why.parts) > 1 else ""
    yield Text(f"why: {found}{alone}", "faint")
    # The parts that a change helps, and those that find least, come before others that there is no room for.
    rows = sorted(range(len(why.parts)), key=lambda row: (not changes[row], why.parts[row].records, row))[:MOST_PARTS]
    numbers = max(len(f"{why.parts[row].records:,}") for row in rows) + 2
    for row in sorted(rows):
        part = why.parts[row]
        line = Text(f"{part.records:>{numbers},}  ", "" if part.records else "warning")
        line.append(isolated(_short(part.text)))
        if changes[row]:
            gains = " · ".join(f"{change.records:,} {change.how}" for change in changes[row])
            line.append(" → ", "faint").append(gains, "hint")
        yield line
    left = len(why.parts) - len(rows) + why.more
    if left:
        yield Text(f"{'':>{numbers}}  and {plural(left, 'more part')}", "faint")
    if not total and not any(changes):
        yield Text(f"{'':>{numbers}}  no single change finds anything", "faint")


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
