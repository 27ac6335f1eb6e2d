"""`docindex init`: a first manifest for a folder, or more entries for the one that is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docindex.cli.console import near, warn, write
from docindex.cli.exit_codes import FOUND
from docindex.render.sanitize import escape_controls
from docindex.render.summary import plural

if TYPE_CHECKING:
    from docindex.cli.options import InitFlags


def run(flags: InitFlags) -> int:
    """Write the manifest. Return the exit code."""
    from docindex.api import repair

    path = repair.manifest_path(flags.folder)
    shown = near(path)
    if not os.path.lexists(path):
        repair.write_manifest(path, shown)
        write(f"{shown}\n")
        return FOUND
    added = repair.grow_manifest(path, shown)
    write("".join(f"+ {escape_controls(one)}\n" for one in added))
    warn(f"{shown}: {plural(len(added), 'entry', 'entries')} added" if added else f"{shown}: lists every file")
    return FOUND
