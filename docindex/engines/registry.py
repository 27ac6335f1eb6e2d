"""Registry of the engines that can keep an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.engines.base import Engine


def open_engine(folder: Path) -> Engine:
    """Return the engine for the index in a folder, which need not exist yet."""
    from docindex.engines.whoosh.engine import WhooshEngine  # here: an engine's library is slow to import

    return WhooshEngine(folder)
