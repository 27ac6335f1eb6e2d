"""`docindex replay`: recorded searches again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND

if TYPE_CHECKING:
    from docindex.cli.options import ReplayFlags


def run(flags: ReplayFlags) -> int:
    """Run the searches of a record again. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api import search_record as recorded
    from docindex.api.index import open_index
    from docindex.render import json_output, search_record

    searches = recorded.read_record(flags.file)
    with open_index(flags.index) as index:
        replays = recorded.replay(index, searches)
    if flags.as_json:
        write(json_output.text(search_record.replay_value(replays)) + "\n")
    elif not flags.quiet:
        write(styled(search_record.replay_rows(replays, width=columns()), settings, color=color_of(settings)))
    return FOUND if all(one.outcome == "same" for one in replays) else NOT_FOUND
