"""The ids of the last search by rank, kept in a small file for `docindex show 3`.

The file belongs to the user and not to the index, which may be shared and read-only. A file that
cannot be written or read is no failure.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct

from docindex.model.serialization import dumps, loads
from docindex.system.user_folders import state_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MAX_SAVED_IDS = 10_000


class _LastSearch(Struct, frozen=True):
    index: str  # the index folder, absolute
    first: int  # rank of the first id
    ids: list[str]


def save(index: Path, ids: Sequence[str], first: int, environment: Mapping[str, str] = os.environ) -> None:
    """Save the ids of a search of an index. The first id has the rank `first`."""
    path = state_file("last-answer.json", environment)
    if path is None:
        return
    value = _LastSearch(str(index.absolute()), first, list(ids[:MAX_SAVED_IDS]))
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.write_bytes(dumps(value))
        temporary.replace(path)


def load(index: Path, environment: Mapping[str, str] = os.environ) -> dict[int, str]:
    """Return the ids of the last search by rank.

    The result is empty if that was a search of another index.
    """
    path = state_file("last-answer.json", environment)
    try:
        saved = loads(path.read_bytes(), _LastSearch) if path else None
    except (OSError, DecodeError):
        return {}
    if saved is None or saved.index != str(index.absolute()):
        return {}
    return dict(enumerate(saved.ids, start=saved.first))
