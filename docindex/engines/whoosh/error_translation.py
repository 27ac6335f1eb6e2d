"""Translate failures of the disk into docindex's own errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docindex.engines.whoosh.codec.mmap_file import REBUILD_COMMAND
from docindex.errors import EngineError, IndexDamaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def translate_errors(folder: Path) -> Iterator[None]:
    """Raise docindex's errors for those of the disk."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexDamaged(f"{error.filename or folder}: is missing", REBUILD_COMMAND) from error
    except OSError as error:
        raise EngineError(f"{error.filename or folder}: {error.strerror or error}", "check the disk") from error
