"""Build: bring the index up to date with the manifest in one transaction."""

from __future__ import annotations

import os
import time
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex import __version__
from docindex.errors import BUILT_AND_INTERRUPTED, EngineError, IndexMissing, IndexOutdated, ReportError
from docindex.indexing import batching, check, extraction, worker_pool
from docindex.indexing.fingerprint import fingerprint
from docindex.indexing.plan import Plan, SourceStat, plan
from docindex.model.documents import UNSETTLED, Failure, IndexState, SourceState
from docindex.model.results import BuildReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from docindex.engines.base import Engine, IndexWriter
    from docindex.manifest.load import Manifest
    from docindex.model.documents import Source

    Progress = Callable[[int, int, str], None]
    """Callback with the number of sources done, their total, and the present path.

    The path is "" when all are read and the index is written.
    """


def build(
    manifest: Manifest,
    engine: Engine,
    *,
    full: bool = False,
    limits: extraction.Limits = extraction.DEFAULTS,
    progress: Progress | None = None,
    lock_timeout: float = 5.0,
    on_lock_wait: Callable[[str], None] | None = None,
    touched: AbstractSet[str] = frozenset(),
) -> BuildReport:
    """Index new and changed sources, delete those no longer listed, and return a report.

    `touched` are names of files and folders whose content is compared whatever their time says.
    A source that cannot be read adds a failure to the report; the others are indexed all the same.
    Raises EngineError, ReportError for Ctrl-C after the commit, and IndexBusy if another build does
    not end within `lock_timeout` seconds.
    `on_lock_wait` receives the name of the lock's holder.
    """
    began = time.monotonic()
    wanted = range(len(manifest.sources))
    full, notes = _needs_full_rebuild(engine, full=full)
    if full and len(wanted) > batching.DEFAULTS.max_sources:
        worker_pool.start_forkserver(engine.invert)
    writer: IndexWriter | None = None
    try:
        with (
            worker_pool.WorkerPool(limits) as pool,
            engine.writer(
                _initial_state(manifest),
                full=full,
                lock_timeout=lock_timeout,
                on_lock_wait=on_lock_wait,
                map_function=pool.map,
            ) as writer,
        ):
            todo = _plan(wanted, manifest, writer.sources_before(), has_ocr=limits.ocr is not None, touched=touched)
            for path in todo.removed:
                writer.delete_source(path)
            unchanged, failed = _apply_changes(
                todo, manifest, engine, writer, pool, progress, has_ocr=limits.ocr is not None
            )
        try:
            with engine.searcher() as index:
                state = index.state
        except EngineError as error:
            what = f"the index is built, and cannot be read again: {error.message}"
            raise ReportError(what, error.hint) from error
    except KeyboardInterrupt as stop:
        if writer is None or not writer.is_committed:
            raise
        raise ReportError(*BUILT_AND_INTERRUPTED) from stop
    added, changed = ((manifest.sources[number].path for number in some) for some in (todo.added, todo.changed))
    return BuildReport(
        added=tuple(path for path in added if path not in failed),
        changed=tuple(path for path in changed if path not in unchanged and path not in failed),
        removed=tuple(todo.removed),
        unchanged=todo.unchanged + len(unchanged),
        failures=state.failures,
        skipped={group.kind: group.count for group in state.left_out},
        state=state,
        elapsed_s=time.monotonic() - began,
        notes=notes,
        generation=writer.generation if writer else 0,
        unlisted=check.unlisted(manifest),
    )


def dry_run(manifest: Manifest, engine: Engine, *, full: bool = False, has_ocr: bool = False) -> Plan:
    """Return the plan of `build` as far as it is known without reading files."""
    wanted = range(len(manifest.sources))
    full, _ = _needs_full_rebuild(engine, full=full)
    if full:
        return _plan(wanted, manifest, (), has_ocr=has_ocr)
    with engine.searcher() as index:
        return _plan(wanted, manifest, index.sources(), has_ocr=has_ocr)


def _plan(
    wanted: Sequence[int],
    manifest: Manifest,
    indexed: Iterable[tuple[str, SourceState]],
    *,
    has_ocr: bool,
    touched: AbstractSet[str] = frozenset(),
) -> Plan:
    if manifest.path is not None:  # the sources of a folder are sorted by path already
        paths = [source.path for source in manifest.sources]
        wanted = sorted(wanted, key=paths.__getitem__)
        listed: Iterable[tuple[int, Source]] = zip(wanted, map(manifest.sources.__getitem__, wanted), strict=True)
    else:
        listed = enumerate(manifest.sources)

    def look(number: int, source: Source) -> SourceStat:
        size, mtime_ns = manifest.stamp(number) or (-1, UNSETTLED)
        return fingerprint(source), size, mtime_ns

    return plan(listed, indexed, look, has_ocr=has_ocr, touched=touched)


