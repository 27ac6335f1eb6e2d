"""List of many sources in little memory: encoded as bytes, decoded one by one on access."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import overload

from msgspec import Struct, field, msgpack

from docindex.model.documents import FileStamp, Metadata, Source

_EMPTY = Metadata()
_UNKNOWN: FileStamp = (-1, 0)
# Fields of a source: the collection by its number, and None for empty metadata.
_Row = tuple[str, int, int | None, str | None, tuple[tuple[str, str], ...], Metadata | None]


class Aliased(Struct):
    """Ways into the files of some sources that lead past their names."""

    targets: set[str] = field(default_factory=set)  # names of the files behind links
    has_hard_links: bool = False  # a file has another name, perhaps in another folder


class SourceList(Sequence[Source]):
    """Sequence of sources.

    Each may have the stamp of its file, taken when it was listed. It takes a few hundred KB for
    10,000 sources; as objects they take 2 to 10 MB.
    """

    def __init__(self, listed: Iterable[tuple[Source, FileStamp | None]] = ()) -> None:
        self._data = bytearray()
        self._stamps = array("q")
        self._stops = array("Q", [0])
        self._collections: dict[str | None, int] = {}  # numbers of the collections, which many sources share
        self._names: list[str | None] = []
        encode = msgpack.Encoder().encode_into
        for source, stamp in listed:
            name = source.collection
            number = self._collections.setdefault(name, len(self._names))
            if number == len(self._names):
                self._names.append(name)
            declared = None if source.declared == _EMPTY else source.declared
            row: _Row = (source.path, number, source.line, source.split, source.columns, declared)
            encode(row, self._data, -1)
            self._stops.append(len(self._data))
            self._stamps.extend(stamp or _UNKNOWN)
        self._decode = msgpack.Decoder(_Row).decode
        self._view = memoryview(self._data)

    def __len__(self) -> int:
        return len(self._stops) - 1

    @overload
    def __getitem__(self, number: int) -> Source: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Source]: ...
    def __getitem__(self, number: int | slice) -> Source | Sequence[Source]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        place = range(len(self))[number]
        return self._source(self._stops[place], self._stops[place + 1])

    def __iter__(self) -> Iterator[Source]:
        for start, stop in pairwise(self._stops):
            yield self._source(start, stop)

    def stamp(self, number: int) -> FileStamp | None:
        """Return the size and time of a source's file as it was listed, if they are known."""
        size, mtime_ns = self._stamps[2 * number : 2 * number + 2]
        return None if size < 0 else (size, mtime_ns)

    def stamped(self) -> Iterator[tuple[Source, FileStamp | None]]:
        """Yield each source with its file's stamp."""
        return ((source, self.stamp(number)) for number, source in enumerate(self))

    def _source(self, start: int, stop: int) -> Source:
        path, number, line, split, columns, declared = self._decode(self._view[start:stop])
        return Source(path, declared or _EMPTY, self._names[number], line, split, columns)
