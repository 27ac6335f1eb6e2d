"""The ids of the last answer that was shown, so that `docindex show 3` means its third. Pure but for one small file.

The file is the user's, not the index's: an index may be shared, and read only. That it cannot be written or read is
no failure of anything.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 10_000
"""Ids that are kept."""


def keep(index: Path, ids: Sequence[str], first: int, environment: Mapping[str, str] = os.environ) -> None:
    """Remember an answer of an index: ids, the first of which has the rank `first`."""
    path = _path(environment)
    if path is None:
        return
    value = {"index": str(index.absolute()), "first": first, "ids": list(ids[:MOST])}
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(value), encoding="ascii")
        part.replace(path)


def recall(index: Path, environment: Mapping[str, str] = os.environ) -> dict[int, str]:
    """The ids of the last answer by their ranks; none if that was of another index."""
    path = _path(environment)
    try:
        value = json.loads(path.read_text(encoding="ascii")) if path else {}
        if value["index"] != str(index.absolute()):
            return {}
        return {rank: str(name) for rank, name in enumerate(value["ids"], start=int(value["first"]))}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _path(environment: Mapping[str, str]) -> Path | None:
    base, home = environment.get("XDG_STATE_HOME"), environment.get("HOME")
    folder = Path(base) if base else Path(home) / ".local" / "state" if home else None
    return folder / "docindex" / "last-answer.json" if folder else None
