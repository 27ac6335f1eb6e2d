"""Places of the user's own files (XDG base directories)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def state_file(name: str, environment: Mapping[str, str]) -> Path | None:
    """Return the place of a file that docindex keeps for the user, or None without a home."""
    base, home = environment.get("XDG_STATE_HOME"), environment.get("HOME")
    folder = Path(base) if base else Path(home) / ".local" / "state" if home else None
    return folder / "docindex" / name if folder else None
