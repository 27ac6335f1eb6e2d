"""The stored state of each source: a file with a line of JSON for each, ordered by path.

It is read and written some lines at a time, so that a build's memory does not grow with it.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappush, heapreplace, merge
from operator import itemgetter
from typing import TYPE_CHECKING

from docindex.engines.whoosh.codec.mmap_file import damaged, raises_damage
from docindex.engines.whoosh.temp_files import close_files, spool_file
from docindex.model.documents import FEW_SOURCES, UNSETTLED, Failure, FileStamp, LeftOut, SourceState
from docindex.model.serialization import dumps, loads_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path
    from typing import IO

    from docindex.engines.whoosh.codec.mmap_file import ChecksumWriter, FileStamp, MmapFile

RUN_LINES = 2_000  # sorted at once
READ_AHEAD_LINES = 50  # of each run
READ_BYTES = 1 << 16
_LATEST = 1 << 62
LINE_BYTES = 512  # most lines are shorter
MAXLINE_BYTES = 1 << 24
MAX_EXAMPLES = 3  # of each kind of files left out
MAX_NEWEST = 2_000  # sources that each search looks at
MAX_KINDS = 50  # of files left out; the rest is "other"
_PATH = itemgetter(0)
_Line = tuple[str, SourceState]
_decode_lines = raises_damage(loads_lines)


def read_sources(file: MmapFile, first: str = "", read_bytes: int = READ_BYTES) -> Iterator[_Line]:
    """Yield the sources, ordered by path, from a path on."""
    start = _start_of(file, first) if first else 0
    size = read_bytes
    while start < file.size:
        data = bytes(file.view(start, min(size, file.size - start)))
        stop = data.rfind(b"\n") + 1
        if not stop:  # a line longer than that
            size *= 2
            if start + len(data) == file.size or size > MAXLINE_BYTES:
                raise damaged(file.name)
            continue
        yield from _decode_lines(data[:stop], _Line)
        start += stop
        size = read_bytes


def _start_of(file: MmapFile, path: str) -> int:
    """Return the place of the first line whose path does not come before one."""
    low, high = 0, file.size  # a line that begins before `low` comes too early, one from `high` on does not
    while low < high:
        middle = (low + high) // 2
        start = _next_line(file, middle)
        if start >= high:
            high = middle
            continue
        stop = _next_line(file, start + 1)
        ((found, _),) = _decode_lines(bytes(file.view(start, stop - start)), _Line)
        if found < path:
            low = stop
        else:
            high = middle
    return _next_line(file, low)


def _next_line(file: MmapFile, place: int) -> int:
    """Return the start of the first line that begins at a place or after it, or the file's end."""
    if place == 0:
        return 0
    place -= 1  # where the line before may end
    end: int = file.size
    while place < end:
        data = bytes(file.view(place, min(LINE_BYTES, end - place)))
        found = data.find(b"\n")
        if found >= 0:
            return place + found + 1
        place += len(data)
    return end


class SourceTally:
    """Counts sources one by one."""

    def __init__(self) -> None:
        self.sources = 0
        self.records = 0
        self.failures: list[Failure] = []
        self.unread_pages = 0
        self._left_out: dict[str, list[Failure]] = {}  # the first ones of each kind
        self._left_out_counts: Counter[str] = Counter()
        self._newest: list[tuple[int, str, int]] = []  # a heap of time, path and size

    def add(self, path: str, state: SourceState) -> None:
        """Count a source, and keep it if it is one of the newest."""
        self.count(state)
        time = _LATEST if state.mtime_ns == UNSETTLED else state.mtime_ns
        if len(self._newest) < MAX_NEWEST:
            heappush(self._newest, (time, path, state.size))
        elif time > self._newest[0][0]:
            heapreplace(self._newest, (time, path, state.size))

    def count(self, state: SourceState) -> None:
        """Count a source."""
        self.records += state.records
        failure = state.failure
        if failure is None:
            self.sources += 1
            return
        self.unread_pages += state.unread_pages
        self.sources += not (failure.left_out and failure.lost)
        if failure.left_out:
            kind = failure.left_out if failure.left_out in self._left_out else self._new_kind(failure.left_out)
            self._left_out_counts[kind] += 1
            if len(self._left_out[kind]) < MAX_EXAMPLES:
                self._left_out[kind].append(failure)
        else:
            self.failures.append(failure)

    def _new_kind(self, kind: str) -> str:
        kind = kind if len(self._left_out) < MAX_KINDS else "other"
        self._left_out.setdefault(kind, [])
        return kind

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Return the files left out by kind, the most frequent first."""
        counted = sorted(self._left_out_counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(LeftOut(kind, count, tuple(self._left_out[kind])) for kind, count in counted)

    @property
    def newest(self) -> tuple[tuple[str, FileStamp], ...]:
        """Return those of many sources that were changed last, ordered by path."""
        if self.sources <= FEW_SOURCES:
            return ()
        return tuple(
            sorted((path, (size, UNSETTLED if time == _LATEST else time)) for time, path, size in self._newest)
        )


class SourceCatalog:
    """Takes the state of sources in any order and writes them ordered by path.

    What is too much waits on disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tally = SourceTally()
        self._held: list[_Line] = []
        self._waiting: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []  # where each run begins, and its number of lines

    def add(self, path: str, state: SourceState) -> None:
        """Add a source. Each path is added once at most."""
        self._held.append((path, state))
        if len(self._held) == RUN_LINES:
            self._store()

    def __bool__(self) -> bool:
        return bool(self._held or self._runs)

    def write(self, file: ChecksumWriter, before: Iterable[_Line], deleted: Collection[str]) -> FileStamp:
        """Write new lines and the old lines that were neither deleted nor replaced."""
        runs = [self._read(self._waiting, *run) for run in self._runs] if self._waiting else []
        last = None
        try:
            for path, state in merge(sorted(self._held, key=_PATH), *runs, before, key=_PATH):
                if path != last and path not in deleted:
                    file.write(dumps((path, state)) + b"\n")
                    self.tally.add(path, state)
                last = path
            return file.finish()
        finally:
            close_files(file)

    def _store(self) -> None:
        if not self._waiting:
            self._waiting = spool_file(self._folder)
        self._runs.append((self._waiting.tell(), len(self._held)))
        self._held.sort(key=_PATH)
        self._waiting.writelines(dumps(line) + b"\n" for line in self._held)
        self._held = []

    @staticmethod
    def _read(file: IO[bytes], place: int, count: int) -> Iterator[_Line]:
        """Yield a run, some lines at a time."""
        while count:
            file.seek(place)
            lines = [file.readline() for _ in range(min(count, READ_AHEAD_LINES))]
            place = file.tell()
            count -= len(lines)
            yield from loads_lines(b"".join(lines), _Line)

    def close(self) -> None:
        """Close the temporary file."""
        if self._waiting:
            close_files(self._waiting)
