"""The folder an index is kept in: its generations, what each of them is made of, and who may change it.

A generation N is Whoosh's table of contents `_MAIN_N.toc`, the segments it names, a `sources-M.jsonl` (of the last
generation in which it changed: what each source was when it was read), and our `state-N.json`: what the index says of
itself, and the size, time and checksum of each of the generation's files. The table gets its name last, when all else
is on disk, so a generation is there whole or not at all.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Struct
from whoosh.filedb.filestore import FileStorage
from whoosh.util.filelock import FileLock

from docindex.analysis import analyzer
from docindex.engines.whoosh import schema
from docindex.engines.whoosh.codec import mmap_file
from docindex.engines.whoosh.source_catalog import Listing
from docindex.errors import EngineError, IndexBusy, IndexDamaged, IndexMissing, IndexOutdated
from docindex.model import IndexState
from docindex.ranking import index_reader, near_duplicates
from docindex.serialization import dumps, loads

if TYPE_CHECKING:
    from typing import BinaryIO

    from whoosh.codec.base import Segment
    from whoosh.filedb.structfile import StructFile

SEGMENT = ".seg"
REBUILD = "docindex build --full"
_TABLE = re.compile(r"_MAIN_([0-9]+)\.toc")
_STATE = re.compile(r"state-([0-9]+)\.json")
_LISTING = re.compile(r"sources-[0-9]+\.jsonl")
_LOCK = "lock"
_IGNORE = ".gitignore"
_UNFINISHED = "MAIN.tmp"  # where Whoosh has a segment until it is whole
SOURCES, LENGTHS, WORDS = _ON_THEIR_WAY = "sources.tmp", "lengths.tmp", "words.tmp"
_OURS = re.compile(
    r"_MAIN_[0-9]+\.toc(\..+)?|MAIN_[a-z0-9]{16}\..+|MAIN\.tmp|state-[0-9]+\.json|sources-[0-9]+\.jsonl"
    r"|(sources|lengths|words)\.tmp|lock"
)
"""Names of what an index is made of, and of what a build has begun. Nothing else in its folder is ever touched."""
_CHUNK = 1 << 20


def recipe() -> str:
    """What must be the same for an index to be read: these files' layout, the scoring's postings, the analysis."""
    layers = f"whoosh {schema.VERSION}, scoring {index_reader.VERSION}, alike {near_duplicates.VERSION}"
    return f"{layers}, analysis {analyzer.fingerprint()}"


_Seal = tuple[int, int, int]
"""A file's size, mtime_ns and checksum."""


class _Head(Struct, frozen=True):
    """What a generation's file begins with: its layout is never changed, so that any docindex can tell another's."""

    recipe: str
    version: str  # of docindex
    files: dict[str, _Seal]


class Contents(Struct, frozen=True):
    """What a generation comes with, beside its segments."""

    state: IndexState
    listing: Path | None  # None: the one that there is stays


