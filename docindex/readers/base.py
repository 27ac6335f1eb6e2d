"""What a format is, and what all readers share: text to lines, findings to a record. Opens no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from docindex.model import Metadata, Record, Source, Span


class Format(Struct, frozen=True):
    """A kind of file. Its name is also its module's, which is imported only when a file needs it."""

    name: str
    suffixes: tuple[str, ...]  # lower-case, with the dot; "" for a name that has none
    version: int  # raised whenever the same file would give other records
    extra: str | None = None  # of the package, where the format needs libraries that are not always installed
    libraries: tuple[str, ...] = ()  # those, as they are imported
    holds_files: bool = False  # files within it are read as well, in whatever format they are


class EmbeddedFile(Struct, frozen=True):
    """A file within a file, such as a mail's attachment: it is read by the reader of its own format."""

    part: str  # its name among the parts of the file that holds it
    name: str  # its file's name, as it is called there; no place on any disk
    data: bytes | Callable[[], bytes]  # or what unpacks them, before the next is asked for; raises ReaderError
    metadata: Metadata  # what holds it says of it, which counts where it says nothing itself
    fallback: str | None = None  # the name of its format, if its own name and content tell none
    whole: bool = False  # it is all that the outer file holds, as with a.txt.gz: not a part of it


class PartFailure(Struct, frozen=True):
    """A part of a file that cannot be read, while the rest of the file can."""

    part: str
    reason: str
    hint: str | None = None
    missing_format: str | None = None  # the format whose libraries are not installed, if that is why


class Reader(Protocol):
    """What the module of a format offers."""

    def read(self, source: Source, data: bytes) -> Iterator[Record | EmbeddedFile | PartFailure]:
        """The records of a file that holds `data`; none if it holds nothing but white space. Raises ReaderError."""
        ...


EMPTY = Metadata()
"""What is said where nothing is said."""


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
) -> Record:
    """A record of `source`. What a part says of itself (`own`: its headline, its date) wins over what the manifest
    declares, for that is said of the whole file; and what is declared wins over what was `found` in the file.
    """
    metadata = merge_metadata(own, source.declared, found)
    return Record(source.path, part, metadata, source.collection, body, lines, page, quoted)


def merge_metadata(*said: Metadata) -> Metadata:
    """Of each term, what is said first."""
    title = creator = publisher = date = language = None
    subject: tuple[str, ...] = ()
    for one in reversed(said):
        title = one.title or title
        creator = one.creator or creator
        publisher = one.publisher or publisher
        date = one.date or date
        language = one.language or language
        subject = one.subject or subject
    return Metadata(title, creator, publisher, date, language, subject)


_BREAKS = "\x85\u2028\u2029"
BREAK = re.compile(f"[{_BREAKS}]")
"""Line breaks of Unicode that editors do not count as lines (UAX 14: NEL, LS, PS)."""


def split_lines(text: str) -> tuple[list[str], Sequence[int]]:
    """The lines of a text, and for each the number (from 1) that an editor gives it."""
    rows = text.split("\n")
    if not any(sign in text for sign in _BREAKS):  # each is looked for faster than a pattern for all three
        return rows, range(1, len(rows) + 1)
    pieces = [(piece, number) for number, row in enumerate(rows, 1) for piece in BREAK.split(row)]
    return [piece for piece, _ in pieces], [number for _, number in pieces]
