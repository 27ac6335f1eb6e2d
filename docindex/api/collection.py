"""Builds of a collection's index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex import config
from docindex.engines import registry
from docindex.errors import IndexMissing, IndexOutdated, ManifestError, ReaderError, UsageError
from docindex.indexing import build as builder
from docindex.indexing import extraction, trust
from docindex.manifest import load
from docindex.manifest.load import Manifest
from docindex.system.limits import memory_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from os import PathLike

    from docindex.model.results import BuildReport
    from docindex.readers.ocr import OcrSettings

    Progress = Callable[[int, int, str], None]
    """Callback with the number of sources done, their total, and the present path."""

MEGABYTE = 1_000_000


def build(
    source: str | PathLike[str] | None = None,
    index: str | PathLike[str] | None = None,
    *,
    full: bool = False,
    ocr: bool = False,
    ocr_languages: Sequence[str] = (),
    allow_outside: bool = False,
    jobs: int | None = None,
    timeout: float = 60.0,
    max_size: int = 100,
    lock_timeout: float = 5.0,
    progress: Progress | None = None,
    on_lock_wait: Callable[[str], None] | None = None,
) -> BuildReport:
    """Bring the index of a collection up to date, in one transaction, and return a report.

    `source` is a manifest, a folder or one file; without it seeds/INDEX.md or INDEX.md here, or the
    source of the nearest index. `index` is the index's folder; without it `.docindex` in the
    collection. `full` reads everything again, `ocr` scanned pages and pictures too, in
    `ocr_languages` if nobody declares theirs. `jobs` worker
    processes read, by default one per core; each source may take `timeout` seconds and `max_size`
    megabytes. A source that cannot be read is one of the report's failures. Raises ManifestError if
    there is nothing to read, IndexBusy if another build does not end within `lock_timeout` seconds,
    and EngineError; then the old index stands.

    >>> docindex.build("seeds/INDEX.md").unchanged
    15
    """
    return load_collection(source, index, allow_outside=allow_outside).build(
        full=full,
        ocr=ocr,
        ocr_languages=ocr_languages,
        jobs=jobs,
        timeout=timeout,
        max_size=max_size,
        lock_timeout=lock_timeout,
        progress=progress,
        on_lock_wait=on_lock_wait,
    )


class PlannedBuild(Struct, frozen=True):
    """Work of a build, as far as it is known without reading files: paths of sources."""

    added: tuple[str, ...]
    changed: tuple[str, ...]  # by size or time; the content may still be the same
    removed: tuple[str, ...]
    unchanged: int


class Collection(Struct, frozen=True):
    """Documents that a manifest or a folder lists, and the folder of their index."""

    manifest: Manifest
    folder: Path
    allow_outside: bool = False

    def build(
        self,
        *,
        full: bool = False,
        ocr: bool = False,
        ocr_languages: Sequence[str] = (),
        jobs: int | None = None,
        timeout: float = 60.0,
        max_size: int = 100,
        lock_timeout: float = 5.0,
        progress: Progress | None = None,
        on_lock_wait: Callable[[str], None] | None = None,
        touched: AbstractSet[str] = frozenset(),
    ) -> BuildReport:
        """Bring the index up to date, as `docindex.build` does.

        `touched` are names of files and folders whose content is compared whatever their time says.
        """
        jobs = jobs or os.cpu_count() or 1
        memory = min(extraction.MAX_MEMORY_BYTES, memory_share(jobs))
        report = builder.build(
            self.manifest,
            registry.open_engine(self.folder),
            full=full,
            limits=extraction.Limits(
                jobs, timeout, max_size * MEGABYTE, memory, ocr_settings(ocr_languages) if ocr else None
            ),
            progress=progress,
            lock_timeout=lock_timeout,
            on_lock_wait=on_lock_wait,
            touched=touched,
        )
        trust.remember(report.state, self.folder, allow_outside=self.allow_outside)
        return report

    def plan(self, *, full: bool = False, ocr: bool = False) -> PlannedBuild:
        """Return what `build` would do. It changes nothing and raises as `build` does."""
        engine = registry.open_engine(self.folder)
        plan = builder.dry_run(self.manifest, engine, full=full, has_ocr=ocr)
        added, changed = (tuple(self.manifest.sources[one].path for one in some) for some in (plan.added, plan.changed))
        return PlannedBuild(added, changed, tuple(plan.removed), plan.unchanged)


def load_collection(
    source: str | PathLike[str] | None = None,
    index: str | PathLike[str] | None = None,
    *,
    allow_outside: bool = False,
) -> Collection:
    """Load a manifest, a folder or one file. Raises ManifestError."""
    named = None if index is None else Path(index)
    manifest = load.load(_default_source(named) if source is None else Path(source), allow_outside=allow_outside)
    return Collection(manifest, config.index_for_build(named, manifest.root, manifest=manifest.path), allow_outside)


def ocr_settings(languages: Sequence[str] = ()) -> OcrSettings:
    """Return the settings of OCR on this machine, for documents usually in these languages.

    Raises UsageError if it cannot work here.
    """
    from docindex.readers import ocr  # few builds need it

    try:
        return ocr.settings(languages)
    except ReaderError as error:
        raise UsageError(error.message, error.hint) from error


def _default_source(index: Path | None) -> Path:
    """Return the manifest here, else the one or the folder from which the index that a search would
    find was built.
    """
    try:
        return load.find(Path.cwd())
    except ManifestError as missing:
        try:
            folder = config.index_for_search(index)
            with registry.open_engine(folder).searcher() as found:
                state = found.state
        except (IndexMissing, IndexOutdated):
            raise missing from None
        is_one_file = state.manifest is None and not state.folders
        if is_one_file or not trust.is_believed(state, folder):
            raise
        return Path(state.manifest or state.root)


def refresh(index: Path) -> None:
    """Build an index again from its own root. Raises UsageError if the root is not trusted."""
    engine = registry.open_engine(index)
    with engine.searcher() as found:
        state = found.state
    if not trust.is_believed(state, index):
        what = f"{index}: says that it was built from {state.root}, which lies outside its collection"
        raise UsageError(what, "docindex build SOURCE --index DIR, if that is meant")
    builder.build(load.load(Path(state.manifest or state.root)), engine)
