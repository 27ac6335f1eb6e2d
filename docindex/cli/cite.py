"""`docindex cite`: references to records, with seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, styled, write
from docindex.cli.exit_codes import FOUND
from docindex.cli.options import one_of, typed
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import CiteFlags


def run(flags: CiteFlags) -> int:
    """Write the citations. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api import proof
    from docindex.api.index import open_index
    from docindex.render import citations, json_output

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("cite"))
    with open_index(flags.index) as index:
        found = proof.cite(index, map(typed, flags.records), index.last_ranks())
    if form == "text":
        write(styled(citations.rows(found, width=columns()), settings, color=color_of(settings)))
    elif form == "json":
        write(json_output.text(citations.value(found)) + "\n")
    elif form == "pandoc":
        write("".join(f"{citations.pandoc(one)}\n" for one in found))
    else:
        notes = ((one.record, citations.seal_note(one.seal) if one.seal else None) for one in found)
        write("".join(citations.entries(form, notes)))
    return FOUND
