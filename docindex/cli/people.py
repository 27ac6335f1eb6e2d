"""`docindex people`: those whom the messages of the index name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import say, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import PeopleFlags


def run(flags: PeopleFlags) -> int:
    """List the people with their forms. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.engines.base import SearchRequest
    from docindex.query import aliases
    from docindex.query.ast import MatchAll
    from docindex.render import json_output
    from docindex.render import people as render_people
    from docindex.render.styled_text import Text
    from docindex.search.people import unite

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("people"))
    same = [group.names for group in aliases.read(flags.corrections).groups] if flags.corrections else []
    with registry.open_engine(config.index_for_search(flags.index)).searcher() as index:
        counts = dict(index.search(SearchRequest(MatchAll(), limit=0, facets=("with",))).facets["with"])
    counts.pop("", None)
    found = unite(counts, same)
    if form == "json":
        write(json_output.text({"schema": json_output.SCHEMA, "people": render_people.values(found)}) + "\n")
    elif form != "text":
        write(formats.table(form, render_people.table(found)))
    elif found:
        show(render_people.rows(found), settings, paged=not flags.no_pager)
    if not found:
        say(settings, [Text("no record of the index names a person", "faint")])
    return FOUND if found else NOT_FOUND
