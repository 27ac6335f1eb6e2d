"""`docindex init`: a first manifest for a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.cli.console import near, write
from docindex.cli.exit_codes import FOUND
from docindex.errors import UsageError

if TYPE_CHECKING:
    from docindex.cli.options import InitFlags


def run(flags: InitFlags) -> int:
    """Write the manifest. Return the exit code."""
    from docindex.indexing import check as docindex_check
    from docindex.manifest import load

    path = flags.folder / load.MANIFEST_NAME
    if path.exists():
        raise UsageError(f"{near(path)}: is there already", "docindex check, or name another folder")
    text = docindex_check.first_manifest(load.load(flags.folder))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{near(path)}: cannot be written: {error.strerror}", "check the folder") from error
    write(f"{near(path)}\n")
    return FOUND
