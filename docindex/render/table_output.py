"""Hits as named cells: a row of CSV or TSV, or a line of the user's template."""

from __future__ import annotations

import csv
import io
from string import Formatter
from typing import TYPE_CHECKING

from docindex.errors import UsageError
from docindex.model.documents import RECIPIENT_FIELDS
from docindex.render.passages import one_line, passage_segments, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.results import Hit, Results

COLUMNS = (
    "query rank score id path part title creator publisher date earliest latest language subject collection line page"
    " passages stale alike to cc bcc reply_to resent"
).split()
"""The names of a hit's cells, in the order of a table's columns; one that is added is added at
the end.
"""

BYTE_ORDER_MARK = "\ufeff"  # some spreadsheets take a file for UTF-8 only if it begins so
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_pieces(answers: Iterable[Results]) -> Iterator[str]:
    """Yield the hits of each answer as CSV."""
    return csv_lines(_rows(answers))


def tsv_pieces(answers: Iterable[Results]) -> Iterator[str]:
    """Yield the hits of each answer as TSV."""
    return tsv_lines(_rows(answers))


def csv_lines(table: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows by RFC 4180, but with the line ends of Unix."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for row in table:
        writer.writerow(map(_harmless, row))
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def tsv_lines(table: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows for `cut` and `awk`: tabs between cells, no quotes, because no cell holds a tab
    or line end.
    """
    return ("\t".join(map(_harmless, row)) + "\n" for row in table)


def _rows(answers: Iterable[Results]) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for answer in answers:
        for rank, hit in answer.ranked():
            yield list(cells(answer, rank, hit).values())


def _harmless(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def cells(answer: Results, rank: int, hit: Hit) -> dict[str, str]:
    """Return the fields of a hit, each on one line; an unknown field is empty."""
    record, metadata = hit.record, hit.record.metadata
    date = metadata.date
    first = hit.passages[0] if hit.passages else None
    known = {
        "query": answer.query,
        "rank": str(rank),
        "score": f"{hit.score:.4f}",
        "id": record.id,
        "path": record.path,
        "part": record.part,
        "title": record.title,
        "creator": metadata.creator,
        "publisher": metadata.publisher,
        "date": date and date.value,
        "earliest": date and date.earliest.isoformat(),
        "latest": date and date.latest.isoformat(),
        "language": metadata.language,
        "subject": "; ".join(metadata.subject),
        "collection": record.collection,
        "line": first and str(first.line),
        "page": first and first.page and str(first.page),
        "passages": " ".join(plain_text(passage_segments(hit, passage)) for passage in hit.passages),
        "stale": "yes" if hit.stale else "",
        "alike": len(hit.alike),
        **{name: record.metadata_text(name) for name in RECIPIENT_FIELDS},
    }
    return {name: one_line(str(known[name] or "")).strip() for name in COLUMNS}


class Template:
    """Line for each hit in the user's own layout: `{date} {title}`."""

    def __init__(self, text: str) -> None:
        """Parse the template. Raise UsageError if it is malformed or names an unknown field."""
        hint = f"{', '.join(COLUMNS)}; {{{{ and }}}} for braces"
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise UsageError(f"template '{text}': {error}", hint) from error
        for _, name, form, conversion in parts:
            if name is not None and (name not in COLUMNS or form or conversion):
                wrong = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
                raise UsageError(f"template '{text}': unknown field '{wrong}'", hint)
        self._parts = [(_unescaped(before), name) for before, name, _, _ in parts]

    def lines(self, answer: Results) -> Iterator[str]:
        """Yield the template filled in for each hit."""
        for rank, hit in answer.ranked():
            known = cells(answer, rank, hit)
            yield "".join(before + (known[name] if name else "") for before, name in self._parts)


def _unescaped(text: str) -> str:
    r"""Replace `\t` and `\n`, as most shells leave them, by a tab and a line end."""
    return text.replace("\\t", "\t").replace("\\n", "\n")
