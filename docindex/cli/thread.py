"""`docindex thread`: the conversation of a message."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import say, show, write
from docindex.cli.exit_codes import FOUND
from docindex.cli.options import one_of, typed
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import ThreadFlags


def run(flags: ThreadFlags) -> int:
    """Write the conversation of a record. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api.index import open_index
    from docindex.render import json_output
    from docindex.render import thread as render_thread

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("thread"))
    with open_index(flags.index) as index:
        asked = index.show(typed(flags.name), ranks=index.last_ranks()).id
        messages = index.thread(asked)
    if form != "text":
        document = json_output.thread(asked, messages)
        write(formats.data(form, document, document["messages"], ()))
        return FOUND
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    show(render_thread.rows(messages, asked, width=width), settings, paged=not flags.no_pager)
    say(settings, [render_thread.footer(messages)])
    return FOUND
