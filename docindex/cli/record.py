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
    from docindex.proof import search_record
    from docindex.render import search_record as render_record

    one_of("action", flags.action, ("show",))
    form = one_of("format", flags.form, formats.names("record"))
    searches = search_record.load(str(flags.file))
    if form == "md":
        write("".join(render_record.markdown(searches)))
    else:
        write(styled(render_record.rows(searches, width=columns()), settings, color=color_of(settings)))
    return FOUND
