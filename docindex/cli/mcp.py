"""`docindex mcp`: the index for programs that speak the Model Context Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.exit_codes import FOUND

if TYPE_CHECKING:
    from docindex.cli.options import McpFlags


def run(flags: McpFlags) -> int:
    """Answer on standard input and output until they are closed. Return the exit code."""
    from docindex.api.index import open_index

    folder = config.index_for_search(flags.index).absolute()
    with open_index(folder):
        pass  # an index that cannot be read is said at once
    try:
        from docindex.mcp import server
    except ImportError as error:
        from docindex.api import extras

        raise extras.missing("docindex mcp", "mcp", " 2.3 or later") from error
    server.serve(folder)
    return FOUND
