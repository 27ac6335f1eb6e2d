"""What an index remembers of its sources: a file with a line of JSON for each, written and read as they come.

So what a build holds does not grow with them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from docindex.model import Failure, Indexed
from docindex.values import dumped, loaded_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_CHUNK = 1 << 16  # bytes that are read at once
_Line = tuple[str, Indexed]


def read(file: BinaryIO) -> Iterator[_Line]:
    """The sources, by their paths. Raises DecodeError."""
    while lines := file.readlines(_CHUNK):
        yield from loaded_lines(b"".join(lines), _Line)


class Listing:
    """Takes what is to be remembered of sources, and counts it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sources = 0
        self.records = 0
        self.failures: list[Failure] = []
        self._file = path.open("wb")

    def add(self, path: str, indexed: Indexed) -> None:
        """Write one down."""
        self._file.write(dumped((path, indexed)) + b"\n")
        self.count(indexed)

    def count(self, indexed: Indexed) -> None:
        """One that is written down elsewhere."""
        self.sources += 1
        self.records += indexed.records
        if indexed.failure:
            self.failures.append(indexed.failure)

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()

    def discard(self) -> None:
        """Nothing of it is wanted."""
        with suppress(OSError):  # of a full disk: what could not be written down
            self.close()
        with suppress(OSError):  # it is swept away by the next build
            self.path.unlink()
