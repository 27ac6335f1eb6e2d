"""`docindex matrix`: who of a list of names stands with whom."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import progress, say, say_index, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import MatrixFlags


def run(flags: MatrixFlags) -> int:
    """Write the matrix. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api.index import open_index
    from docindex.render import names as render_names

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("matrix"))
    with open_index(flags.index) as index, progress(settings, quiet=False, work="counting") as told:
        matrix = index.matrix(flags.names, column=flags.column, within=flags.within, progress=told, **flags.arguments())
    if form == "text":
        if matrix.pairs:
            show(render_names.pairs(matrix, flags.limit or None), settings, paged=not flags.no_pager)
    elif form == "graphml":
        write("".join(render_names.graphml(matrix)))
    elif form == "edges":
        write(formats.table("csv", render_names.edges(matrix)))
    else:
        document = render_names.value(matrix)
        write(formats.data(form, document, document["pairs"], render_names.cells(matrix)))
    apart = sys.stdout.isatty() and sys.stderr.isatty()
    say(settings, render_names.footer(matrix, flags.limit if form == "text" else 0, apart=apart))
    say_index(flags.index, settings)
    return FOUND if matrix.pairs else NOT_FOUND
