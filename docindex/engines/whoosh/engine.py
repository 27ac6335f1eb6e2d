"""The engine that keeps an index in files of a codec of its own for Whoosh: one commit, or
nothing, at a time.
"""

from __future__ import annotations

import gc
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.engines.whoosh.commit import Commit, CommitFiles, latest_generation, read_commit, write_commit
from docindex.engines.whoosh.directory import (
    COMMIT_NAME,
    FAMILIES_UNFINISHED,
    SOURCES_UNFINISHED,
    UNFINISHED,
    Directory,
)
from docindex.engines.whoosh.error_translation import translate_errors
from docindex.engines.whoosh.searcher import WhooshSearcher, open_searcher
from docindex.engines.whoosh.source_catalog import SourceCatalog, SourceTally
from docindex.engines.whoosh.temp_files import close_files
from docindex.errors import EngineError
from docindex.model import collection_root
from docindex.system.interrupts import defer_sigint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docindex.engines.base import MapFunction
    from docindex.engines.whoosh.codec.mmap_file import FileStamp
    from docindex.engines.whoosh.codec.segment import SegmentInfo
    from docindex.engines.whoosh.index_writer import IndexWriter
    from docindex.engines.whoosh.inverter import InvertedBatch
    from docindex.model.documents import Failure, IndexState, Record, SourceState


