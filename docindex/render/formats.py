"""The one table of output formats, for every command that has --format.

Their writers load when they are called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.model.results import Results

FORMATS = {
    "text": "search kwic timeline thread verify cite record names people matrix check watch",
    "json": "search kwic timeline thread verify cite record names people matrix check watch",
    "jsonl": "search kwic timeline thread verify record names people matrix check",
    "csv": "search kwic timeline verify record names people matrix check",
    "tsv": "search kwic timeline verify record names people matrix check",
    "md": "search verify record watch",
    "html": "search verify",
    "csl": "search cite",
    "bibtex": "search cite",
    "ris": "search cite",
    "pandoc": "cite",
    "svg": "timeline",
    "edges": "matrix",
    "graphml": "matrix",
    "atom": "watch",
}
"""Each format's name and the commands that have it."""


def names(command: str) -> tuple[str, ...]:
    """Return the formats of a command."""
    return tuple(name for name, commands in FORMATS.items() if command in commands.split())


def answers(name: str, found: Iterable[Results]) -> Iterator[str]:
    """Yield the answers to searches in a format that scripts read, piece by piece."""
    from docindex.render import html_output, json_output, markdown_output, table_output

    match name:
        case "json":
            return (piece for answer in found for piece in json_output.document(answer))
        case "jsonl":
            return (line for answer in found for line in json_output.lines(answer))
        case "csv":
            return table_output.csv_pieces(found)
        case "tsv":
            return table_output.tsv_pieces(found)
        case "md":
            return markdown_output.markdown_pieces(found)
        case "html":
            return html_output.page_pieces(found)
        case "csl" | "bibtex" | "ris":
            from docindex.render import citations  # it takes part in no other format

            return citations.of_answers(name, found)
    raise ValueError(name)


def table(name: str, rows: Iterable[Sequence[str]]) -> str:
    """Return the rows of a table as csv or tsv."""
    from docindex.render import table_output

    return "".join((table_output.csv_lines if name == "csv" else table_output.tsv_lines)(rows))


def data(name: str, document: Mapping[str, Any], lines: Iterable[Any], rows: Iterable[Sequence[str]]) -> str:
    """Return an answer as json (`document`), jsonl (one of `lines` each), csv or tsv (`rows`)."""
    from docindex.render import json_output

    if name == "json":
        return json_output.text(document) + "\n"
    if name == "jsonl":
        return "".join(json_output.text(line) + "\n" for line in lines)
    return table(name, rows)
