"""`docindex matrix`: who of a list of names stands with whom."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import progress, say, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of
from docindex.render import formats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.cli.options import MatrixFlags
    from docindex.render.styled_text import Text
    from docindex.search.cooccurrence import Matrix

MAX_MISSING_SHOWN = 20
"""Names without a record that are shown; the others are counted."""


def run(flags: MatrixFlags) -> int:
    """Write the matrix. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.query import name_list
    from docindex.render import json_output
    from docindex.render import names as render_names
    from docindex.search import cooccurrence

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("matrix"))
    names = name_list.read(flags.names, flags.column)
    options = flags.search_options(limit=0, passages=0)
    cooccurrence.parse_scope(flags.within)
    with (
        registry.open_engine(config.index_for_search(flags.index)).searcher() as index,
        progress(settings, quiet=False) as told,
    ):
        matrix = cooccurrence.find_cooccurrences(names, index, options, within=flags.within, progress=told)
    if form == "json":
        write(json_output.text({"schema": json_output.SCHEMA, **render_names.value(matrix)}) + "\n")
    elif form == "graphml":
        write("".join(render_names.graphml(matrix)))
    elif form == "edges":
        write(formats.table("csv", render_names.edges(matrix)))
    elif form != "text":
        write(formats.table(form, render_names.cells(matrix)))
    elif matrix.pairs:
        show(render_names.pairs(matrix, flags.limit or None), settings, paged=not flags.no_pager)
    say(settings, _footer(matrix, flags.limit if form == "text" else 0))
    return FOUND if matrix.pairs else NOT_FOUND


def _footer(matrix: Matrix, limit: int) -> Iterator[Text]:
    from docindex.render.passages import one_line
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    if sys.stdout.isatty() and sys.stderr.isatty() and matrix.pairs:
        yield Text()
    missing = [name for name, records in zip(matrix.names, matrix.records, strict=True) if not records]
    if missing:
        more = f" and {len(missing) - MAX_MISSING_SHOWN:,} more" if len(missing) > MAX_MISSING_SHOWN else ""
        yield Text(f"found nothing: {', '.join(map(one_line, missing[:MAX_MISSING_SHOWN]))}{more}", "warning")
    counted = plural(len(matrix.pairs), "pair")
    shown = f"the first {limit:,} of {counted}" if limit and len(matrix.pairs) > limit else counted
    yield Text(f"{shown} of {plural(len(matrix.names), 'name')} in {plural(matrix.total, 'record')}", "faint")
