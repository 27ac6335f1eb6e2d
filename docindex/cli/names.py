"""`docindex names`: the spellings of a name that the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import say, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, typed
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import NamesFlags


def run(flags: NamesFlags) -> int:
    """List the forms. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.query.ast import Word, disjunction
    from docindex.render import json_output
    from docindex.render import names as render_names
    from docindex.render.styled_text import Text
    from docindex.search.expansion import LEVELS, ExpansionOptions, expand

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("names"))
    level = one_of("spread of variants", flags.variants or "usual", tuple(LEVELS))
    query = disjunction([Word(typed(word), variants=True) for word in flags.words])
    with registry.open_engine(config.index_for_search(flags.index)).searcher() as index:
        expansions = expand(query, index, ExpansionOptions(level=level)).expansions
    found = any(one.records for expansion in expansions for one in expansion.forms)
    if form == "json":
        head = {"schema": json_output.SCHEMA, "query": " ".join(map(typed, flags.words))}
        write(json_output.text({**head, "expanded": json_output.expanded(expansions)}) + "\n")
    elif form != "text":
        write(formats.table(form, render_names.table(expansions)))
    elif found:
        show(render_names.rows(expansions), settings, paged=False)
    if not found:
        say(settings, [Text("no form of this name is in the index", "faint")])
    return FOUND if found else NOT_FOUND
