"""The engines that can keep an index, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docindex.engines.base import Engine


def open_engine(folder: Path) -> Engine:
    """The engine that keeps its index in a folder; the folder need not exist yet."""
    from docindex.engines.whoosh.engine import WhooshEngine  # here: an engine's library is slow to import

    return WhooshEngine(folder)
