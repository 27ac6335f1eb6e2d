"""Staleness of an index: which files changed since its build, by size, time and the names in
their folders.
"""

from __future__ import annotations

import os
import time
import zlib
from bisect import bisect_left
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docindex.errors import ManifestError
from docindex.indexing import trust
from docindex.model.results import Staleness
from docindex.system.limits import OutOfTime, time_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.model.documents import IndexState, SourceState

STAT_BUDGET_SECONDS = 0.25  # 10,000 files take about a tenth of it
STAT_BATCH_FILES = 500  # files between two looks at the clock
_SIZE_AND_TIME = attrgetter("st_size", "st_mtime_ns")
RELIST_BUDGET_SECONDS = 1.0  # for listing the sources again
MAX_RELISTED_MANIFEST_BYTES = 300_000  # a larger manifest is not read again to count new entries


def staleness(
    state: IndexState,
    sources: Iterable[tuple[str, SourceState]],
    folder: Path,
    *,
    budget: float = STAT_BUDGET_SECONDS,
) -> Staleness:
    """Return the sources changed or gone since the index was built, and the number of new ones.

    It opens no source. It lists the sources again only if the manifest or the names in a folder
    have changed. After `budget` seconds it stops and reports the rest as unseen. All sources are
    unseen if the index in `folder` names a root that is not believed.
    """
    if not trust.is_believed(state, folder):
        return Staleness(unseen=state.sources, foreign=True)
    sources = trust.inside(state, sources, folder)
    manifest_changed = _manifest_changed(state)
    new = _current_paths(state) if manifest_changed or _folders_changed(state) else None
    last = time.monotonic() + budget
    changed: list[str] = []
    gone: list[str] = []
    unlisted: set[str] = set()
    looked = 0
    is_late = False
    coming = iter(sources)
    while step := list(islice(coming, STAT_BATCH_FILES)):
        if time.monotonic() <= last:
            looked += len(step)
            for path, is_there in _changed_sources(state.root, step):
                (changed if is_there else gone).append(path)
        else:
            is_late = True
            if new is None:
                break
        if new is not None:
            paths = {path for path, _ in step}
            unlisted |= paths - new
            new -= paths
    unseen = max(0, state.sources - looked) if is_late else 0  # a build may have ended since the state was read
    return Staleness(
        tuple(sorted(changed)), tuple(sorted({*gone, *unlisted})), len(new or ()), manifest_changed, unseen
    )


def _changed_sources(root: str, sources: Sequence[tuple[str, SourceState]]) -> Iterator[tuple[str, bool]]:
    """Yield the path of each source whose stat differs, and whether the file exists."""
    root = os.path.join(root, "")
    names = [path if path.startswith("/") else root + path for path, _ in sources]
    seen: list[tuple[int, int] | None]
    try:
        seen = list(map(_SIZE_AND_TIME, map(os.stat, names)))
    except OSError:
        seen = list(map(_size_and_time, names))
    # Nearly always nothing has changed, and one comparison of lists takes a tenth of the time.
    if seen == [(known.size, known.mtime_ns) for _, known in sources]:
        return
    for found, (path, known) in zip(seen, sources, strict=True):
        if found is None:
            yield path, False
        elif not known.lost and (found[0] != known.size or known.mtime_ns not in (found[1], -1)):
            yield path, True


def _size_and_time(name: str) -> tuple[int, int] | None:
    """Return a file's size in bytes and mtime in ns, or None if it is gone."""
    try:
        return cast("tuple[int, int]", _SIZE_AND_TIME(os.stat(name)))
    except OSError:
        return None


def folders(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the folders of the paths, up to the root, with a digest of the names in each."""
    found = {""}
    for path in paths:
        folder = os.path.dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return {folder: _name_digest(os.path.join(root, folder)) for folder in sorted(found)}


def _name_digest(folder: str) -> str:
    """Return a digest of the names in a folder.

    Hidden names are left out, because the index itself may be one.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return ""
    del names[
        bisect_left(names, ".") : bisect_left(names, "/")
    ]  # names that begin with a dot: "/" follows "." in ASCII
    # CRC-32 and a count suffice to notice a change, and hashlib is slow to import.
    return f"{len(names)} {zlib.crc32(chr(0).join(names).encode('utf-8', 'surrogateescape')):08x}"


def _folders_changed(state: IndexState) -> bool:
    return any(_name_digest(os.path.join(state.root, folder)) != digest for folder, digest in state.folders.items())


def _current_paths(state: IndexState) -> set[str] | None:
    """Return the paths that a build would index now, or None if the manifest is too large to
    read here.
    """
    from docindex.manifest import load  # here: seldom needed, and slow to import

    if (
        state.manifest
        and os.path.exists(state.manifest)
        and os.path.getsize(state.manifest) > MAX_RELISTED_MANIFEST_BYTES
    ):
        return None
    began = time.monotonic()
    try:
        with time_limit(RELIST_BUDGET_SECONDS):
            found = load.load(Path(state.manifest or state.root))
    except OutOfTime:
        return None
    except ManifestError:
        return None if time.monotonic() - began > RELIST_BUDGET_SECONDS else set()
    return {source.path for source in found.sources}


def _manifest_changed(state: IndexState) -> bool:
    if state.manifest is None:
        return False
    try:
        found = os.stat(state.manifest)
    except OSError:
        return True
    return (found.st_size, found.st_mtime_ns) != state.manifest_seen
