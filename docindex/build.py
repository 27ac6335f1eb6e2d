"""Bring the index in step with the manifest, in one transaction: all of it, or none of it."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docindex import __version__, readers
from docindex.errors import IndexMissing, IndexOutdated, ReaderError
from docindex.model import Failure, Indexed, IndexState, Report
from docindex.plan import Plan, Seen, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from docindex.engines.base import Engine, Writer
    from docindex.manifest import Manifest
    from docindex.model import Source

    Progress = Callable[[int, int, str], None]
    """Told how many sources are done, of how many, and the path at hand."""

SETTLED_NS = 2_000_000_000
"""A file changed so shortly before it was read may change again without its time telling it: some file systems count
in steps of two seconds. Its time is not trusted by the next build."""
UNSETTLED = -1


def build(manifest: Manifest, engine: Engine, *, full: bool = False, progress: Progress | None = None) -> Report:
    """Read what is new or changed, forget what is gone, and say what was done.

    A source that cannot be read costs one failure in the report; the others are indexed all the same.
    """
    began = time.monotonic()
    sources, skipped = _readable(manifest)
    known, full, notes = _known(engine, full=full)
    todo = plan({path: _seen(source) for path, source in sources.items()}, known)
    kept = dict.fromkeys(todo.unchanged)
    with engine.writer(_state(manifest), full=full) as writer:
        for path in todo.removed:
            writer.remove(path)
        for number, path in enumerate((*todo.added, *todo.changed)):
            if progress:
                progress(number, len(todo.added) + len(todo.changed), path)
            if _index(sources[path], manifest, known.get(path), writer):
                kept[path] = None
    state = engine.indexed()
    return Report(
        added=tuple(path for path in todo.added if not state.sources[path].failure),
        changed=tuple(path for path in todo.changed if path not in kept and not state.sources[path].failure),
        removed=todo.removed,
        unchanged=len(kept),
        failures=tuple(state.all_failures),
        skipped=skipped,
        state=state,
        elapsed_s=time.monotonic() - began,
        notes=notes,
    )


def dry_run(manifest: Manifest, engine: Engine, *, full: bool = False) -> Plan:
    """What `build` would do, as far as it can be told without reading the files."""
    sources, _ = _readable(manifest)
    known, _, _ = _known(engine, full=full)
    return plan({path: _seen(source) for path, source in sources.items()}, known)


def _readable(manifest: Manifest) -> tuple[dict[str, Source], Mapping[str, int]]:
    """The sources by path. Of a folder without a manifest, only those in formats that have a reader.

    What a manifest names is always tried: its failure is to be seen.
    """
    if manifest.path is not None or len(manifest.sources) == 1:
        return {source.path: source for source in manifest.sources}, {}
    sources: dict[str, Source] = {}
    skipped: Counter[str] = Counter()
    for source in manifest.sources:
        if readers.format_of(source.path):
            sources[source.path] = source
        else:
            skipped[PurePosixPath(source.path).suffix.lower()] += 1
    return sources, dict(skipped)


def _known(engine: Engine, *, full: bool) -> tuple[Mapping[str, Indexed], bool, tuple[str, ...]]:
    """What the index remembers, whether all must be made anew, and what to say about that."""
    if full:
        return {}, True, ()
    try:
        return engine.indexed().sources, False, ()
    except IndexMissing:
        return {}, True, ()
    except IndexOutdated as error:
        return {}, True, (f"{error.message}: all sources are indexed anew",)


def _state(manifest: Manifest) -> IndexState:
    return IndexState(
        built="",
        version=__version__,
        records=0,
        root=str(manifest.root),
        manifest=str(manifest.path) if manifest.path else None,
        manifest_seen=manifest.seen,
        failures=tuple(
            Failure(problem.path, problem.line, problem.what, problem.hint, problem.lost)
            for problem in manifest.problems
        ),
    )


def _seen(source: Source) -> Seen:
    """What the disk says of a source; a file that cannot be looked at is like none seen before."""
    try:
        found = source.file.stat()
    except OSError:
        return Seen(_recipe(source), -1, UNSETTLED)
    return Seen(_recipe(source), found.st_size, found.st_mtime_ns)


def _recipe(source: Source) -> str:
    """A digest of what decides a source's records beside its content."""
    form = readers.format_of(source.path)
    reader = (form.name, form.version) if form else None
    return _digest(repr((source.declared, source.collection, source.split, reader)).encode())


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _index(source: Source, manifest: Manifest, known: Indexed | None, writer: Writer) -> bool:
    """Read one source and put what it holds into the index. True: its content proved to be what it was."""
    seen = _seen(source)
    try:
        data, mtime_ns = content(source.file)
        digest = _digest(data)
        if known and not known.failure and (known.recipe, known.content) == (seen.recipe, digest):
            writer.keep(source.path, replace(known, size=len(data), mtime_ns=mtime_ns))
            return True
        records = tuple(readers.read(source, data))
        if not records:
            raise ReaderError("holds no text", "check the file, or take its entry out of the manifest")
    except ReaderError as error:
        failure = _failure(source, manifest, error)
        writer.replace(source.path, (), Indexed("", seen.recipe, seen.size, seen.mtime_ns, 0, failure))
    else:
        writer.replace(source.path, records, Indexed(digest, seen.recipe, len(data), mtime_ns, len(records)))
    return False


def content(file: Path) -> tuple[bytes, int]:
    """A regular file's bytes and the time of its last change, as they were at one moment.

    The time is UNSETTLED where a later change might not move it. Raises ReaderError.
    """
    try:
        # A pipe in the file's place is not to hold the build up: it is opened without waiting, then refused.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as opened:
            for _ in range(2):
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    raise ReaderError("is not a regular file", "name a file with text in it")
                opened.seek(0)
                data = opened.read()
                after = os.fstat(descriptor)
                if (
                    (before.st_size, before.st_mtime_ns)
                    == (after.st_size, after.st_mtime_ns)
                    == (
                        len(data),
                        before.st_mtime_ns,
                    )
                ):
                    settled = abs(time.time_ns() - after.st_mtime_ns) > SETTLED_NS
                    return data, after.st_mtime_ns if settled else UNSETTLED
    except OSError as error:
        raise ReaderError(f"cannot be read: {error.strerror}", "check that it exists and may be read") from error
    raise ReaderError("changes while it is read", "build again when it is complete")


def _failure(source: Source, manifest: Manifest, error: ReaderError) -> Failure:
    if source.line is None:
        return Failure(source.path, None, error.message, error.hint)
    return Failure(manifest.shown, source.line, f"{source.path}: {error.message}", error.hint)
