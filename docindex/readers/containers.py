"""Containers: files within files, such as attachments and archives, down to a depth and a size.

Opens no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from msgspec.structs import replace

from docindex.errors import LibraryMissing, NothingToIndex, ReaderError
from docindex.metadata import dates
from docindex.metadata.merging import merge_metadata
from docindex.model.documents import Metadata, Record, Source
from docindex.readers.base import EmbeddedFile, Format, PartFailure, PictureReader, Reader
from docindex.readers.detection import format_of, unknown_format
from docindex.readers.formats import BINARY_SUFFIXES, FORMAT_BY_NAME, PICTURE_SUFFIXES, suffix_of
from docindex.readers.installation import install_hint

if TYPE_CHECKING:
    from docindex.readers.ocr import OcrSettings


class ContainerLimits(Struct, frozen=True):
    """Bounds on the files within one file."""

    max_depth: int = 4  # levels of files within files: a compressed tar in a compressed tar
    max_unpacked_bytes: int = 2 << 30  # all embedded files together


DEFAULTS = ContainerLimits()


class ContainerReader:
    """Reader of one file and the files embedded in it at any level.

    Use one instance for each outermost file.
    """

    def __init__(self, limits: ContainerLimits = DEFAULTS, ocr: OcrSettings | None = None) -> None:
        self.failed: list[PartFailure] = []
        self._ocr = ocr
        self._limits = limits
        self._skipped = Counter[str]()  # embedded files that no reader knows, by suffix
        self._unpacked_bytes = 0

    def reason(self) -> ReaderError:
        """Return the error that explains why the file gave no record."""
        if self.failed:
            first = self.failed[0]
            if first.missing_format and all(part.missing_format == first.missing_format for part in self.failed):
                return LibraryMissing(first.missing_format, first.hint or "")
            more = f" (and {len(self.failed) - 1:,} more cannot be read)" if len(self.failed) > 1 else ""
            pages = sum(part.pages for part in self.failed)
            return ReaderError(f"{first.part}: {first.reason}{more}", first.hint, pages=pages)
        if self._skipped:
            what = f"holds only files that docindex does not read: {self._skipped_kinds()}"
            return NothingToIndex(what, "take it off the list", kind="archives of other files")
        return NothingToIndex("empty", "fill it, or take it off the list", kind="empty")

    def left_out(self) -> PartFailure | None:
        """Return what to report of embedded files that no reader knows, or None if there are
        none.
        """
        if not self._skipped:
            return None
        count = self._skipped.total()
        what = f"{count:,} file{'s' if count > 1 else ''} in it left out: {self._skipped_kinds()}"
        return PartFailure("", what, left_out="files in files")

    def _skipped_kinds(self) -> str:
        return ", ".join(f"{suffix or 'no ending'} {count}" for suffix, count in sorted(self._skipped.items()))

    def records(
        self,
        source: Source,
        data: bytes,
        depth: int = 0,
        prefix: str = "",
        fallback: str | None = None,
        form: Format | None = None,
    ) -> Iterator[Record]:
        """Yield the records of a file and of the files within it.

        `prefix` precedes the names of its parts in messages: the way to it from the outermost file.
        `fallback` names the format to try if name and content show none. Parts that cannot be read
        are added to `failed`. Raises ReaderError if nothing can be read.
        """
        if not data or data.isspace():
            return
        began = False
        try:
            form = form or self._format_of(source.path, data) or FORMAT_BY_NAME.get(fallback or "")
            for found in self._read_format(source, data, form):
                match found:
                    case Record():
                        yield found
                    case EmbeddedFile(whole=True):
                        yield from self._sole_file(source, found, depth, prefix)
                    case EmbeddedFile():
                        yield from self._part(source, found, depth, prefix)
                    case PartFailure(left_out=None):
                        self._fail(found.part, ReaderError(found.reason, found.hint), prefix)
                    case PartFailure():
                        self.failed.append(replace(found, part=(prefix + found.part).removesuffix("/")))
                began = True
        except _BombError:
            raise
        except ReaderError as error:
            if not began:
                raise
            self._fail("the rest", error, prefix)

    def _sole_file(self, source: Source, embedded: EmbeddedFile, depth: int, prefix: str) -> Iterator[Record]:
        """Yield the records of a compressed file's content as records of the compressed file
        itself.
        """
        inner = replace(source, path=embedded.name)
        for made in self.records(inner, self._data(embedded, depth), depth + 1, prefix, embedded.fallback):
            yield replace(made, path=source.path)

    def _part(self, source: Source, embedded: EmbeddedFile, depth: int, prefix: str) -> Iterator[Record]:
        """Yield the records of an embedded file as parts of its container.

        The manifest describes the whole container. So its title is not the part's, and its other
        values count only where the part has none of its own.
        """
        declared = replace(source.declared, title=None)
        name = PurePosixPath(embedded.name).name
        if self._is_unreadable(embedded):
            self._skipped[PurePosixPath(name).suffix.lower()] += 1
            return
        inner = Source(embedded.name, collection=source.collection)
        try:
            data = self._data(embedded, depth)
            if not embedded.fallback and data.strip() and self._format_of(embedded.name, data) is None:
                self._skipped[PurePosixPath(name).suffix.lower()] += 1
                return
            for made in self.records(inner, data, depth + 1, f"{prefix}{embedded.part}/", embedded.fallback):
                named = Metadata(title=name, date=dates.from_name(name))
                yield replace(
                    made,
                    path=source.path,
                    part=embedded.part if made.part is None else f"{embedded.part}/{made.part}",
                    metadata=merge_metadata(made.metadata, named, declared, embedded.metadata),
                )
        except _BombError:
            raise
        except ReaderError as error:
            self._fail(embedded.part, error, prefix)

    def _is_unreadable(self, embedded: EmbeddedFile) -> bool:
        """Return True if no reader knows the file.

        A file that is still packed is judged by its name alone.
        """
        if embedded.fallback:
            return False
        if isinstance(embedded.data, bytes):
            return self._format_of(embedded.name, embedded.data) is None
        suffix = suffix_of(embedded.name).lower()
        return suffix in BINARY_SUFFIXES and not (self._ocr and suffix in PICTURE_SUFFIXES)

    def _format_of(self, path: str, data: bytes) -> Format | None:
        return format_of(path, data, pictures=self._ocr is not None)

    def _read_format(
        self, source: Source, data: bytes, form: Format | None
    ) -> Iterator[Record | EmbeddedFile | PartFailure]:
        """Yield the reader's findings.

        Raises ReaderError for a missing reader or library and for deep nesting.
        """
        if form is None:
            raise unknown_format(source.path, data)
        try:
            reader = import_module(f"docindex.readers.{form.name}")
            if form.holds_pictures and self._ocr:
                from docindex.readers.ocr import Recognizer  # here: it loads the language detection

                recognize = Recognizer(self._ocr, data, source.declared.language).read
                yield from cast(PictureReader, reader).read(source, data, recognize)
            else:
                yield from cast(Reader, reader).read(source, data)
        except ImportError as error:
            if not error.name or error.name.startswith("docindex"):
                raise
            raise LibraryMissing(form.name, install_hint(form.libraries or (error.name,))) from error
        except RecursionError as error:
            raise ReaderError("is nested too deeply", "save it in another format, or take it off the list") from error

    def _fail(self, part: str, error: ReaderError, prefix: str) -> None:
        """Note that a part cannot be read, under its name within the outermost file."""
        lacks = error.format if isinstance(error, LibraryMissing) else None
        self.failed.append(PartFailure(prefix + part, error.message, error.hint, lacks, pages=error.pages))

    def _data(self, embedded: EmbeddedFile, depth: int) -> bytes:
        """Return a file's bytes, unpacked.

        Raises ReaderError if it lies too deep or the limit of bytes is reached.
        """
        if depth == self._limits.max_depth:
            raise ReaderError("lies too deep in other files", "take it out, and list it by itself")
        data = embedded.data if isinstance(embedded.data, bytes) else embedded.data()
        self._unpacked_bytes += len(data)
        if self._unpacked_bytes > (largest := self._limits.max_unpacked_bytes):
            raise _BombError(f"unpacks to more than {largest >> 30} GB", "unpack it, and name the files you need")
        return data


class _BombError(ReaderError):
    """Too many unpacked bytes. It ends the reading of the outermost file."""