class Store(FileStorage):
    """A folder whose table of contents gets its name only when all that it speaks of is on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), supports_mmap=False)  # by its own way, that is: segments go by ours
        self.path = folder
        self.pending: tuple[Contents, Set[str]] | None = None
        """What the next table of contents comes with, and the names of its segments."""

    # Reading

    def open_file(self, name: str, **options: Any) -> StructFile:
        """A file to be read."""
        return mmap_file.opened(self.path / name) if name.endswith(SEGMENT) else super().open_file(name, **options)

    def generation(self) -> int:
        """The latest generation. Raises IndexMissing, or IndexDamaged where only part of one is left."""
        try:
            names = os.listdir(self.path)
        except FileNotFoundError:
            names = []
        except OSError as error:
            raise EngineError(f"{self.path}: cannot be read: {error.strerror}", "check its permissions") from error
        tables = [int(found[1]) for name in names if (found := _TABLE.fullmatch(name))]
        states = [int(found[1]) for name in names if (found := _STATE.fullmatch(name))]
        whole = set(tables) & set(states)
        if whole:
            return max(whole)
        if max(tables, default=0) > 0 or (states and not tables):
            raise IndexDamaged(f"{self.path}: files of the index are missing", REBUILD)
        raise IndexMissing(f"{self.path}: there is no index here", "docindex build")

    def state(self, generation: int) -> IndexState:
        """What a generation says of itself, after a look at each of its files."""
        head, state = self._read_state(generation)
        if head.recipe != recipe():
            raise IndexOutdated(
                f"{self.path}: this index was made in another way, by docindex {head.version}", "docindex build"
            )
        for name, (size, mtime_ns, checksum) in head.files.items():
            self._check(name, size, mtime_ns, checksum)
        return loads(state, IndexState)

    def sources(self, generation: int) -> BinaryIO:
        """What a generation remembers of its sources (`listing.read`)."""
        return (self.path / self._listing(self._read_state(generation)[0].files)).open("rb")

    def size(self, generation: int) -> int:
        """Return the bytes of a generation's files."""
        return sum(size for size, _, _ in self._read_state(generation)[0].files.values())

    def _listing(self, files: Iterable[str]) -> str:
        """Which of a generation's files tells of its sources."""
        for name in filter(_LISTING.fullmatch, files):
            return name
        raise IndexDamaged(f"{self.path}: files of the index are missing", REBUILD)

    def _read_state(self, generation: int) -> tuple[_Head, bytes]:
        """What must be known before a state can be read, and the state, unread."""
        path = self.path / f"state-{generation}.json"
        with path.open("rb") as file:
            checksum, head, state = file.readline(), file.readline(), file.read()
        if checksum != b"%08x\n" % zlib.crc32(state, zlib.crc32(head)):
            raise IndexDamaged(f"{path}: does not hold what was written", REBUILD)
        return loads(head, _Head), state

    def _check(self, name: str, size: int, mtime_ns: int, checksum: int) -> None:
        """Size and time tell a file that was touched; then its checksum tells whether it is still the same.

        A table of contents is so small that its checksum is always looked at: it is a pickle, of all kinds of things.
        And so is that of what is remembered: of other numbers there nothing would be seen to be wrong.
        """
        path = self.path / name
        found = path.stat()
        doubtful = found.st_mtime_ns != mtime_ns or _TABLE.fullmatch(name) or _LISTING.fullmatch(name)
        if found.st_size != size or (doubtful and _checksum(path) != checksum):
            raise IndexDamaged(f"{path}: does not hold what was written", REBUILD)

    # Changing

    @contextmanager
    def locked(self, timeout: float, waiting: Callable[[str], None] | None) -> Iterator[None]:
        """The right to change the index, or IndexBusy after `timeout` seconds; `waiting` is told who has it.

        It ends with its process, however that ends.
        """
        try:
            self._check_folder()
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.path / _IGNORE).exists():
                (self.path / _IGNORE).write_text("*\n", encoding="ascii")
            lock = FileLock(str(self.path / _LOCK))
            self._acquire(lock, timeout, waiting)
        except OSError as error:
            raise EngineError(f"{self.path}: cannot be written: {error.strerror}", "check its permissions") from error
        try:
            now = datetime.now(UTC).strftime("%H:%M:%S")
            (self.path / _LOCK).write_text(f"process {os.getpid()} since {now} UTC", encoding="ascii")
            yield
        finally:
            lock.release()

    def _check_folder(self) -> None:
        """Raise EngineError where there is no index, but what is somebody's own: it might be named by mistake."""
        names = os.listdir(self.path) if self.path.exists() else []
        others = [name for name in sorted(names) if not (name.startswith(".") or _OURS.fullmatch(name))]
        if others and not any(map(_STATE.fullmatch, names)):
            what = f"{self.path}: is no index, and holds other files ({others[0]})"
            raise EngineError(what, "name a folder of its own, such as --index .docindex")

    def _acquire(self, lock: Any, timeout: float, waiting: Callable[[str], None] | None) -> None:
        last = time.monotonic() + timeout
        told = False
        while not lock.acquire():
            holder = (self.path / _LOCK).read_text(encoding="ascii", errors="replace") or "another process"
            if time.monotonic() >= last:
                raise IndexBusy(
                    f"{self.path}: another build is changing this index ({holder})", "wait until it has ended"
                )
            if waiting and not told:
                waiting(holder)
                told = True
            time.sleep(0.05)

    def listing(self) -> Listing:
        """One for the next generation."""
        return Listing(self.path / SOURCES)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a finished file its name; a table of contents after all else of its generation is on disk."""
        table = _TABLE.fullmatch(newname)
        if table and self.pending:
            contents, segments = self.pending
            known = self._files()
            if contents.listing:
                listing = f"sources-{table[1]}.jsonl"
                contents.listing.replace(self.path / listing)
            else:
                listing = self._listing(known)
            own = [listing, *(name for name in os.listdir(self.path) if name.split(".")[0] in segments)]
            files = {name: _seal(self.path / name, known.get(name)) for name in own}
            files[newname] = _seal(self.path / oldname)
            self._write_state(int(table[1]), contents.state, files)
            self.pending = None
        super().rename_file(oldname, newname, safe=safe)
        _sync(self.path)

    def renew(self, contents: Contents) -> int:
        """A generation of the segments that there are, which says something else of itself; its number."""
        opened = self.open_index(schema=schema.schema())
        table = opened._read_toc()
        table.generation += 1
        self.pending = contents, names(table.segments)
        table.write(self, opened.indexname)
        return int(table.generation)

    def verify(self, segments: Set[str] | None = None) -> None:
        """Read the files of some segments, or all.

        Raises IndexDamaged where one does not hold what was written, though its size and time are the same.
        """
        for name, (_, _, checksum) in self._files().items():
            path = self.path / name
            asked = segments is None or name.split(".")[0] in segments
            if asked and (not path.exists() or _checksum(path) != checksum):
                raise IndexDamaged(f"{path}: does not hold what was written", REBUILD)

    def _files(self) -> dict[str, _Seal]:
        """What is known of the latest generation's files; nothing where there is none, or none that can be read."""
        try:
            return self._read_state(self.generation())[0].files
        except (EngineError, DecodeError, OSError):
            return {}

    def _write_state(self, generation: int, state: IndexState, files: dict[str, _Seal]) -> None:
        head, text = dumps(_Head(recipe(), state.version, files)) + b"\n", dumps(state)
        with (self.path / f"state-{generation}.json").open("wb") as file:
            file.writelines((b"%08x\n" % zlib.crc32(text, zlib.crc32(head)), head, text))
            file.flush()
            os.fsync(file.fileno())

    def forget(self, segment: Segment | None) -> None:
        """Remove what a build has left that was broken off, the files of its segment among it."""
        with suppress(OSError):
            try:
                self.sweep(self.generation())
            except (EngineError, DecodeError):  # there is no index, or one that is damaged: of that all is left
                begun = f"{segment.segment_id()}." if segment else _UNFINISHED
                for path in self.path.iterdir():
                    if path.name in _ON_THEIR_WAY or path.name.startswith(begun):
                        path.unlink()

    def sweep(self, generation: int) -> None:
        """Remove what earlier generations and broken-off builds have left."""
        kept = {*self._read_state(generation)[0].files, f"state-{generation}.json", _LOCK}
        for path in self.path.iterdir():
            if path.name not in kept and _OURS.fullmatch(path.name) and path.is_file():
                path.unlink(missing_ok=True)
        shutil.rmtree(self.path / _UNFINISHED, ignore_errors=True)


def names(segments: Iterable[Segment]) -> set[str]:
    """What the files of some segments are named after."""
    return {segment.segment_id() for segment in segments}


def _seal(path: Path, known: _Seal | None = None) -> _Seal:
    """Bring a file to the disk; its size, time and checksum. One that is known, and was not touched, is there."""
    found = path.stat()
    if known and known[:2] == (found.st_size, found.st_mtime_ns):
        return known
    _sync(path)
    return found.st_size, found.st_mtime_ns, _checksum(path)


def _checksum(path: Path) -> int:
    """CRC-32 of a file's bytes."""
    total = 0
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            total = zlib.crc32(part, total)
    return total


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
