"""The spellings of names, and the matrix of names, as text, tables and GraphML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from docindex.render.json_output import SCHEMA, expanded
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate, escape_controls
from docindex.render.styled_text import Text
from docindex.render.summary import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.results import Expansion
    from docindex.search.cooccurrence import Matrix, Pair

MAX_MISSING_SHOWN = 20
"""Names without a record that are shown; the others are counted."""
COLUMNS = ("word", "form", "written", "records", "score", "why")
EDGE_COLUMNS = ("source", "target", "records", "log_likelihood", "first_id", "first_date")
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_ATTRIBUTES = (
    ("node", "records", "int"),
    ("edge", "records", "int"),
    ("edge", "log_likelihood", "double"),
    ("edge", "first_id", "string"),
    ("edge", "first_date", "string"),
)


def table(expansions: Iterable[Expansion]) -> Iterator[Sequence[str]]:
    """Yield the forms of each word as the rows of a table, after its header."""
    yield COLUMNS
    for expansion in expansions:
        for one in expansion.forms:
            yield (expansion.word, one.form, one.written, str(one.records), f"{one.score:.3f}", one.by)


def document(words: str, expansions: Sequence[Expansion]) -> dict[str, Any]:
    """Return the forms of each word as JSON data."""
    return {"schema": SCHEMA, "query": words, "expanded": expanded(expansions)}


def rows(expansions: Iterable[Expansion]) -> Iterator[Text]:
    """Yield the forms of each word for people, the most frequent first."""
    for expansion in expansions:
        for one in sorted(expansion.forms, key=lambda form: -form.records):
            line = Text(f"{one.records:>8,}  ", "" if one.records > 1 else "faint")
            line.append(bidi_isolate(escape_controls(one.written)), "title" if one.by == "typed" else "")
            yield line.append("" if one.by == "typed" else f"  {one.by} {one.score:.2f}", "faint")


def edges(matrix: Matrix) -> Iterator[Sequence[str]]:
    """Yield the pairs as the rows of a table, after its header."""
    yield EDGE_COLUMNS
    for pair in matrix.pairs:
        likelihood = f"{pair.likelihood:.4f}"
        names = matrix.names[pair.one], matrix.names[pair.other]
        yield (*names, str(pair.records), likelihood, pair.first_id, pair.first_date or "")


def cells(matrix: Matrix) -> Iterator[Sequence[str]]:
    """Yield the matrix of counts: a row and a column a name, its own records on the diagonal."""
    yield ("", *matrix.names)
    counts = {(pair.one, pair.other): pair.records for pair in matrix.pairs}
    for row, name in enumerate(matrix.names):
        numbers = (
            matrix.records[row] if row == column else counts.get((min(row, column), max(row, column)), 0)
            for column in range(len(matrix.names))
        )
        yield (name, *map(str, numbers))


def value(matrix: Matrix) -> dict[str, Any]:
    """Return the matrix as JSON data."""
    return {
        "schema": SCHEMA,
        "within": matrix.within,
        "searched_records": matrix.total,
        "names": [
            {"name": name, "records": records} for name, records in zip(matrix.names, matrix.records, strict=True)
        ],
        "pairs": pair_values(matrix),
    }


def pair_values(matrix: Matrix) -> list[dict[str, Any]]:
    """Return the pairs as JSON data."""
    return [
        {
            "names": [matrix.names[pair.one], matrix.names[pair.other]],
            "records": pair.records,
            "log_likelihood": round(pair.likelihood, 4),
            "first": {"id": pair.first_id, "date": pair.first_date},
        }
        for pair in matrix.pairs
    ]


def graphml(matrix: Matrix) -> Iterator[str]:
    """Yield the matrix as GraphML: a node a name, an edge a pair."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{_GRAPHML}">\n'
    for owner, name, kind in _ATTRIBUTES:
        yield f'  <key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '  <graph edgedefault="undirected">\n'
    for name, records in zip(matrix.names, matrix.records, strict=True):
        yield f'    <node id={_attribute(name)}><data key="node_records">{records}</data></node>\n'
    for pair in matrix.pairs:
        yield "".join(_edge(matrix, pair))
    yield "  </graph>\n</graphml>\n"


def _edge(matrix: Matrix, pair: Pair) -> Iterator[str]:
    source, target = _attribute(matrix.names[pair.one]), _attribute(matrix.names[pair.other])
    yield f"    <edge source={source} target={target}>"
    values = {
        "records": str(pair.records),
        "log_likelihood": f"{pair.likelihood:.4f}",
        "first_id": pair.first_id,
        "first_date": pair.first_date or "",
    }
    for name, text in values.items():
        yield f'<data key="edge_{name}">{escape(escape_controls(text))}</data>'
    yield "</edge>\n"


def _attribute(text: str) -> str:
    return quoteattr(escape_controls(text))


def pairs(matrix: Matrix, limit: int | None) -> Iterator[Text]:
    """Yield the pairs for people, the most telling first."""
    for pair in matrix.pairs[:limit]:
        names = " + ".join(bidi_isolate(one_line(matrix.names[number])) for number in (pair.one, pair.other))
        line = Text(f"{pair.records:>7,}  {pair.likelihood:>9,.1f}  ").append(names, "title")
        first = " ".join(filter(None, (pair.first_date, one_line(pair.first_id))))
        yield line.append(f"  first {bidi_isolate(first)}", "faint")


def footer(matrix: Matrix, limit: int, *, apart: bool) -> Iterator[Text]:
    """Yield the names without a record, and the counts. `apart` puts a blank line before them."""
    if apart and matrix.pairs:
        yield Text()
    missing = [name for name, records in zip(matrix.names, matrix.records, strict=True) if not records]
    if missing:
        more = f" and {len(missing) - MAX_MISSING_SHOWN:,} more" if len(missing) > MAX_MISSING_SHOWN else ""
        yield Text(f"found nothing: {', '.join(map(one_line, missing[:MAX_MISSING_SHOWN]))}{more}", "warning")
    counted = plural(len(matrix.pairs), "pair")
    shown = f"the first {limit:,} of {counted}" if limit and len(matrix.pairs) > limit else counted
    yield Text(f"{shown} of {plural(len(matrix.names), 'name')} in {plural(matrix.total, 'record')}", "faint")
