"""How far an index is behind the files it was made from, told by their size and time alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docindex.model import Behind

if TYPE_CHECKING:
    from docindex.model import IndexState


def behind(state: IndexState) -> Behind:
    """The sources that have changed or gone since the index was built.

    A look at each file, none is opened. New files of a folder or a glob are seen by the next build only.
    """
    changed: list[str] = []
    gone: list[str] = []
    for path, indexed in state.sources.items():
        try:
            found = os.stat(os.path.join(state.root, path))
        except OSError:
            gone.append(path)
            continue
        moved = indexed.mtime_ns not in (found.st_mtime_ns, -1)
        if not indexed.failure and (moved or found.st_size != indexed.size):
            changed.append(path)
    return Behind(tuple(changed), tuple(gone), _manifest_changed(state))


def _manifest_changed(state: IndexState) -> bool:
    if state.manifest is None:
        return False
    try:
        found = os.stat(state.manifest)
    except OSError:
        return True
    return (found.st_size, found.st_mtime_ns) != state.manifest_seen
