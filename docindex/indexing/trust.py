"""Trust in the root folder that an index names.

An index may be a stranger's. Its root is believed if it lies in the collection that the index lies
with, or if this user built the index from there. The user's word for other roots is kept in a small
file of the user's own.
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
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from docindex.model.documents import IndexState, SourceState

MAX_ROOTS = 1_000
MAX_FILE_BYTES = 4_000_000


def is_believed(state: IndexState, folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Return True if files may be looked at where the index in a folder says that its sources
    lie.
    """
    named = (state.root, state.manifest or "", *state.folders)
    if any("\0" in path for path in named):
        return False
    if is_built_by_user(state, folder, environment):
        return True
    home = os.path.dirname(_key(folder))
    root = files.real_path(state.root)
    is_inside = root == home or root.startswith(os.path.join(home, ""))
    is_listed_there = state.manifest is None or os.path.dirname(state.manifest) == state.root
    return is_inside and is_listed_there and home != "/" and not any(map(leads_out, state.folders))


def is_built_by_user(state: IndexState, folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Return True if this user's word is kept for the root of the index."""
    return _built(environment).get(_key(folder)) == state.root


def may_read(path: str, state: IndexState, folder: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Return True if the file of a source may be read: it lies inside a believed root, or the user
    built the index from there.
    """
    if is_built_by_user(state, folder, environment):
        return True
    return is_believed(state, folder, environment) and not leads_out(path)


def remember(
    state: IndexState, folder: Path, environment: Mapping[str, str] = os.environ, *, allow_outside: bool = False
) -> None:
    """Keep the user's word for the root of an index that the user has built, and for files outside
    of it.

    Failures are ignored.
    """
    path = state_file("roots.json", environment)
    if path is None or (is_believed(state, folder, environment) and not allow_outside):
        return
    built = {**_built(environment), _key(folder): state.root}
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(dumps(dict(list(built.items())[-MAX_ROOTS:])))
        part.replace(path)


def inside(
    state: IndexState,
    sources: Iterable[tuple[str, SourceState]],
    folder: Path,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[tuple[str, SourceState]]:
    """Yield the sources that may be looked at: all for whose root the user's word is kept, else
    those inside it.
    """
    if is_built_by_user(state, folder, environment):
        yield from sources
        return
    yield from ((path, known) for path, known in sources if not leads_out(path))


def leads_out(path: str) -> bool:
    """Return True if a source's path leads out of the root, or may."""
    return path.startswith("/") or "\0" in path or ".." in path.split("/")


def _key(folder: Path) -> str:
    return files.real_path(folder)


def _built(environment: Mapping[str, str]) -> dict[str, str]:
    path = state_file("roots.json", environment)
    try:
        return loads(files.read_file(str(path), MAX_FILE_BYTES), dict[str, str]) if path else {}
    except (OSError, DecodeError):
        return {}
