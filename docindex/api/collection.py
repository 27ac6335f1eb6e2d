"""Work on a collection of documents: build its index, check it, begin its manifest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from docindex import config
from docindex.engines import registry
from docindex.indexing import build as builder
from docindex.indexing import extraction, trust
from docindex.manifest import load
from docindex.system.limits import memory_share

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from docindex.manifest.load import Manifest
    from docindex.model.results import BuildReport

    Progress = Callable[[int, int, str], None]
    """Callback with the number of sources done, their total, and the present path."""

MEGABYTE = 1_000_000


def build(
    source: str | PathLike[str] | None = None,
    index: str | PathLike[str] | None = None,
    *,
    full: bool = False,
    allow_outside: bool = False,
    jobs: int | None = None,
    timeout: float = 60.0,
    max_size: int = 100,
    lock_timeout: float = 5.0,
    progress: Progress | None = None,
    on_lock_wait: Callable[[str], None] | None = None,
) -> BuildReport:
    """Bring the index of a collection up to date, in one transaction, and return a report.

    `source` is a manifest, a folder or one file; without it seeds/INDEX.md or INDEX.md, here.
    `index` is the index's folder; without it `.docindex` in the collection. `full` reads everything
    again. `jobs` worker processes read, by default one per core; each source may take `timeout`
    seconds and `max_size` megabytes. A source that cannot be read is one of the report's failures.
    Raises ManifestError if there is nothing to read, IndexBusy if another build does not end
    within `lock_timeout` seconds, and EngineError; then the old index stands.

    >>> docindex.build("seeds/INDEX.md").unchanged
    15
    """
    listed = _load(source, allow_outside=allow_outside)
    folder = index_folder(listed, index)
    jobs = jobs or os.cpu_count() or 1
    memory = min(extraction.MAX_MEMORY_BYTES, memory_share(jobs))
    report = builder.build(
        listed,
        registry.open_engine(folder),
        full=full,
        limits=extraction.Limits(jobs, timeout, max_size * MEGABYTE, memory),
        progress=progress,
        lock_timeout=lock_timeout,
        on_lock_wait=on_lock_wait,
    )
    trust.remember(report.state, folder)
    return report


def _load(source: str | PathLike[str] | None, *, allow_outside: bool = False) -> Manifest:
    """Load a manifest, a folder or one file. Raises ManifestError."""
    path = load.find(Path.cwd()) if source is None else Path(source)
    return load.load(path, allow_outside=allow_outside)


def index_folder(listed: Manifest, index: str | PathLike[str] | None) -> Path:
    """Return the folder of a collection's index."""
    return config.index_for_build(None if index is None else Path(index), listed.root, manifest=listed.path)
