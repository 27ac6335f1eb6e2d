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
    from docindex.api.index import open_index
    from docindex.render import names as render_names
    from docindex.render.styled_text import Text

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("names"))
    words = [*map(typed, flags.words)]
    with open_index(flags.index) as index:
        expansions = index.names(*words, variants=flags.variants or True)
    found = any(one.records for expansion in expansions for one in expansion.forms)
    if form != "text":
        document = render_names.document(" ".join(words), expansions)
        write(formats.data(form, document, document["expanded"], render_names.table(expansions)))
    elif found:
        show(render_names.rows(expansions), settings, paged=False)
    if not found:
        say(settings, [Text("no form of this name is in the index", "faint")])
    return FOUND if found else NOT_FOUND
