"""`docindex status`."""

from typing import Annotated

import typer

from docindex import config
from docindex.cli.console import color_of, columns, near, styled, write
from docindex.cli.exit_codes import FOUND
from docindex.cli.options import ColorFlag, IndexFlag, JsonFlag


def status(
    index: IndexFlag = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only the list of what could not be indexed.")] = False,
    as_json: JsonFlag = False,
    color: ColorFlag = None,
) -> None:
    """Say what the index holds, how fresh it is. What could not be indexed is listed."""
    settings = config.resolve(color=color)
    from docindex.engines import registry
    from docindex.engines.base import SearchRequest
    from docindex.indexing import freshness
    from docindex.query.ast import MatchAll
    from docindex.render import json_output, reports
    from docindex.render.layout import fit_lines

    folder = config.index_for_search(index)
    with registry.open_engine(folder).searcher() as snapshot:
        state = snapshot.state
        if failed and not as_json:
            lines = fit_lines(reports.failures(state.failures), columns())
            write(styled(lines, settings, color=color_of(settings)))
            raise typer.Exit(FOUND)
        behind = freshness.staleness(state, snapshot.sources())
        counts = snapshot.search(SearchRequest(MatchAll(), limit=0, facets=("language", "year"))).facets
        tallies = {field: dict(sorted(found.items())) for field, found in counts.items()}
        if as_json:
            write(json_output.status(state, behind, str(folder), snapshot.size, tallies) + "\n")
        else:
            lines = reports.status(state, behind, near(folder), snapshot.size, tallies, width=columns())
            write(styled(lines, settings, color=color_of(settings)))
