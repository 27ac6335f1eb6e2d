"""Output formats of a search beside the terminal's, by name. Each yields its output in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render import html_output, json_output, markdown_output, table_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from docindex.results import Results

PIECES: Mapping[str, Callable[[Iterable[Results]], Iterator[str]]] = {
    "json": lambda answers: (piece for answer in answers for piece in json_output.document(answer)),
    "jsonl": lambda answers: (line for answer in answers for line in json_output.lines(answer)),
    "csv": table_output.csv_pieces,
    "tsv": table_output.tsv_pieces,
    "md": markdown_output.markdown_pieces,
    "html": html_output.page_pieces,
}
