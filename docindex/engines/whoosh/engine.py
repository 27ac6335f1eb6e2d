"""Whoosh as the keeper of the index: segments and postings on disk, changed in one commit or not at all."""

from __future__ import annotations

import gc
import pickle
import struct
import zlib
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, TypeVar

from msgspec import DecodeError
from msgspec.structs import replace
from whoosh.index import EmptyIndexError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError, TermNotFound

from docindex.engines.base import SearchResponse
from docindex.engines.whoosh import schema, source_catalog
from docindex.engines.whoosh.codec import term_dictionary_reader
from docindex.engines.whoosh.directory import REBUILD, Contents, Store
from docindex.engines.whoosh.index_reader import WhooshPostings
from docindex.errors import DocindexError, EngineError, IndexDamaged, IndexMissing
from docindex.model import Groups
from docindex.ranking import bm25, near_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from whoosh.index import FileIndex
    from whoosh.reading import IndexReader

    from docindex.engines.base import MapFunction, SearchRequest
    from docindex.engines.whoosh.index_writer import Writer
    from docindex.engines.whoosh.inverter import Prepared
    from docindex.model import Failure, IndexState, Record, SourceState
    from docindex.ranking.bm25 import Scores
    from docindex.ranking.term_list import Vocabulary

Found = TypeVar("Found")

TRIES = 5  # to open an index that a build is changing

_DAMAGE = (
    CorruptIndexError,
    WhooshIndexError,
    pickle.UnpicklingError,
    struct.error,
    zlib.error,
    DecodeError,
    UnicodeDecodeError,
    EOFError,
)
"""What Whoosh, or the reading of our own files, raises over a file that does not hold what it should."""


class _Opened:
    """One generation of the index, open."""

    def __init__(self, generation: int, state: IndexState, reader: IndexReader, folder: Path) -> None:
        self.generation = generation
        self.state = state
        self.reader = reader
        self._folder = folder

    @cached_property
    def words(self) -> Sequence[Mapping[str, term_dictionary_reader.Words]]:
        """The words of each segment: read only for a search, for they are many."""
        segments = filter(None, (leaf.segment() for leaf, _ in self.reader.leaf_readers()))  # an empty index has none
        return [term_dictionary_reader.read(self._folder, segment.segment_id()) for segment in segments]


