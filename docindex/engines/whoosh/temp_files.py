"""Temporary files without a name: in memory while they are small, then on disk.

They go with their process.
"""

from __future__ import annotations

from contextlib import suppress
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

MAX_MEMORY_BYTES = 250_000


def spool_file(folder: Path) -> IO[bytes]:
    """Return a temporary file to write and read. The caller closes it."""
    from tempfile import SpooledTemporaryFile  # here: it is slow to import, and a search has no use for it

    return SpooledTemporaryFile(MAX_MEMORY_BYTES, dir=str(folder))


def copy_into(file: IO[bytes], target: Any) -> None:
    """Write all of a file into another."""
    file.seek(0)
    copyfileobj(file, target)


def close_files(*files: Any) -> None:
    """Close files; ignore errors, their content is discarded anyway."""
    for file in files:
        with suppress(Exception):
            file.close()
