"""What an index remembers of its sources: a file with a line of JSON for each, in the order of their paths.

It is read and written some lines at a time: what a build holds does not grow with it.
"""

from __future__ import annotations

from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from docindex.engines.whoosh.temp_files import closed, spooled
from docindex.model import Failure, SourceState
from docindex.serialization import dumps, loads_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path
    from typing import IO, BinaryIO

RUN = 2_000  # lines that are sorted at once
AT_ONCE = 50  # lines that are read at once of each run
_CHUNK = 1 << 16  # bytes that are read at once
_PATH = itemgetter(0)
_Line = tuple[str, SourceState]


def read(file: BinaryIO) -> Iterator[_Line]:
    """The sources, by their paths. Raises DecodeError."""
    while lines := file.readlines(_CHUNK):
        yield from loads_lines(b"".join(lines), _Line)


class Listing:
    """Takes what is to be remembered of sources, in any order, and puts it in the order of their paths.

    Some at a time are sorted in memory, then they wait on disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sources = 0
        self.records = 0
        self.failures: list[Failure] = []
        self._held: list[_Line] = []
        self._waiting: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []  # where each run begins, and how many lines it has

    def add(self, path: str, indexed: SourceState) -> None:
        """One more, and the only one of this path."""
        self._held.append((path, indexed))
        if len(self._held) == RUN:
            self._store()

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._held or self._runs)

    def count(self, indexed: SourceState) -> None:
        """One that stays as it is written down elsewhere."""
        self.sources += 1
        self.records += indexed.records
        if indexed.failure:
            self.failures.append(indexed.failure)

    def write(self, before: Iterable[_Line], gone: Collection[str]) -> None:
        """Write the file: all that was added, and what was there before, but for what is gone or said anew."""
        runs = [self._read(self._waiting, *run) for run in self._runs] if self._waiting else []
        last = None
        with self.path.open("wb") as file:
            for path, indexed in merge(sorted(self._held, key=_PATH), *runs, before, key=_PATH):
                if path != last and path not in gone:
                    file.write(dumps((path, indexed)) + b"\n")
                    self.count(indexed)
                last = path

    def _store(self) -> None:
        if not self._waiting:
            self._waiting = spooled(self.path.parent)
        self._runs.append((self._waiting.tell(), len(self._held)))
        self._held.sort(key=_PATH)
        self._waiting.writelines(dumps(line) + b"\n" for line in self._held)
        self._held = []

    @staticmethod
    def _read(file: IO[bytes], place: int, count: int) -> Iterator[_Line]:
        """A run, some lines at a time."""
        while count:
            file.seek(place)
            lines = [file.readline() for _ in range(min(count, AT_ONCE))]
            place = file.tell()
            count -= len(lines)
            yield from loads_lines(b"".join(lines), _Line)

    def close(self) -> None:
        """Nothing more is wanted of what is not written."""
        if self._waiting:
            closed(self._waiting)
