"""Whoosh as the keeper of the index: segments and postings on disk, changed in one commit or not at all.

Beside Whoosh's own files stands `state-N.json`, which says for generation N of the index what each source was when
it was read. It is written before Whoosh's table of contents N gets its name, so the two always come together.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import struct
import zlib
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import EmptyIndexError, LockError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError
from whoosh.writing import CLEAR, SegmentWriter

from docindex import analysis, scoring
from docindex.engines.base import Answer
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.postings import WhooshPostings, id_of
from docindex.errors import IndexBusy, IndexDamaged, IndexMissing, IndexOutdated
from docindex.model import Failure, Indexed, IndexState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from whoosh.index import FileIndex

    from docindex.engines.base import Request
    from docindex.model import Record
    from docindex.scoring import Scores

POSTINGS_MEMORY = 128  # MB of postings held before they are written out as a sorted run

_DAMAGE = (
    CorruptIndexError,
    WhooshIndexError,
    pickle.UnpicklingError,
    struct.error,
    zlib.error,
    json.JSONDecodeError,
    UnicodeDecodeError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    AssertionError,
    AttributeError,
)
"""What a file that does not hold what it should makes Whoosh, or the reading of our own files, raise."""


class WhooshEngine:
    """An index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def indexed(self) -> IndexState:
        """What the index holds, as its last build left it."""
        with self._translated():
            return self._state(self._generation())

    def search(self, request: Request) -> Answer:
        """The records that match, in the order asked for."""
        with self._translated():
            opened = self._open()
            try:
                with opened.reader() as reader:
                    postings = WhooshPostings(reader)
                    scorer = scoring.Scorer(postings, exact=request.exact)
                    scores = scorer.scores(request.query)
                    chosen = _slice(_ordered(scores, request, postings), request)
                    ranked = tuple(
                        (schema.unpack(reader.stored_fields(document)["record"]), scores[document])
                        for document in chosen
                    )
                    return Answer(len(scores), ranked, tuple(scorer.cut.items()))
            finally:
                opened.close()

    @contextmanager
    def writer(self, about: IndexState, *, full: bool = False, lock_timeout: float = 5.0) -> Iterator[WhooshWriter]:
        """One change of the index, kept when the block ends well and forgotten when it does not."""
        opened = self._create() if full else self._open()
        try:
            inner = SegmentWriter(opened, timeout=lock_timeout, limitmb=POSTINGS_MEMORY)
        except LockError:
            raise IndexBusy(
                f"{self.folder}: another build is changing this index", "wait until it ends, then build again"
            ) from None
        try:
            writer = WhooshWriter(inner, {} if full else dict(self.indexed().sources), full=full)
            yield writer
            self._write_state(inner.generation, writer.state(about))
            writer.commit()
        except BaseException:
            if not inner.is_closed:
                inner.cancel()
            raise
        finally:
            opened.close()
        self._sweep(inner.generation)

    # Opening

    def _generation(self) -> int:
        """The latest generation of the index on disk."""
        found = [
            int(match[1])
            for name in (os.listdir(self.folder) if self.folder.is_dir() else ())
            if (match := re.fullmatch(r"_MAIN_([0-9]+)\.toc", name))
        ]
        if not found or max(found) == 0:  # generation 0 is the empty index that a first build starts from
            raise IndexMissing(f"{self.folder}: there is no index here", "docindex build")
        return max(found)

    def _open(self) -> FileIndex:
        self._state(self._generation())  # says so if the index is missing or outdated
        opened: FileIndex = _DurableStorage(str(self.folder)).open_index(schema=schema.schema())
        return opened

    def _create(self) -> FileIndex:
        """The index to be replaced, or an empty one where none can be opened."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / ".gitignore").write_text("*\n", encoding="ascii")
        storage = _DurableStorage(str(self.folder))
        opened: FileIndex
        try:
            opened = storage.open_index(schema=schema.schema())
        except (EmptyIndexError, *_DAMAGE):
            opened = storage.create_index(schema.schema())
        return opened

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except EmptyIndexError as error:
            raise IndexMissing(f"{self.folder}: there is no index here", "docindex build") from error
        except _DAMAGE as error:
            raise IndexDamaged(
                f"{self.folder}: the index is damaged ({type(error).__name__}: {error})", "docindex build --full"
            ) from error

    # The state beside Whoosh's files

    def _state(self, generation: int) -> IndexState:
        path = self.folder / f"state-{generation}.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise IndexDamaged(f"{path}: is missing", "docindex build --full") from None
        value: dict[str, Any] = json.loads(text)
        if value.pop("recipe") != recipe():
            raise IndexOutdated(
                f"{self.folder}: the index was made by docindex {value['version']} in another way", "docindex build"
            )
        value["manifest_seen"] = value["manifest_seen"] and tuple(value["manifest_seen"])
        value["failures"] = tuple(Failure(**failure) for failure in value["failures"])
        value["sources"] = {
            source: Indexed(content, own, size, mtime_ns, records, failure and Failure(**failure))
            for source, (content, own, size, mtime_ns, records, failure) in value["sources"].items()
        }
        return IndexState(**value)

    def _write_state(self, generation: int, state: IndexState) -> None:
        value = {"recipe": recipe(), **asdict(state)}
        value["sources"] = {path: list(indexed.values()) for path, indexed in value["sources"].items()}
        path = self.folder / f"state-{generation}.json"
        with path.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())

    def _sweep(self, generation: int) -> None:
        """Remove the states of earlier generations."""
        for path in self.folder.glob("state-*.json"):
            if path.name != f"state-{generation}.json":
                path.unlink(missing_ok=True)


class WhooshWriter:
    """The one writer of an index. Whoosh keeps what it is given aside until the commit."""

    def __init__(self, inner: SegmentWriter, sources: dict[str, Indexed], *, full: bool) -> None:
        self._inner = inner
        self._sources = sources
        self._full = full
        self._documents: dict[str, list[int]] | None = None

    def replace(self, path: str, records: Iterable[Record], indexed: Indexed) -> None:
        """Put a source's records in place of those it had."""
        self.remove(path)
        for record in records:
            self._inner.add_document(**schema.document(record))
        self._sources[path] = indexed

    def keep(self, path: str, indexed: Indexed) -> None:
        """Leave a source's records as they are and remember what was read of it."""
        self._sources[path] = indexed

    def remove(self, path: str) -> None:
        """Take a source and its records out of the index."""
        indexed = self._sources.pop(path, None)
        if indexed and indexed.records:
            for document in self._documents_of(path):
                self._inner.delete_document(document)

    def state(self, about: IndexState) -> IndexState:
        """What the index will hold when this change is made."""
        return replace(
            about,
            built=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            records=sum(indexed.records for indexed in self._sources.values()),
            sources=self._sources,
        )

    def commit(self) -> None:
        """Make the change what searches see."""
        self._inner.commit(mergetype=CLEAR if self._full else None)

    def _documents_of(self, path: str) -> list[int]:
        if self._documents is None:
            # Looked up once for all sources: deleting by a query would search the index for each of them.
            self._documents = {}
            with self._inner.reader() as reader:
                for name in reader.lexicon("path"):
                    self._documents[name.decode("utf-8", "surrogateescape")] = list(
                        reader.postings("path", name).all_ids()
                    )
        return self._documents.get(path, [])


