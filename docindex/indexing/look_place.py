"""The source at which the next look at a part of many files begins, so that the parts go round.

It is kept in a small file of the user's own. A file that cannot be written or read is no failure.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import DecodeError

from docindex.model.serialization import dumps, loads
from docindex.system import files
from docindex.system.user_folders import state_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_PLACES = 200  # indexes
MAX_FILE_BYTES = 1_000_000


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the path of the source at which to begin; "" is the first."""
    return _places(environment).get(files.real_path(folder), "")


def save(folder: Path, path: str, environment: Mapping[str, str] = os.environ) -> None:
    """Keep the path of the source at which to begin next."""
    file = state_file("looked-at.json", environment)
    if file is None:
        return
    places = _places(environment)
    places.pop(files.real_path(folder), None)
    places[files.real_path(folder)] = path
    part = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(dumps(dict(list(places.items())[-MAX_PLACES:])))
        part.replace(file)


def _places(environment: Mapping[str, str]) -> dict[str, str]:
    file = state_file("looked-at.json", environment)
    try:
        return loads(files.read_file(str(file), MAX_FILE_BYTES), dict[str, str]) if file else {}
    except (OSError, DecodeError):
        return {}
