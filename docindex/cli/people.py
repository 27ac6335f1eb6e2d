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
    from docindex.api.index import open_index
    from docindex.render import people as render_people
    from docindex.render.styled_text import Text

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("people"))
    with open_index(flags.index) as index:
        found = index.people(flags.corrections)
    if form != "text":
        document = render_people.document(found)
        write(formats.data(form, document, document["people"], render_people.table(found)))
    elif found:
        show(render_people.rows(found), settings, paged=not flags.no_pager)
    if not found:
        say(settings, [Text("no record of the index names a person", "faint")])
    return FOUND if found else NOT_FOUND
