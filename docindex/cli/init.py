"""`docindex init`: a first manifest for a folder, or more entries for the one that is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docindex.cli.console import near, warn, write
from docindex.cli.exit_codes import FOUND
from docindex.errors import UsageError
from docindex.render.sanitize import escape_controls
from docindex.render.summary import plural
from docindex.system import files

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.cli.options import InitFlags


def run(flags: InitFlags) -> int:
    """Write the manifest. Return the exit code."""
    from docindex.indexing import check as docindex_check
    from docindex.manifest import load

    path = flags.folder / load.MANIFEST_NAME
    if os.path.lexists(path):
        return _grow(path)
    text = docindex_check.first_manifest(load.load(flags.folder))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{near(path)}: cannot be written: {error.strerror}", "check the folder") from error
    write(f"{near(path)}\n")
    return FOUND


def _grow(path: Path) -> int:
    """Add an entry for each file that the manifest does not list. Return the exit code."""
    from docindex.indexing import check as docindex_check
    from docindex.manifest import load

    listed = load.load(path)
    text, added = docindex_check.grown_manifest(listed)
    if added:
        try:
            found = os.stat(path)
            if listed.seen != (found.st_size, found.st_mtime_ns):
                raise UsageError(f"{near(path)}: has changed meanwhile", "docindex init, once more")
            files.replace_file(str(path), text.encode())
        except OSError as error:
            raise UsageError(f"{near(path)}: cannot be written: {error.strerror}", "check the folder") from error
    write("".join(f"+ {escape_controls(one)}\n" for one in added))
    warn(
        f"{near(path)}: {plural(len(added), 'entry', 'entries')} added" if added else f"{near(path)}: lists every file"
    )
    return FOUND
