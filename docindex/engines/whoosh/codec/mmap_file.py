"""Files that are read in a memory map, page by page, each page against its own checksum.

A file is its data, a table with the CRC-32 of each page of the data, and a footer. The commit file
holds the size of the file and the checksum of table and footer, so a page is either the one that
was written or damage.
"""

from __future__ import annotations

import os
import struct
import zlib
from array import array
from functools import wraps
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from stat import S_ISREG
from typing import TYPE_CHECKING, BinaryIO, ParamSpec, TypeVar
from weakref import WeakSet

from msgspec import DecodeError, MsgspecError

from docindex.errors import IndexDamaged
from docindex.model.serialization import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_BYTES = 8192
REBUILD_COMMAND = "docindex build --full"
MAX_TAIL_BYTES = 1 << 24
_MAGIC = b"docindx\x01"
_FOOTER = struct.Struct("<Q8s")
_TAIL = struct.Struct("<I")
_CHECKSUM_BYTES = 4

FileStamp = tuple[int, int]
"""A file's size and the checksum of its table of checksums."""

Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")

_DECODING_ERRORS = (
    ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError, EOFError, struct.error, zlib.error,
    DecodeError, MsgspecError,
)  # fmt: skip
"""Errors of decoders that are given bytes that no encoder wrote."""


def damaged(name: str) -> IndexDamaged:
    """Return the error for a file with changed content."""
    return IndexDamaged(f"{name}: does not hold what was written", REBUILD_COMMAND)


def raises_damage(decode: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """Make a decoder of bytes of the index raise IndexDamaged for all that it cannot decode."""

    @wraps(decode)
    def decoder(*arguments: Arguments.args, **options: Arguments.kwargs) -> Value:
        try:
            return decode(*arguments, **options)
        except _DECODING_ERRORS as error:
            raise IndexDamaged(f"the index is damaged ({type(error).__name__}: {error})", REBUILD_COMMAND) from error

    return decoder


class ChecksumWriter:
    """Writes a file with its checksums."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._checksums = array("I")
        self._checksum = 0
        self._free = PAGE_BYTES  # of the current page
        self._size = 0

    def tell(self) -> int:
        """Return the bytes of data so far."""
        return self._size

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append data."""
        view = memoryview(data).cast("B")
        self._file.write(view)
        self._size += len(view)
        while len(view) >= self._free:
            self._checksums.append(zlib.crc32(view[: self._free], self._checksum))
            view = view[self._free :]
            self._checksum, self._free = 0, PAGE_BYTES
        self._checksum = zlib.crc32(view, self._checksum)
        self._free -= len(view)
        return len(data)

    def write_tail(self, value: object) -> None:
        """Append a value that `MmapFile.tail` returns."""
        text = dumps(value)
        self.write(text + _TAIL.pack(len(text)))

    def finish(self) -> FileStamp:
        """Write the checksums, bring the file to the disk and close it."""
        if self._free < PAGE_BYTES:
            self._checksums.append(self._checksum)
        end = self._checksums.tobytes() + _FOOTER.pack(self._size, _MAGIC)
        self._file.write(end)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._size + len(end), zlib.crc32(end)

    def close(self) -> None:
        """Close the file as it is."""
        self._file.close()


class MmapFile:
    """A file that is read in a memory map. It closes when nobody uses it any more."""

    @raises_damage
    def __init__(self, descriptor: int, name: str, stamp: FileStamp) -> None:
        self.name = name
        size, checksum = stamp
        found = os.fstat(descriptor)
        if not S_ISREG(found.st_mode) or found.st_size != size or size < _FOOTER.size:
            raise damaged(name)
        self._map = mmap(descriptor, size, access=ACCESS_READ)
        _maps.add(self._map)
        whole = memoryview(self._map)
        self.size, magic = _FOOTER.unpack(whole[-_FOOTER.size :])
        pages = -(-self.size // PAGE_BYTES)
        if magic != _MAGIC or self.size + pages * _CHECKSUM_BYTES + _FOOTER.size != size:
            raise damaged(name)
        end = whole[self.size :]
        if zlib.crc32(end) != checksum:
            raise damaged(name)
        self._data = whole[: self.size]
        self._checksums = end[: -_FOOTER.size].cast("I")
        self._unverified = bytearray(b"\1") * pages

    def view(self, start: int, length: int) -> memoryview:
        """Return bytes of the file, verified.

        Raises IndexDamaged, also for a place outside the file.
        """
        stop = start + length
        if not 0 <= start <= stop <= self.size:
            raise damaged(self.name)
        page, last = start // PAGE_BYTES, -(-stop // PAGE_BYTES)
        while (page := self._unverified.find(1, page, last)) >= 0:
            if zlib.crc32(self._data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES]) != self._checksums[page]:
                raise damaged(self.name)
            self._unverified[page] = 0
        return self._data[start:stop]

    def tail(self, kind: type[Value]) -> Value:
        """Return the value that `ChecksumWriter.write_tail` wrote last."""
        (length,) = _TAIL.unpack(self.view(self.size - _TAIL.size, _TAIL.size))
        if length > MAX_TAIL_BYTES:
            raise damaged(self.name)
        return loads(bytes(self.view(self.size - _TAIL.size - length, length)), kind)

    def verify(self) -> None:
        """Compare all of the file with its checksums."""
        for start in range(0, self.size, PAGE_BYTES):
            self.view(start, min(PAGE_BYTES, self.size - start))


_maps: WeakSet[mmap] = WeakSet()


def drop_cached_pages() -> None:
    """Drop the pages of all maps from this process's memory. Use it after a sequential read."""
    for memory in _open_maps():
        memory.madvise(MADV_DONTNEED)


def _open_maps() -> list[mmap]:
    while True:
        try:
            return list(_maps)
        except RuntimeError:  # another thread has opened a file meanwhile
            continue
