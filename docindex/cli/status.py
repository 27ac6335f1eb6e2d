"""`docindex status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, near, styled, write
from docindex.cli.exit_codes import FOUND

if TYPE_CHECKING:
    from docindex.cli.options import StatusFlags


def run(flags: StatusFlags) -> int:
    """Describe the index. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.engines.base import SearchRequest
    from docindex.indexing import freshness
    from docindex.query.ast import MatchAll
    from docindex.render import json_output, reports
    from docindex.render.layout import fit_lines

    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        state = snapshot.state
        if flags.verify:
            snapshot.verify()
        left_out = (known.failure for _, known in snapshot.sources() if known.failure and known.failure.left_out)
        if (flags.failed or flags.left_out) and not flags.as_json:
            lines = fit_lines(reports.failures(state.failures if flags.failed else left_out), columns())
            write(styled(lines, settings, color=color_of(settings)))
            return FOUND
        staleness = freshness.staleness(snapshot, folder)
        counts = snapshot.search(SearchRequest(MatchAll(), limit=0, facets=("language", "year"))).facets
        tallies = {field: dict(sorted(found.items())) for field, found in counts.items()}
        if flags.as_json:
            write(
                json_output.text(
                    json_output.status(
                        state, staleness, str(folder), snapshot.size, tallies, left_out, settings.searches
                    )
                )
                + "\n"
            )
        else:
            saved = settings.searches
            lines = reports.status(state, staleness, near(folder), snapshot.size, tallies, saved, width=columns())
            write(styled(lines, settings, color=color_of(settings)))
        return FOUND
