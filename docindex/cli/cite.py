"""`docindex cite`: references to records, with seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, styled, write
from docindex.cli.exit_codes import FOUND
from docindex.cli.options import one_of, typed
from docindex.errors import UsageError
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import CiteFlags


def run(flags: CiteFlags) -> int:
    """Write the citations. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import freshness, trust
    from docindex.proof import citations
    from docindex.render import citations as render_citations
    from docindex.render import json_output
    from docindex.search import last_search

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("cite"))
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        state = snapshot.state
        ranks = last_search.load(folder)
        cited = [citations.cite(typed(name), snapshot, ranks) for name in flags.records]
        behind = freshness.staleness(snapshot, folder)
        for one in cited:
            if not trust.may_read(one.record.path, state, folder):
                what = f"{one.record.path}: the index says that it lies outside its collection"
                raise UsageError(what, "docindex build SOURCE --index DIR, if that is meant")
            if one.record.path in behind.changed:
                raise UsageError(f"{one.record.path} has changed since it was indexed", "docindex build")
        found = [citations.sealed(one, state.root) for one in cited]
    if form == "text":
        write(styled(render_citations.rows(found, width=columns()), settings, color=color_of(settings)))
    elif form == "json":
        write(json_output.text(render_citations.value(found)) + "\n")
    elif form == "pandoc":
        write("".join(f"{render_citations.pandoc(one)}\n" for one in found))
    else:
        notes = ((one.record, render_citations.seal_note(one.seal) if one.seal else None) for one in found)
        write("".join(render_citations.entries(form, notes)))
    return FOUND
