"""`docindex check`: findings about a collection."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, say, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND

if TYPE_CHECKING:
    from docindex.cli.options import CheckFlags


def run(flags: CheckFlags) -> int:
    """Write what in a collection needs repair. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.indexing import check as docindex_check
    from docindex.manifest import load
    from docindex.render import json_output, reports
    from docindex.render.sanitize import escape_controls
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    listed = load.load(flags.source or load.find(Path.cwd()), allow_outside=flags.allow_outside)
    found = docindex_check.check(listed)
    if flags.fix:
        patch = docindex_check.repair_patch(listed, found)
        write(escape_controls(patch) if sys.stdout.isatty() else patch)
    elif flags.as_json:
        write(json_output.text(json_output.findings(found)) + "\n")
    else:
        write(styled(reports.findings(found, width=columns()), settings, color=color_of(settings)))
        if not found:
            say(settings, [Text(f"{plural(len(listed.sources), 'source')}, nothing to report", "faint")])
        elif mended := sum(finding.kind in docindex_check.REPAIRED_KINDS for finding in found):
            say(settings, [Text(f"docindex check --fix | patch -p1 mends {mended:,} of these", "hint")])
    return NOT_FOUND if found else FOUND
