"""`docindex show`: one record whole."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, page, styled, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import typed

if TYPE_CHECKING:
    from docindex.api.record import ShownRecord
    from docindex.cli.options import ShowFlags
    from docindex.config import Settings


def run(flags: ShowFlags) -> int:
    """Write one record. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api.index import open_index

    asked = None if flags.asked is None else typed(flags.asked)
    with open_index(flags.index) as index:
        shown = index.show(
            typed(flags.name),
            query=asked,
            lines=flags.chosen,
            context=flags.context,
            ranks=index.last_ranks(),
            **flags.arguments(),
        )
    if flags.as_json:
        from docindex.render import json_output

        write(json_output.text(shown.to_dict()) + "\n")
    else:
        _show(shown, settings, paged=not flags.no_pager)
    if shown.stale:
        warn(f"{shown.record.path} has changed since it was indexed; docindex build brings the index in step")
    if asked is not None and not shown.has_match:
        warn(f"no match for {asked} in {shown.id}")
        return NOT_FOUND
    return FOUND


def _show(shown: ShownRecord, settings: Settings, *, paged: bool) -> None:
    from docindex.render import record

    terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size()
    color = color_of(settings, sys.stdout)
    width = size.columns if terminal else None
    rows = list(
        record.rows(
            shown.record,
            shown.title_marks,
            shown.lines,
            width=width,
            plain=not color,
            metadata_marks=shown.metadata_marks,
        )
    )
    text = styled((row for row, _ in rows), settings, color=color)
    if paged and terminal and len(rows) >= size.lines:
        first = next((number for number, (_, matched) in enumerate(rows) if matched), 0)
        # Some lines before the match say where it stands.
        page(text, settings, line=first - 3 if first >= size.lines - 1 else 1)
    else:
        write(text)
