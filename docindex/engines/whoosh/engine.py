"""Whoosh as the keeper of the index: segments and postings on disk, changed in one commit or not at all."""

from __future__ import annotations

import gc
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace
from whoosh.reading import TermNotFound

from docindex.engines.whoosh import schema
from docindex.engines.whoosh.directory import Contents, Store
from docindex.engines.whoosh.error_translation import translate_errors
from docindex.engines.whoosh.searcher import WhooshSearcher, open_searcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from whoosh.index import FileIndex
    from whoosh.reading import IndexReader

    from docindex.engines.base import MapFunction
    from docindex.engines.whoosh.index_writer import Writer
    from docindex.engines.whoosh.inverter import Prepared
    from docindex.model import Failure, IndexState, Record, SourceState


class WhooshEngine:
    """An index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.location = str(folder)
        self._store = Store(folder)

    @property
    def invert(self) -> Callable[[Iterable[Record]], list[Prepared]]:
        """Return the function that inverts records. Worker processes run it, without an index."""
        from docindex.engines.whoosh.inverter import prepared

        return prepared

    def searcher(self) -> AbstractContextManager[WhooshSearcher]:
        """Open the latest commit."""
        return open_searcher(self._store)

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
        with self._store.locked(lock_timeout, on_lock_wait), gc_tuned(), ExitStack() as stack:
            known = None if full else stack.enter_context(self.searcher())
            with translate_errors(self._store):
                writer = WhooshWriter(self._store, lambda: self._begun(map_function, full=full), known)
            try:
                yield writer
                with translate_errors(self._store):
                    generation = writer.commit(state)
            except BaseException:
                writer.cancel()
                raise
            finally:
                writer.close()
            with suppress(OSError):
                self._store.sweep(generation)

    def _begun(self, map_function: MapFunction, *, full: bool) -> Writer:
        """Whoosh's own writer, of the index as it is; of an empty one, where it is replaced and cannot be opened."""
        from docindex.engines.whoosh.index_writer import Writer

        opened: FileIndex
        try:
            opened = self._store.open_index(schema=schema.schema())
        except Exception:  # whatever is wrong with it
            if not full:
                raise
            opened = self._store.create_index(schema.schema())
        return Writer(opened, self._store, map_function)


@contextmanager
def gc_tuned() -> Iterator[None]:
    """Raise the garbage collector's thresholds: postings hold no cycles, and collecting took 25 % of a build."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class WhooshWriter:
    """The one writer of an index. Whoosh keeps what it is given aside until the commit.

    Whoosh's own writer, which takes a while to load, is asked for when there is something to write.
    """

    def __init__(self, store: Store, begin: Callable[[], Writer], known: WhooshSearcher | None) -> None:
        self._store = store
        self._begin = begin
        self._known = known  # the index as it is; None where nothing of it is to stay
        self._listing = store.listing()
        self._gone: set[str] = set()  # paths of sources that are taken out
        self._inner: Writer | None = None

    def replace_source(self, path: str, source: SourceState) -> None:
        """Take a source's records out of the index and remember what was read: `add` is given its new ones."""
        self._take_out(path)
        self.keep_source(path, source)

    def add_documents(self, taken: Iterable[Prepared]) -> None:
        """Take in records."""
        with translate_errors(self._store):
            for some in taken:
                self._begun().add(some)

    def keep_source(self, path: str, source: SourceState) -> None:
        """Leave a source's records as they are and remember what was read of it."""
        with translate_errors(self._store):
            self._listing.add(path, source)

    def delete_source(self, path: str) -> None:
        """Take a source and its records out of the index."""
        self._gone.add(path)
        self._take_out(path)

    def _take_out(self, path: str) -> None:
        if self._known:
            with translate_errors(self._store):
                for document in _documents_of(path, self._known.reader):
                    self._begun().delete_document(document)

    def commit(self, state: IndexState) -> int:
        """Commit all changes. Return the number of the new generation."""
        found = self._listing
        with self._sources() as before:
            stays = self._known and not self._gone and not found
            if stays:
                for _, indexed in before:
                    found.count(indexed)
            else:
                found.write(before, self._gone)
        state = replace(
            state,
            built=_now(),
            sources=found.sources,
            records=found.records,
            failures=tuple(sorted([*state.failures, *found.failures], key=_as_listed)),
        )
        contents = Contents(state, None if stays else found.path)
        if self._known and not self._inner:
            return self._store.renew(contents)
        return self._begun().commit_as(contents, full=not self._known)

    def cancel(self) -> None:
        """Leave the index as it was."""
        if self._inner and not self._inner.is_closed:
            with suppress(Exception):  # what went wrong is told, not what that leads to
                self._inner.cancel()
        self._store.forget(self._inner.newsegment if self._inner else None)

    def close(self) -> None:
        """Hold nothing any more."""
        self._listing.close()

    @contextmanager
    def _sources(self) -> Iterator[Iterable[tuple[str, SourceState]]]:
        """What is remembered of the sources so far."""
        if not self._known:
            yield ()
            return
        yield self._known.sources()

    def _begun(self) -> Writer:
        if not self._inner:
            self._inner = self._begin()
        return self._inner


def _documents_of(path: str, reader: IndexReader) -> list[int]:
    try:
        return list(reader.postings("path", path.encode("utf-8", "surrogateescape")).all_ids())
    except TermNotFound:
        return []


def _as_listed(failure: Failure) -> tuple[int, str, str]:
    """By the manifest's lines; of one, and where there is no manifest, by the files' names."""
    return failure.line or 0, failure.place, failure.reason


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
