"""Which reader reads which file: a file's records, and those of the files within it.

A format is a module of this package that offers what `base.Reader` says, and a row in `formats`. Nothing is unpacked
to any disk, and nothing fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast

from msgspec.structs import replace

from docindex.errors import LibraryMissing, ReaderError
from docindex.metadata import dates
from docindex.model import Metadata, Record, Source
from docindex.readers.base import EmbeddedFile, Format, PartFailure, Reader, merge_metadata
from docindex.readers.formats import FORMAT_BY_NAME, FORMAT_BY_SUFFIX, format_of

MAX_NESTING_DEPTH = 4
"""How deep files may lie within files: a compressed tar in a compressed tar, no more."""
MAX_UNPACKED_BYTES = 2 << 30
"""Bytes of all the files within one file together."""


def read(
    source: Source, data: bytes, unread: Callable[[PartFailure], None] = lambda _: None, form: Format | None = None
) -> list[Record]:
    """The records of a file that holds `data`, one at least, with ids that differ and a language each.

    `unread` is told of parts that cannot be read; `form` is what `format_of` says, where that was asked already. Raises
    ReaderError (whose message does not name the file, which the caller knows) if the file cannot be read or holds
    nothing.
    """
    opening = ContainerReader()
    records = [fill_defaults(record) for record in unique_parts(opening.records(source, data, form=form))]
    for part in opening.failed:
        unread(part)
    if not records:
        raise opening.reason()
    return records


class ContainerReader:
    """Reads a file, the files within it, and those within them, up to a depth and a size."""

    def __init__(self) -> None:
        self.failed: list[PartFailure] = []
        self._left_out = Counter[str]()  # files in formats that have no reader, as in a folder
        self._unpacked = 0

    def reason(self) -> ReaderError:
        """Why there is no record at all."""
        if self.failed:
            first = self.failed[0]
            if first.missing_format and all(part.missing_format == first.missing_format for part in self.failed):
                return LibraryMissing(first.missing_format, FORMAT_BY_NAME[first.missing_format].extra or "")
            more = f" (and {len(self.failed) - 1:,} more cannot be read)" if len(self.failed) > 1 else ""
            return ReaderError(f"{first.part}: {first.reason}{more}", first.hint)
        if self._left_out:
            kinds = ", ".join(f"{suffix or 'no ending'} {count}" for suffix, count in sorted(self._left_out.items()))
            return ReaderError(f"holds only files that docindex does not read: {kinds}", "take it off the list")
        return ReaderError("empty", "fill it, or take it off the list")

    def records(
        self,
        source: Source,
        data: bytes,
        depth: int = 0,
        within: str = "",
        fallback: str | None = None,
        form: Format | None = None,
    ) -> Iterator[Record]:
        """`within`: what the names of its parts begin with in the outermost file."""
        if not data or data.isspace():
            return
        began = False
        try:
            form = form or format_of(source.path, data) or FORMAT_BY_NAME.get(fallback or "")
            for found in _read_format(source, data, form):
                match found:
                    case Record():
                        yield found
                    case EmbeddedFile(whole=True):
                        yield from self._whole(source, found, depth, within)
                    case EmbeddedFile():
                        yield from self._part(source, found, depth, within)
                    case PartFailure():
                        self._told(found.part, ReaderError(found.reason, found.hint), within)
                began = True
        except _BombError:
            raise
        except ReaderError as error:
            if not began:
                raise
            self._told("the rest", error, within)

    def _whole(self, source: Source, held: EmbeddedFile, depth: int, within: str) -> Iterator[Record]:
        inner = replace(source, path=held.name)
        for made in self.records(inner, self._data(held, depth), depth + 1, within, held.fallback):
            yield replace(made, path=source.path)

    def _part(self, source: Source, held: EmbeddedFile, depth: int, within: str) -> Iterator[Record]:
        """The records of a file within a file, as parts of the latter. What the manifest declares is said of the whole:
        it counts for all but the title, behind what the file says itself.
        """
        declared = replace(source.declared, title=None)
        name = PurePosixPath(held.name).name
        if self._is_left_out(held):
            self._left_out[PurePosixPath(name).suffix.lower()] += 1
            return
        inner = Source(held.name, collection=source.collection)
        try:
            data = self._data(held, depth)
            for made in self.records(inner, data, depth + 1, f"{within}{held.part}/", held.fallback):
                named = Metadata(title=name, date=dates.from_name(name))
                yield replace(
                    made,
                    path=source.path,
                    part=held.part if made.part is None else f"{held.part}/{made.part}",
                    metadata=merge_metadata(made.metadata, named, declared, held.metadata),
                )
        except _BombError:
            raise
        except ReaderError as error:
            self._told(held.part, error, within)

    def _is_left_out(self, held: EmbeddedFile) -> bool:
        """Whether there is no reader for it. What is not unpacked yet goes by its name."""
        data = held.data if isinstance(held.data, bytes) else None
        return not held.fallback and format_of(held.name, data) is None

    def _told(self, part: str, error: ReaderError, within: str) -> None:
        """One part, in the outermost file, cannot be read."""
        lacks = error.format if isinstance(error, LibraryMissing) else None
        self.failed.append(PartFailure(within + part, error.message, error.hint, lacks))

    def _data(self, held: EmbeddedFile, depth: int) -> bytes:
        if depth == MAX_NESTING_DEPTH:
            raise ReaderError("lies too deep in other files", "take it out, and list it by itself")
        data = held.data if isinstance(held.data, bytes) else held.data()
        self._unpacked += len(data)
        if self._unpacked > MAX_UNPACKED_BYTES:
            raise _BombError(
                f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB", "unpack it, and name the files you need"
            )
        return data


class _BombError(ReaderError):
    """Nothing more of the outermost file is to be read."""


def _read_format(source: Source, data: bytes, form: Format | None) -> Iterator[Record | EmbeddedFile | PartFailure]:
    """What a file's reader says, with the failures that any reader may meet in our words."""
    if form is None:
        readable = " ".join(sorted(filter(None, FORMAT_BY_SUFFIX)))
        raise ReaderError(f"no reader for {PurePosixPath(source.path).suffix}", f"readable: {readable}")
    try:
        yield from cast(Reader, import_module(f"docindex.readers.{form.name}")).read(source, data)
    except ImportError as error:
        if form.extra is None or (error.name or "").startswith("docindex"):
            raise
        raise LibraryMissing(form.name, form.extra) from error
    except RecursionError as error:
        raise ReaderError("is nested too deeply", "save it in another format, or take it off the list") from error


def unique_parts(records: Iterable[Record]) -> Iterator[Record]:
    """Parts of the same name become `name`, `name-2`, `name-3`."""
    used: set[str | None] = set()
    times: Counter[str | None] = Counter()
    for record in records:
        part = record.part
        while part in used:
            times[record.part] += 1
            part = f"{record.part}-{times[record.part] + 1}"
        used.add(part)
        yield record if part == record.part else replace(record, part=part)


def fill_defaults(record: Record) -> Record:
    """What neither the manifest nor the file says: the date from the file's name, the language from the text."""
    metadata = record.metadata
    date, code = metadata.date, metadata.language
    if date is None:
        date = dates.from_name(PurePosixPath(record.path).name)
    if code is None:
        from docindex.analysis import language_detection  # here: its model is slow to load

        code = language_detection.detect(f"{metadata.title or ''}\n\n{record.body}")
    return replace(record, metadata=replace(metadata, date=date, language=code))
