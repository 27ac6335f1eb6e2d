"""Bytes that wait until they are written in their place: in memory while they are few, then on disk."""

from __future__ import annotations

from contextlib import suppress
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

HELD = 250_000  # bytes that are held in memory


def spooled(folder: Path) -> IO[bytes]:
    """A file to be written and read, to be closed by whoever asks for it. It has no name: it goes with this process."""
    from tempfile import SpooledTemporaryFile  # here: it is slow to import, and a search has no use for it

    return SpooledTemporaryFile(HELD, dir=str(folder))


def copied(file: IO[bytes], target: Any) -> None:
    """Write all of a file into another."""
    file.seek(0)
    copyfileobj(file, target)


def closed(*files: Any) -> None:
    """Close files of which nothing is wanted any more, as far as they are open and can be: what a full disk does not
    take of them is not missed.
    """
    for file in files:
        with suppress(Exception):
            file.close()
