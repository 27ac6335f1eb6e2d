"""Staleness of an index: which files came, went or changed since its build.

A search has little time, so it looks in layers. A running watcher is asked. The folders' times
prove that no file came or went. Of few files all are looked at; of many, those that were changed
last and a part that goes round. What was not looked at is said: an index is called fresh only if
all of it was.
"""

from __future__ import annotations

import os
import time
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.errors import ManifestError
from docindex.indexing import trust, watch_socket
from docindex.indexing.file_look import FileLook
from docindex.manifest import folder_stamps
from docindex.model.documents import FEW_SOURCES, SourceState
from docindex.model.results import Staleness
from docindex.system.limits import OutOfTime, time_limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docindex.engines.base import Searcher
    from docindex.model.documents import IndexState

FEW_BUDGET_SECONDS = 0.25  # for looking at all of few files; 10,000 take about a tenth of it
MANY_BUDGET_SECONDS = 0.04  # for looking at a part of many files
STAT_BATCH_FILES = 500  # files between two looks at the clock
RELIST_BUDGET_SECONDS = 1.0  # for listing the sources again
MAX_RELISTED_MANIFEST_BYTES = 300_000  # a larger manifest is not read again to count new entries


def staleness(index: Searcher, folder: Path, *, complete: bool = False, budget: float | None = None) -> Staleness:
    """Return the sources changed or gone since the index was built, and the number of new ones.

    Nothing is looked at if the index in `folder` names a root that is not believed. `complete`
    looks at everything, however long it takes; else the look ends after `budget` seconds. It opens
    no source, except for a few that changed just before they were indexed.
    """
    state = index.state
    if not trust.is_believed(state, folder):
        return Staleness(unseen=state.sources, foreign=True)
    is_few = state.sources <= FEW_SOURCES
    if complete:
        budget = float("inf")
    elif budget is None:
        budget = FEW_BUDGET_SECONDS if is_few else MANY_BUDGET_SECONDS
    last = time.monotonic() + budget
    manifest_changed = _manifest_changed(state)
    unchanged = not manifest_changed and _folders_unchanged(state, last)
    if unchanged is not False and watch_socket.is_vouched_for(folder, index.generation):
        return Staleness()
    is_listed = bool(unchanged)
    if is_few or complete:
        listed = None if is_listed else _listed_paths(state, limit=None if complete else RELIST_BUDGET_SECONDS)
        found = _look_at_all(index, _inside(index, folder), last, listed)
        is_listed = is_listed or listed is not None
    else:
        found = _look_at_part(index, folder, last)
    return replace(found, manifest=manifest_changed, unlisted=not is_listed)


def with_hits(found: Staleness, index: Searcher, paths: Iterable[str]) -> Staleness:
    """Return the staleness with a look at the sources of the hits, unless all were looked at."""
    if not found.unseen or found.foreign:
        return found
    look = FileLook(index)
    sources = ((path, index.source(path)) for path in dict.fromkeys(paths) if not trust.leads_out(path))
    look.look([(path, known) for path, known in sources if known])
    return replace(
        found,
        changed=tuple(sorted(look.changed.union(found.changed))),
        gone=tuple(sorted(look.gone.union(found.gone))),
    )


def _look_at_all(
    index: Searcher, sources: Iterator[tuple[str, SourceState]], last: float, listed: set[str] | None
) -> Staleness:
    """Look at the sources in order until the time is over, and compare them with a listing."""
    look = FileLook(index)
    unlisted: set[str] = set()
    looked = 0
    is_late = False
    while step := list(islice(sources, STAT_BATCH_FILES)):
        is_late = is_late or time.monotonic() > last
        if not is_late:
            looked += len(step)
            look.look(step)
        if listed is not None:
            paths = {path for path, _ in step}
            unlisted |= paths - listed
            listed -= paths
        elif is_late:
            break
    unseen = max(index.state.sources - looked, int(is_late)) + look.unproven
    return Staleness(tuple(sorted(look.changed)), tuple(sorted(look.gone | unlisted)), len(listed or ()), unseen=unseen)


def _look_at_part(index: Searcher, folder: Path, last: float) -> Staleness:
    """Look at the newest sources, then at as many in order as there is time for."""
    from docindex.indexing import look_place  # here: few indexes hold so much

    state = index.state
    look = FileLook(index)
    is_known = trust.is_built_by_user(state, folder)
    newest = [
        (path, SourceState("", "", *stamp, 0)) for path, stamp in state.newest if is_known or not trust.leads_out(path)
    ]
    look.look(newest)
    done = {path for path, _ in newest}
    first = look_place.load(folder)
    place = first
    sources = _inside(index, folder, first)
    is_round = False
    while time.monotonic() <= last:
        step = list(islice(sources, STAT_BATCH_FILES))
        if not step:
            if is_round or not first:
                place = ""
                break
            is_round = True
            sources = _inside(index, folder)
            continue
        look.look(step)
        done.update(path for path, _ in step)
        place = step[-1][0]
        if is_round and place >= first:
            break
    look_place.save(folder, place)
    unseen = max(state.sources - len(done), 0) + look.unproven
    return Staleness(tuple(sorted(look.changed)), tuple(sorted(look.gone)), unseen=unseen)


def _inside(index: Searcher, folder: Path, first: str = "") -> Iterator[tuple[str, SourceState]]:
    """Yield the sources that may be looked at, from a path on."""
    return trust.inside(index.state, index.sources(first), folder)


def _folders_unchanged(state: IndexState, last: float) -> bool | None:
    """Return True if no file came to the folders or went, and None if there is no time to tell."""
    for number, (folder, stamp) in enumerate(state.folders.items()):
        if number % STAT_BATCH_FILES == 0 and time.monotonic() > last:
            return None
        if not folder_stamps.is_unchanged(state.root, folder, stamp):
            return False
    return True


def _listed_paths(state: IndexState, *, limit: float | None) -> set[str] | None:
    """Return the paths that a build would index now, or None if listing them takes too long."""
    from docindex.manifest import load  # here: seldom needed, and slow to import

    listed = state.manifest or state.root
    if limit and state.manifest and _size(state.manifest) > MAX_RELISTED_MANIFEST_BYTES:
        return None
    began = time.monotonic()
    try:
        with time_limit(limit) if limit else nullcontext():
            found = load.load(Path(listed), allow_outside=any(map(trust.leads_out, state.folders)))
    except OutOfTime:
        return None
    except ManifestError:
        return None if limit and time.monotonic() - began > limit else set()
    return {source.path for source in found.sources}


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _manifest_changed(state: IndexState) -> bool:
    if state.manifest is None:
        return False
    try:
        found = os.stat(state.manifest)
    except OSError:
        return True
    return (found.st_size, found.st_mtime_ns) != state.manifest_seen