class _DurableStorage(FileStorage):
    """A folder in which the table of contents gets its name only after all that it speaks of is on disk."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        if newname.endswith(".toc"):
            for path in Path(self.folder).iterdir():
                if path.is_file():
                    _sync(path)
        super().rename_file(oldname, newname, safe=safe)
        _sync(Path(self.folder))


def recipe() -> str:
    """What must be the same for an index to be read: these files' layout, the scoring's postings, the analysis."""
    return f"whoosh {schema.VERSION}, scoring {scoring.VERSION}, analysis {analysis.recipe()}"


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ordered(scores: Scores, request: Request, postings: WhooshPostings) -> Iterable[int]:
    """The documents in the order asked for; ties in the order of their ids."""

    def name(document: int) -> str:
        return id_of(postings.value("id", document))

    if request.sort == "score":
        return _by_score(scores, request, name)
    if request.sort == "path":
        return sorted(scores, key=name, reverse=request.reverse)
    if request.sort == "title":
        by_id = sorted(scores, key=name)
        return sorted(by_id, key=lambda document: postings.value("title", document), reverse=request.reverse)
    # By date the latest come first, as in a mailbox; what has no date comes last either way.
    days = {document: postings.value("earliest", document) for document in sorted(scores, key=name)}
    dated = sorted((document for document in days if days[document]), key=days.__getitem__, reverse=not request.reverse)
    return [*dated, *(document for document in days if not days[document])]


def _by_score(scores: Scores, request: Request, name: Callable[[int], str]) -> list[int]:
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
    return sorted(chosen, key=lambda document: (keys[document], name(document)))


def _slice(documents: Iterable[int], request: Request) -> list[int]:
    stop = None if request.limit is None else request.offset + request.limit
    return list(documents)[request.offset : stop]
