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
    from docindex.api.index import open_index
    from docindex.render import json_output, reports
    from docindex.render.layout import fit_lines

    with open_index(flags.index) as index:
        if flags.verify:
            index.check_integrity()
        found = index.status()
    if flags.as_json:
        write(json_output.text({**found.to_dict(), "searches": dict(settings.searches)}) + "\n")
        return FOUND
    if flags.failed or flags.left_out:
        lines = fit_lines(reports.failures(found.failures if flags.failed else found.left_out), columns())
    else:
        tallies = {"language": found.languages, "year": found.years}
        lines = reports.status(
            found.state, found.freshness, near(index.folder), found.size, tallies, settings.searches, width=columns()
        )
    write(styled(lines, settings, color=color_of(settings)))
    return FOUND
