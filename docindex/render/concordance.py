"""Concordance in rows: each match in its line of text, the matches in one column; and
collocates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docindex.render import layout
from docindex.render.json_output import SCHEMA, quotes, record_fields
from docindex.render.layout import cell_len
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate, right_to_left_isolate, runs_right_to_left
from docindex.render.styled_text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.model.results import Results
    from docindex.search.collocates import Collocate
    from docindex.search.concordance import ConcordanceLine

NARROWEST = 40
WIDE = 100  # columns, from which there is room for dates
PIPED = 120  # columns, where no terminal says how many
COLUMNS = "query id line page date language title left match right".split()
COLLOCATE_COLUMNS = "word near all likelihood".split()


def rows(found: Sequence[ConcordanceLine], *, width: int, plain: bool, is_dated: bool = False) -> Iterator[Text]:
    """Yield a row for each line: location, date, left context, match, right context.

    In a line that runs from right to left, what precedes the match stands to its right.

    A row narrower than WIDE has a date only if `is_dated`.
    """
    width = max(NARROWEST, width)
    places = [place(line) for line in found]
    column = min(max(map(cell_len, places), default=0), width // 5 if width < WIDE else width // 4)
    days = [_day(line) if is_dated or width >= WIDE else "" for line in found]
    extra = max((len(day) + 2 for day in days if day), default=0)
    room = width - column - extra - 2
    stars = 4 if plain else 0
    key = min(max((cell_len(one_line(line.match)) + stars for line in found), default=0), room // 3)
    before = (room - key) // 2
    for line, where, day in zip(found, places, days, strict=True):
        is_mirrored = runs_right_to_left(line.left + line.match + line.right)
        isolate = right_to_left_isolate if is_mirrored else bidi_isolate
        left_text, right_text = (line.right, line.left) if is_mirrored else (line.left, line.right)
        gap = left_text.startswith(" ") if is_mirrored else left_text.endswith(" ")
        cut_left, cut_right = (layout.head, layout.tail) if is_mirrored else (layout.tail, layout.head)
        left = cut_left(one_line(left_text).strip(), before - gap)
        match = layout.head(one_line(line.match), room - before - stars)
        row = Text().append(layout.left(_from_the_end(where, column), column) + "  ", "faint")
        row.append(f"{day:<{extra}}", "faint")
        row.append(" " * (before - gap - cell_len(left)) + isolate(left) + " " * gap)
        row.append(isolate(f"**{match}**" if plain else match), "match")
        right_gap = right_text.endswith(" ") if is_mirrored else right_text.startswith(" ")
        right = cut_right(one_line(right_text).strip(), width - cell_len(row.plain) - right_gap)
        row.append(" " * right_gap + isolate(right))
        row.rstrip()
        yield row


def _day(line: ConcordanceLine) -> str:
    date = line.record.metadata.date
    return date.value[:10] if date else ""


def place(line: ConcordanceLine) -> str:
    """Return the record's id and the line number."""
    return f"{one_line(line.record.id)}:{line.number}"


def _from_the_end(text: str, room: int) -> str:
    """Cut a location at its beginning, because its end tells more."""
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) > room - 1:
        text = text[1:]
    return "…" + text


def collocates(found: Sequence[Collocate]) -> Iterator[Text]:
    """Yield a row for each word: likelihood ratio, count near the match, count overall, word."""
    yield Text(f"{'G2':>9}  {'near':>7}  {'all':>7}  word", "faint")
    for one in found:
        row = Text(f"{one.likelihood:>9,.1f}  {one.near:>7,}  {one.all:>7,}  ")
        yield row.append(bidi_isolate(one_line(one.word)), "title")


def cells_of(query: str, line: ConcordanceLine) -> list[str]:
    """Return a line as a table row, in the order of COLUMNS."""
    metadata = line.record.metadata
    date = metadata.date.value if metadata.date else ""
    known = (query, line.record.id, line.number, line.page or "", date, metadata.language or "", line.record.title)
    return [one_line(str(value)).strip() for value in (*known, line.left, line.match, line.right)]


def value(line: ConcordanceLine) -> dict[str, Any]:
    """Return a line as JSON data."""
    known = record_fields(line.record)
    quoted = line.record.quoted_message_at(line.start)
    return {key: known[key] for key in ("id", "path", "part", "title", "date", "language")} | {
        "line": line.number,
        "page": line.page,
        "start": line.start,
        "left": line.left,
        "match": line.match,
        "right": line.right,
        "quotes": quotes(quoted.metadata if quoted else None),
    }


def document(results: Results, name: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return lines or collocates, as `name` says, with the query as JSON data."""
    head = {"schema": SCHEMA, "query": results.query, "parsed": results.parsed, "total": results.total}
    return {**head, "repairs": list(results.repairs), name: list(values)}


def collocate_value(one: Collocate) -> dict[str, Any]:
    """Return a collocate as JSON data, in the order of COLLOCATE_COLUMNS."""
    values = (one.word, one.near, one.all, round(one.likelihood, 4))
    return dict(zip(COLLOCATE_COLUMNS, values, strict=True))
