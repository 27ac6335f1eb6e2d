"""The formats an answer can have beside the terminal's, by name; each comes in pieces, for it may be long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render import machine, markdown, page, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from docindex.model import Results

PIECES: Mapping[str, Callable[[Iterable[Results]], Iterator[str]]] = {
    "json": lambda answers: (piece for answer in answers for piece in machine.document(answer)),
    "jsonl": lambda answers: (line for answer in answers for line in machine.lines(answer)),
    "csv": rows.csv_pieces,
    "tsv": rows.tsv_pieces,
    "md": markdown.markdown_pieces,
    "html": page.page_pieces,
}