def _apply_changes(
    todo: Plan,
    manifest: Manifest,
    engine: Engine,
    writer: IndexWriter,
    pool: worker_pool.WorkerPool,
    progress: Progress | None,
    *,
    has_ocr: bool,
) -> tuple[set[str], set[str]]:
    """Write new and changed sources to the index.

    Return the paths that turned out unchanged and the paths that failed. Each batch is released
    once it is written.
    """
    sources = manifest.sources
    for number, stored in todo.partial.items():
        relocated = _relocate_failure(stored, sources[number], manifest)
        if relocated != stored:
            writer.keep_source(sources[number].path, relocated)
    unchanged: set[str] = set()
    failed: set[str] = set()
    before = {sources[number].path: stored for number, stored in todo.changed.items()}
    tasks = (
        extraction.Task(
            source,
            manifest.file(source),
            _known_content(source, before.get(source.path), has_ocr=has_ocr),
            root=manifest.confined_to(),
            is_listed=manifest.path is not None or not manifest.many,
        )
        for source in map(sources.__getitem__, chain(todo.added, todo.changed))
    )
    done, total = 0, len(todo.added) + len(todo.changed)
    for batch in pool.batches(tasks, lambda: engine.invert):
        for task, result in batch.outcomes:
            path = task.source.path
            if progress:
                progress(done, total, path)
            done += 1
            failure = _failure(task.source, manifest, result)
            if result.records:
                read = result.content, fingerprint(task.source), result.size, result.mtime_ns
                writer.replace_source(path, SourceState(*read, result.records, failure))
            elif failure:
                failed.add(path)
                writer.replace_source(path, SourceState("", *_stat_source(task.source, manifest), 0, failure))
            else:
                unchanged.add(path)
                relocated = _relocate_failure(before[path], task.source, manifest)
                writer.keep_source(path, replace(relocated, size=result.size, mtime_ns=result.mtime_ns))
        writer.add_documents(batch.prepared)
    if progress and total:
        progress(total, total, "")
    return unchanged, failed


def _known_content(source: Source, stored: SourceState | None, *, has_ocr: bool) -> str | None:
    """Return the digest of the content that need not be read again, or None."""
    if stored is None or stored.lost or (has_ocr and stored.unread_pages):
        return None
    return stored.content if stored.fingerprint == fingerprint(source) else None


def _needs_full_rebuild(engine: Engine, *, full: bool) -> tuple[bool, tuple[str, ...]]:
    """Return True if all sources must be indexed from scratch, and notes on the reason."""
    if full:
        return True, ()
    try:
        with engine.searcher():
            pass
    except IndexMissing:
        return True, ()
    except IndexOutdated as error:
        return True, (f"{error.message}: all sources are indexed anew",)
    return False, ()


def _initial_state(manifest: Manifest) -> IndexState:
    return IndexState(
        built="",
        version=__version__,
        records=0,
        root=str(manifest.root),
        manifest=str(manifest.path) if manifest.path else None,
        manifest_seen=manifest.seen,
        folders=manifest.folders,
        failures=tuple(
            Failure(problem.path, problem.line, problem.what, problem.hint, problem.lost)
            for problem in manifest.problems
        ),
    )


def _stat_source(source: Source, manifest: Manifest) -> SourceStat:
    """Return a source's stat and fingerprint. A file that cannot be stat'ed counts as new."""
    try:
        found = os.stat(manifest.file(source))
    except OSError:
        return fingerprint(source), -1, UNSETTLED
    return fingerprint(source), found.st_size, found.st_mtime_ns


def _failure(source: Source, manifest: Manifest, result: extraction.ReadResult) -> Failure | None:
    """Return the failure of a source, or None. `lost` is False if other parts of it were read."""
    if result.failure is None:
        return None
    what, hint = result.failure
    reason = what if source.line is None else f"{source.path}: {what}"
    place = _place(source, manifest)
    return Failure(*place, reason, hint, not result.records, result.missing_format, result.left_out, result.pages)


def _place(source: Source, manifest: Manifest) -> tuple[str, int | None]:
    return (source.path, None) if source.line is None else (manifest.shown, source.line)


def _relocate_failure(stored: SourceState, source: Source, manifest: Manifest) -> SourceState:
    """Return the stored state with its failure moved to the entry's present line."""
    if stored.failure is None:
        return stored
    place, line = _place(source, manifest)
    return replace(stored, failure=replace(stored.failure, place=place, line=line))
