"""Types and helpers that all readers share: the reader's shape, embedded files, records, lines.

Opens no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from docindex.metadata.merging import merge_metadata
from docindex.model.documents import Message, Metadata, OcrPage, Record, Source, Span


class Format(Struct, frozen=True):
    """A file format.

    Its name is also the name of its module, which is imported when a file needs it.
    """

    name: str
    suffixes: tuple[str, ...]  # lower case, with the dot; "" for names without one
    version: int  # increase it when the same file gives other records
    libraries: tuple[str, ...] = ()  # their names for import
    holds_files: bool = False  # a container: the files within it are read too
    holds_pictures: bool = False  # OCR may read its pictures: its reader is given a function for that


class EmbeddedFile(Struct, frozen=True):
    """A file within a file, such as a mail's attachment. The reader of its own format reads it."""

    part: str  # its part name within the container
    name: str  # its file name within the container; never a path on disk
    data: bytes | Callable[[], bytes]  # or a function that unpacks them; call it before the next file
    metadata: Metadata  # from the container; a fallback for the file's own
    fallback: str | None = None  # the format to try if name and content show none
    whole: bool = False  # the container holds only this file, as a.txt.gz does


class RecognizedText(Struct, frozen=True):
    """Text of a picture as OCR reads it."""

    text: str = ""
    confidence: int = 0  # percent, in the mean of all letters; 0 without text


class PartFailure(Struct, frozen=True):
    """A part that cannot be read, of a file whose other parts can."""

    part: str
    reason: str
    hint: str | None = None
    missing_format: str | None = None  # the format whose libraries are not installed
    left_out: str | None = None  # no error: the kind of parts left out that it belongs to
    pages: int = 0  # pages in it that OCR could read


Recognize = Callable[[int, Callable[[], bytes]], Sequence[RecognizedText]]
"""OCR of a picture, by its number in the file and a function that draws it. Raises ReaderError."""


class Reader(Protocol):
    """The interface of a format's module."""

    def read(self, source: Source, data: bytes) -> Iterator[Record | EmbeddedFile | PartFailure]:
        """Yield the records of a file with this content, or none if it is blank.

        Raises ReaderError.
        """
        ...


class PictureReader(Protocol):
    """The interface of a format's module that can be given OCR."""

    def read(self, source: Source, data: bytes, recognize: Recognize) -> Iterator[Record | EmbeddedFile | PartFailure]:
        """Yield what `Reader.read` yields, and the text of pictures."""
        ...


EMPTY = Metadata()
"""Empty metadata."""


def record(
    source: Source,
    *,
    part: str | None = None,
    own: Metadata = EMPTY,
    found: Metadata = EMPTY,
    body: str,
    lines: Sequence[int],
    page: int | None = None,
    quoted: tuple[Span, ...] = (),
    ocr: tuple[OcrPage, ...] = (),
    message: Message | None = None,
) -> Record:
    """Return a record of `source`.

    Metadata comes from three places. `own` describes this part alone (its headline, its date) and
    takes precedence over the manifest, which describes the whole file. The manifest takes
    precedence over `found`, which the reader took from the file.
    """
    metadata = merge_metadata(own, source.declared, found)
    return Record(source.path, part, metadata, source.collection, body, lines, page, quoted, ocr, message)


_BREAKS = "\x85\u2028\u2029"
BREAK = re.compile(f"[{_BREAKS}]")
"""Line breaks of Unicode that editors do not count as lines (UAX 14: NEL, LS, PS)."""


def split_lines(text: str) -> tuple[list[str], Sequence[int]]:
    """Return the lines of a text, and for each the number (from 1) that an editor gives it."""
    rows = text.split("\n")
    if not any(sign in text for sign in _BREAKS):  # three searches are faster than one pattern
        return rows, range(1, len(rows) + 1)
    pieces = [(piece, number) for number, row in enumerate(rows, 1) for piece in BREAK.split(row)]
    return [piece for piece, _ in pieces], [number for _, number in pieces]
