"""`docindex record`: recorded searches as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, styled, write
from docindex.cli.exit_codes import FOUND
from docindex.cli.options import one_of
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import RecordFlags


def run(flags: RecordFlags) -> int:
    """Write the searches of a record. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api import search_record as recorded
    from docindex.render import search_record

    one_of("action", flags.action, ("show",))
    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("record"))
    searches = recorded.read_record(flags.file)
    if form == "text":
        write(styled(search_record.rows(searches, width=columns()), settings, color=color_of(settings)))
    elif form == "md":
        write("".join(search_record.markdown(searches)))
    else:
        document = search_record.document(searches)
        write(formats.data(form, document, document["searches"], search_record.table(searches)))
    return FOUND