class WhooshEngine:
    """An index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._store = Store(folder)
        self._opened: _Opened | None = None

    @property
    def invert(self) -> Callable[[Iterable[Record]], list[Prepared]]:
        """Analysis is most of the work, and needs no index."""
        from docindex.engines.whoosh.inverter import prepared

        return prepared

    def state(self) -> IndexState:
        """What the index says of itself, as its last build left it."""
        with _translated(self._store):
            return self._settled(lambda: self._open().state)

    def sources(self) -> Iterator[tuple[str, SourceState]]:
        """What is remembered of each source, read as it is asked for."""
        with _translated(self._store), self._settled(lambda: self._store.sources(self._open().generation)) as file:
            yield from source_catalog.read(file)

    def search(self, request: SearchRequest) -> SearchResponse:
        """The records that match, in the order asked for."""
        with _translated(self._store):
            return self._settled(lambda: self._search(request))

    def _search(self, request: SearchRequest) -> SearchResponse:
        opened = self._open()
        postings = WhooshPostings(opened.reader, opened.words)
        scorer = bm25.Scorer(postings, exact=request.exact, certain=request.certain)
        if request.limit == 0 and request.alike == "show":  # only how many: nothing need be ranked
            found = scorer.matches(request.query)
            return SearchResponse(
                len(found), (), tuple(scorer.truncated_expansions.items()), postings.facets(found, request.facets)
            )
        scores = scorer.scores(request.query)
        groups, chosen = _chosen(scores, request, postings)
        shown = [group if request.alike == "only" else group[:1] for group in chosen]
        return SearchResponse(
            total=len(scores),
            hits=tuple((schema.unpack(postings.record(one)), scores[one]) for group in shown for one in group),
            truncated_expansions=tuple(scorer.truncated_expansions.items()),
            facets=postings.facets(scores.keys(), request.facets),
            groups=groups,
            alike={name: tuple(others) for group in chosen for name, *others in [map(postings.id, group)] if others},
        )

    def records(self, request: SearchRequest) -> Iterator[Record]:
        """The records that match, each unpacked when its turn comes."""
        with _translated(self._store):
            postings, chosen = self._settled(lambda: self._documents(request))
            for document in chosen:
                yield schema.unpack(postings.record(document))

    def _documents(self, request: SearchRequest) -> tuple[WhooshPostings, list[int]]:
        opened = self._open()
        postings = WhooshPostings(opened.reader, opened.words)
        scores = bm25.Scorer(postings, exact=request.exact, certain=request.certain).scores(request.query)
        return postings, _slice(_ordered(scores, request, postings), request)

    def vocabulary(self) -> Mapping[str, Sequence[Vocabulary]]:
        """The words of the index."""
        with _translated(self._store):
            return self._settled(lambda: term_dictionary_reader.folded(self._open().words))

    def _open(self) -> _Opened:
        """The index as its last build left it; it stays open for the next search."""
        generation = self._store.generation()
        if self._opened is None or self._opened.generation != generation:
            self._close()
            state = self._store.state(generation)  # says so if the index is outdated or damaged
            reader = self._store.open_index(schema=schema.schema()).reader()
            self._opened = _Opened(generation, state, reader, self.folder)
        return self._opened

    def _close(self) -> None:
        if self._opened:
            self._opened.reader.close()
            self._opened = None

    def _settled(self, look: Callable[[], Found]) -> Found:
        """What a look at the index finds. A build may take files away between one step and the next: then again."""
        for _ in range(TRIES - 1):
            generation = self._store.generation()
            try:
                return look()
            except (FileNotFoundError, IndexDamaged):
                if self._store.generation() == generation:
                    raise
        return look()

    @contextmanager
    def writer(
        self,
        about: IndexState,
        *,
        full: bool = False,
        lock_timeout: float = 5.0,
        waiting: Callable[[str], None] | None = None,
        apply: MapFunction = map,
    ) -> Iterator[WhooshWriter]:
        """One change of the index, kept when the block ends well and forgotten when it does not."""
        with self._store.locked(lock_timeout, waiting), _few_collections():
            with _translated(self._store):
                known = None if full else self._open()
                writer = WhooshWriter(self._store, lambda: self._begun(apply, full=full), known)
            try:
                yield writer
                with _translated(self._store):
                    generation = writer.commit(about)
            except BaseException:
                writer.cancel()
                raise
            finally:
                writer.close()
            self._close()
            with suppress(OSError):
                self._store.sweep(generation)

    def _begun(self, apply: MapFunction, *, full: bool) -> Writer:
        """Whoosh's own writer, of the index as it is; of an empty one, where it is replaced and cannot be opened."""
        from docindex.engines.whoosh.index_writer import Writer

        opened: FileIndex
        try:
            opened = self._store.open_index(schema=schema.schema())
        except Exception:  # whatever is wrong with it
            if not full:
                raise
            opened = self._store.create_index(schema.schema())
        return Writer(opened, self._store, apply)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Millions of postings are held that lead to nothing else: going through them again and again in search of cycles
    took a quarter of a build.
    """
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _translated(store: Store) -> Iterator[None]:
    """Failures of Whoosh and of the disk, in our own words."""
    folder = store.path
    try:
        yield
    except DocindexError:
        raise
    except EmptyIndexError as error:
        raise IndexMissing(f"{folder}: there is no index here", "docindex build") from error
    except _DAMAGE as error:
        raise IndexDamaged(f"{folder}: the index is damaged ({type(error).__name__}: {error})", REBUILD) from error
    except FileNotFoundError as error:
        raise IndexDamaged(f"{error.filename or folder}: is missing", REBUILD) from error
    except OSError as error:
        raise EngineError(f"{error.filename or folder}: {error.strerror or error}", "check the disk") from error
    except Exception as error:
        # Bits that have turned by themselves, which no file's time tells, may lead to anything.
        try:
            store.verify()
        except EngineError as damage:
            raise damage from error
        raise


class WhooshWriter:
    """The one writer of an index. Whoosh keeps what it is given aside until the commit.

    Whoosh's own writer, which takes a while to load, is asked for when there is something to write.
    """

    def __init__(self, store: Store, begin: Callable[[], Writer], known: _Opened | None) -> None:
        self._store = store
        self._begin = begin
        self._known = known  # the index as it is; None where nothing of it is to stay
        self._listing = store.listing()
        self._gone: set[str] = set()  # paths of sources that are taken out
        self._inner: Writer | None = None

    def replace_source(self, path: str, indexed: SourceState) -> None:
        """Take a source's records out of the index and remember what was read: `add` is given its new ones."""
        self._take_out(path)
        self.keep_source(path, indexed)

    def add_documents(self, taken: Iterable[Prepared]) -> None:
        """Take in records."""
        with _translated(self._store):
            for some in taken:
                self._begun().add(some)

    def keep_source(self, path: str, indexed: SourceState) -> None:
        """Leave a source's records as they are and remember what was read of it."""
        with _translated(self._store):
            self._listing.add(path, indexed)

    def delete_source(self, path: str) -> None:
        """Take a source and its records out of the index."""
        self._gone.add(path)
        self._take_out(path)

    def _take_out(self, path: str) -> None:
        if self._known:
            with _translated(self._store):
                for document in _documents_of(path, self._known.reader):
                    self._begun().delete_document(document)

    def commit(self, about: IndexState) -> int:
        """Make all of it the index; the number of this generation."""
        found = self._listing
        with self._sources() as before:
            stays = self._known and not self._gone and not found
            if stays:
                for _, indexed in before:
                    found.count(indexed)
            else:
                found.write(before, self._gone)
        state = replace(
            about,
            built=_now(),
            sources=found.sources,
            records=found.records,
            failures=tuple(sorted([*about.failures, *found.failures], key=_as_listed)),
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
        with self._store.sources(self._known.generation) as file:
            yield source_catalog.read(file)

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


def _chosen(scores: Scores, request: SearchRequest, postings: WhooshPostings) -> tuple[Groups | None, list[list[int]]]:
    """The documents of the slice in groups that are alike, or each by itself; and how many groups there are in all."""
    if request.alike == "show":
        return None, [[document] for document in _slice(_ordered(scores, request, postings), request)]
    order = _ordered(scores, replace(request, limit=None), postings)
    groups = near_duplicates.grouped(postings.signatures(order), only=request.alike == "only")
    return Groups(len(groups), sum(map(len, groups))), _slice(groups, request)


def _ordered(scores: Scores, request: SearchRequest, postings: WhooshPostings) -> list[int]:
    """The documents in the order asked for; ties in the order of their ids."""
    if request.sort == "score":
        return _by_score(scores, request, postings)
    names = postings.ids(scores)
    by_id = sorted(scores, key=names.__getitem__, reverse=request.reverse and request.sort == "path")
    if request.sort == "path":
        return by_id
    if request.sort == "title":
        return sorted(by_id, key=lambda document: postings.value("title", document), reverse=request.reverse)
    # By date the latest come first, as in a mailbox; what has no date comes last either way.
    days = {document: postings.value("earliest", document) for document in by_id}
    dated = sorted((document for document in days if days[document]), key=days.__getitem__, reverse=not request.reverse)
    return [*dated, *(document for document in days if not days[document])]


def _by_score(scores: Scores, request: SearchRequest, postings: WhooshPostings) -> list[int]:
    if request.limit == 0:
        return []
    sign = 1.0 if request.reverse else -1.0
    # Rounded, so that the order in which parts were added up decides nothing.
    keys = {document: round(sign * score, 9) for document, score in scores.items()}
    if request.limit is None or request.offset + request.limit >= len(keys):
        chosen = list(keys)
    else:
        # Ids are looked up only for what can come into the slice.
        last = nsmallest(request.offset + request.limit, keys.values())[-1] if keys else 0.0
        chosen = [document for document, key in keys.items() if key <= last]
    names = postings.ids(chosen)
    return sorted(sorted(chosen, key=names.__getitem__), key=keys.__getitem__)


def _slice(listed: Iterable[Found], request: SearchRequest) -> list[Found]:
    stop = None if request.limit is None else request.offset + request.limit
    return list(listed)[request.offset : stop]