class WhooshEngine:
    """An index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.location = str(folder)
        self._directory = Directory(folder)

    @property
    def invert(self) -> Callable[[Iterable[Record]], list[InvertedBatch]]:
        """Return the function that inverts records. Worker processes run it, without an index."""
        from docindex.engines.whoosh.inverter import invert  # here: it loads NumPy

        return invert

    def searcher(self) -> AbstractContextManager[WhooshSearcher]:
        """Open the latest commit."""
        return open_searcher(self._directory)

    @contextmanager
    def writer(
        self,
        state: IndexState,
        *,
        full: bool = False,
        lock_timeout: float = 5.0,
        on_lock_wait: Callable[[str], None] | None = None,
        map_function: MapFunction = map,
    ) -> Iterator[WhooshWriter]:
        """Open the one writer. Leaving the block commits; an exception rolls back."""
        with self._directory.locked(lock_timeout, on_lock_wait), gc_tuned(), ExitStack() as stack:
            known = None if full else stack.enter_context(self.searcher())
            writer = WhooshWriter(self._directory, known, map_function)
            try:
                yield writer
                with translate_errors(self._directory.path):
                    commit = writer.commit(state)
            except BaseException:
                if not writer.is_committed:
                    writer.rollback()
                raise
            finally:
                writer.close()
            with suppress(OSError):
                self._directory.delete_unreferenced(_names(commit))


def _names(commit: Commit) -> set[str]:
    return {*commit.files.names(), f"commit-{commit.generation}.json"}


@contextmanager
def gc_tuned() -> Iterator[None]:
    """Raise the garbage collector's thresholds: postings hold no cycles, and collecting took 25
    % of a build.
    """
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class WhooshWriter:
    """The one writer of an index.

    What it is given is written to files that no commit names before its own.
    """

    def __init__(self, directory: Directory, known: WhooshSearcher | None, map_function: MapFunction) -> None:
        self._directory = directory
        self._known = known  # the latest commit; None if nothing of it stays
        self._map_function = map_function
        self._sources = SourceCatalog(directory.path)
        self._deleted_sources: set[str] = set()
        self._tally_before: SourceTally | None = None
        self._inner: IndexWriter | None = None
        self.is_committed = False
        self.generation = 0

    def sources_before(self) -> Iterator[tuple[str, SourceState]]:
        """Yield the sources before the build, and count them in passing."""
        tally = SourceTally()
        for line in self._known.sources() if self._known else ():
            tally.count(line[1])
            yield line
        self._tally_before = tally

    def replace_source(self, path: str, source: SourceState) -> None:
        """Delete the source's records and store its state."""
        self._delete_records(path)
        self.keep_source(path, source)

    def add_documents(self, inverted: Iterable[InvertedBatch]) -> None:
        """Add records."""
        with translate_errors(self._directory.path):
            for batch in inverted:
                self._index_writer().add(batch)

    def keep_source(self, path: str, source: SourceState) -> None:
        """Keep the source's records and store its state."""
        with translate_errors(self._directory.path):
            self._sources.add(path, source)

    def delete_source(self, path: str) -> None:
        """Delete a source and its records."""
        self._deleted_sources.add(path)
        self._delete_records(path)

    def _delete_records(self, path: str) -> None:
        if not self._known:
            return
        term = path.encode("utf-8", "surrogateescape")
        with translate_errors(self._directory.path):
            for place, segment in enumerate(self._known.segments):
                found = segment.terms.postings("path", term)
                for document in found.documents if found else ():
                    if document not in segment.deleted:
                        self._index_writer().delete(place, document)

    def commit(self, state: IndexState) -> Commit:
        """Commit all changes."""
        known = self._known
        catalog = self._sources
        tally = catalog.tally
        if known and not self._deleted_sources and not catalog:
            if self._tally_before is None:
                for _ in self.sources_before():
                    pass
            tally = self._tally_before or tally
            newest = known.state.newest
            name, stamp = known.commit.files.sources_name, known.commit.files.sources
        else:
            name = ""
            before = known.sources() if known else ()
            file = self._directory.create_checked(SOURCES_UNFINISHED)
            stamp = catalog.write(file, before, self._deleted_sources)
            newest = tally.newest
        state = replace(
            collection_root.to_store(state, self._directory.path),
            built=_now(),
            sources=tally.sources,
            records=tally.records,
            failures=tuple(sorted([*state.failures, *tally.failures], key=_manifest_order)),
            left_out=tally.left_out,
            newest=newest,
            unread_pages=tally.unread_pages,
        )
        segments: tuple[SegmentInfo, ...] = known.commit.files.segments if known else ()
        families_name, families = "", (0, 0)
        if self._inner:
            segments = self._inner.finish()
            families = self._write_families(self._inner.families(segments))
        elif known:
            families_name, families = known.commit.files.families_name, known.commit.files.families
        else:
            families = self._write_families(b"")
        generation = self._next_generation()
        if not name:
            name = f"sources-{generation}.jsonl"
            self._directory.rename(SOURCES_UNFINISHED, name)
        if not families_name:
            families_name = f"families-{generation}.bin"
            self._directory.rename(FAMILIES_UNFINISHED, families_name)
        commit = Commit(generation, CommitFiles(segments, name, stamp, families_name, families), state)
        with defer_sigint():  # a commit that is visible is not undone
            write_commit(self._directory, commit)
            self.is_committed = True
            self.generation = generation
        return commit

    def _write_families(self, numbers: bytes) -> FileStamp:
        file = self._directory.create_checked(FAMILIES_UNFINISHED)
        try:
            file.write(numbers)
            return file.finish()
        finally:
            close_files(file)

    def _next_generation(self) -> int:
        names = self._directory.names()
        return 1 + max((int(found[1]) for name in names if (found := COMMIT_NAME.fullmatch(name))), default=0)

    def rollback(self) -> None:
        """Delete the files of an unfinished build."""
        if self._inner:
            self._inner.close()
        with suppress(OSError, EngineError):
            if self._known:
                self._directory.delete_unreferenced(_names(self._known.commit))
            else:
                self._delete_unfinished()

    def _delete_unfinished(self) -> None:
        """Delete the files of an unfinished build whose index was not opened.

        That index may be damaged.
        """
        try:
            kept = _names(read_commit(self._directory, latest_generation(self._directory)))
        except EngineError:
            own = self._inner.name if self._inner else SOURCES_UNFINISHED
            for name in self._directory.names():
                if name in UNFINISHED or name.startswith(f"{own}."):
                    self._directory.remove(name)
        else:
            self._directory.delete_unreferenced(kept)

    def close(self) -> None:
        """Close all files."""
        self._sources.close()
        if self._inner:
            self._inner.close()

    def _index_writer(self) -> IndexWriter:
        if not self._inner:
            from docindex.engines.whoosh.index_writer import IndexWriter  # here: a build of nothing needs no NumPy

            known = self._known
            segments, families = (known.segments, known.families) if known else ((), memoryview(b""))
            self._inner = IndexWriter(self._directory, segments, families, self._map_function)
        return self._inner


def _manifest_order(failure: Failure) -> tuple[int, str, str]:
    """Order by the manifest's lines, then by name."""
    return failure.line or 0, failure.place, failure.reason


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
