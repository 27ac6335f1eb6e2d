"""`docindex check`: findings about a collection."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, say, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of
from docindex.render import formats

if TYPE_CHECKING:
    from docindex.cli.options import CheckFlags


def run(flags: CheckFlags) -> int:
    """Write what in a collection needs repair. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api import repair
    from docindex.render import reports
    from docindex.render.sanitize import escape_controls
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("check"))
    found = repair.check(flags.source, allow_outside=flags.allow_outside)
    if flags.fix:
        patch = found.patch()
        write(escape_controls(patch) if sys.stdout.isatty() else patch)
    elif form != "text":
        document = found.to_dict()
        write(formats.data(form, document, document["findings"], reports.finding_table(found.findings)))
    else:
        write(styled(reports.findings(found.findings, width=columns()), settings, color=color_of(settings)))
        if not found.findings:
            say(settings, [Text(f"{plural(found.sources, 'source')}, nothing to report", "faint")])
        elif mended := found.repairable:
            say(settings, [Text(f"docindex check --fix | patch -p1 mends {mended:,} of these", "hint")])
    return NOT_FOUND if found.findings else FOUND
