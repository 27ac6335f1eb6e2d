"""The ids of the last answer that was shown, so that `docindex show 3` means its third. Pure but for one small file.

The file is the user's, not the index's: an index may be shared, and read only. That it cannot be written or read is
no failure of anything.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct

from docindex.serialization import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 10_000
"""Ids that are kept."""


class _Answer(Struct, frozen=True):
    index: str  # its folder, absolute
    first: int  # the rank of the first id
    ids: list[str]


def keep(index: Path, ids: Sequence[str], first: int, environment: Mapping[str, str] = os.environ) -> None:
    """Remember an answer of an index: ids, the first of which has the rank `first`."""
    path = _path(environment)
    if path is None:
        return
    value = _Answer(str(index.absolute()), first, list(ids[:MOST]))
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(dumps(value))
        part.replace(path)


def recall(index: Path, environment: Mapping[str, str] = os.environ) -> dict[int, str]:
    """The ids of the last answer by their ranks; none if that was of another index."""
    path = _path(environment)
    try:
        found = loads(path.read_bytes(), _Answer) if path else None
    except (OSError, DecodeError):
        return {}
    if found is None or found.index != str(index.absolute()):
        return {}
    return dict(enumerate(found.ids, start=found.first))


def _path(environment: Mapping[str, str]) -> Path | None:
    base, home = environment.get("XDG_STATE_HOME"), environment.get("HOME")
    folder = Path(base) if base else Path(home) / ".local" / "state" if home else None
    return folder / "docindex" / "last-answer.json" if folder else None
