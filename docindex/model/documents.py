"""Values that cross from package to package: frozen, complete, and without markup.

Metadata carries the names of Dublin Core (DCMI Metadata Terms, ISO 15836): title, creator,
publisher, date, language, subject. Matches travel as character positions in the original text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Day

from msgspec import Struct

UNDETERMINED = "und"
"""The language code of a text whose language is mixed or unknown (ISO 639-2)."""


RECIPIENT_FIELDS = ("to", "cc", "bcc", "reply_to", "resent")
"""People whom a message names beside its author, each field as its header says."""
METADATA_FIELDS = ("creator", "publisher", "subject", "collection", *RECIPIENT_FIELDS)
"""Metadata fields that are searched beside the title and the body."""


class Date(Struct, frozen=True):
    """A date as precise as it was written: an interval of days, never a guessed day."""

    value: str  # ISO 8601 or EDTF, at its own precision: 2016-03-20T23:15, 2013-01, 2012-03~, 2013-21
    earliest: Day  # first possible day
    latest: Day  # last possible day
    precision: str  # minute, day, month, season, year, decade, century or interval
    origin: str = ""  # its source: manifest, front matter, header, body, file name


class Metadata(Struct, frozen=True, omit_defaults=True):
    """Metadata of a document, declared in the manifest or found by a reader. None = unknown."""

    title: str | None = None
    creator: str | None = None
    publisher: str | None = None
    date: Date | None = None
    language: str | None = None  # a lower-case ISO 639-1 code (639-3 where there is none), or "und"
    subject: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()  # to whom a message was sent again, and to whom it was delivered

    def people(self) -> tuple[str, ...]:
        """Return the author and all whom the message names, each once."""
        creators = (self.creator or "").split("; ") if self.creator else []
        named = [*creators, *self.to, *self.cc, *self.bcc, *self.reply_to, *self.resent]
        return tuple(dict.fromkeys(named))


class Source(Struct, frozen=True, gc=False):
    """File that a manifest lists or a folder contains, with its declared metadata."""

    path: str  # relative to the manifest's folder, with "/" on every system; the start of its records' ids
    declared: Metadata = Metadata()
    collection: str | None = None  # the headings above the entry, outermost first, joined by " / "
    line: int | None = None  # the manifest's line, from 1; None without a manifest
    split: str | None = None  # "sections": one record for each section
    columns: tuple[tuple[str, str], ...] = ()  # of a table: a column's name and its kind: a term, `text` or `id`


class Record(Struct, frozen=True):
    """Searchable unit: a whole file, or one part of it."""

    path: str  # its source's path
    part: str | None  # the part's name within the file; None for a whole file
    metadata: Metadata  # declared over found
    collection: str | None
    body: str  # the text, newlines as "\n", a form feed where a page begins
    lines: Sequence[int]  # line number in the file, from 1, of each line of the body
    page: int | None = None  # the page on which the body begins, from 1; None for a file without pages
    quoted: tuple[Span, ...] = ()  # quoted text of a message, in order; it counts less
    ocr: tuple[OcrPage, ...] = ()  # the pages whose text OCR has read, in order
    message: Message | None = None  # the links to other messages; None for a record that is no message

    def own_and_quoted(self) -> tuple[list[str], list[str]]:
        """Return the body's own texts and its quoted texts."""
        own, done = [], 0
        for span in self.quoted:
            own.append(self.body[done : span.start])
            done = span.stop
        return [*own, self.body[done:]], [self.body[span.start : span.stop] for span in self.quoted]

    def quoted_message_at(self, offset: int) -> QuotedMessage | None:
        """Return the quoted message that holds a character of the body, or None."""
        quoted = self.message.quoted if self.message else ()
        return next((one for one in quoted if one.span.start <= offset < one.span.stop), None)

    @property
    def id(self) -> str:
        """`path`, or `path#part`."""
        return self.path if self.part is None else f"{self.path}#{self.part}"

    @property
    def title(self) -> str:
        """The title, or else the file's name."""
        return self.metadata.title or self.path.rsplit("/", 1)[-1]

    def metadata_text(self, field: str) -> str:
        """Return the value of one of METADATA_FIELDS, several subjects joined by commas, or ""."""
        if field == "subject":
            return ", ".join(self.metadata.subject)
        if field in RECIPIENT_FIELDS:
            return "; ".join(getattr(self.metadata, field))
        value: str | None = self.collection if field == "collection" else getattr(self.metadata, field)
        return value or ""


class OcrPage(Struct, frozen=True, array_like=True):
    """Page whose text OCR has read, and how sure it is of the text."""

    page: int  # from 1; 1 for a picture
    confidence: int  # percent


class Span(Struct, frozen=True, order=True):
    """Characters of a text from `start` to before `stop`."""

    start: int
    stop: int


class QuotedMessage(Struct, frozen=True, omit_defaults=True):
    """Message that another one quotes or forwards, with its header there."""

    span: Span  # its header and its text within the body
    metadata: Metadata
    text_start: int  # offset of its text, below the header


class Message(Struct, frozen=True, omit_defaults=True):
    """Links of a message to others of its conversation, as its header and its text have them."""

    id: str | None = None  # without angle brackets
    references: tuple[str, ...] = ()  # ids of the messages above it, the one answered last
    quoted: tuple[QuotedMessage, ...] = ()  # in the order of the text, not overlapping
    text_start: int = 0  # offset in the body below the lines of the header


class Failure(Struct, frozen=True):
    """Failure of a manifest's entry or of a file, with its reason."""

    place: str  # the manifest, or the file if there is none, as messages name it
    line: int | None  # of the manifest
    reason: str  # names the file
    hint: str | None = None  # what to do
    lost: bool = True  # False if only a part of the document or its metadata is wrong
    missing_format: str | None = None  # the format whose libraries are not installed, if that is the reason
    left_out: str | None = None  # no error: the kind of files or parts left out that it belongs to, such as `.jpg`
    pages: int = 0  # pages and pictures in it that OCR could read

    def __str__(self) -> str:
        where = self.place if self.line is None else f"{self.place}:{self.line}"
        return f"{where}: {self.reason}"


class SourceState(Struct, frozen=True, array_like=True, gc=False):
    """Stored state of one source. It shows if the source has changed.

    There is one for each source. So it is encoded as a list, and the garbage collector skips it.
    """

    content: str  # digest of the file's bytes
    fingerprint: str  # digest of declared metadata, reader version and analysis
    size: int  # bytes, as read
    mtime_ns: int  # the file's modification time
    records: int
    failure: Failure | None = None

    @property
    def lost(self) -> bool:
        """True if the source could not be indexed at all."""
        return self.failure is not None and self.failure.lost

    @property
    def unread_pages(self) -> int:
        """Number of its pages that OCR could read."""
        return self.failure.pages if self.failure else 0


FileStamp = tuple[int, int]
"""A file's size in bytes and its modification time in nanoseconds."""

UNSETTLED = -1
"""Stored time of a file or folder that a later change might leave as it is.

No real time equals it.
"""


FEW_SOURCES = 10_000
"""Number of sources up to which each search looks at all files."""


class FolderStamp(Struct, frozen=True, array_like=True, gc=False):
    """Stored state of a folder. It shows if files came or went."""

    mtime_ns: int  # UNSETTLED: only the names can tell
    names: str  # digest of the names in it that matter
    rules: Mapping[str, FileStamp] = {}  # the files in it that decide which others are listed


class LeftOut(Struct, frozen=True):
    """Files or parts of one kind that were left out: how many, and the first of them."""

    kind: str
    count: int
    examples: tuple[Failure, ...] = ()


class IndexState(Struct, frozen=True):
    """Description of an index, stored with it."""

    built: str  # UTC, ISO 8601
    version: str  # of docindex
    records: int
    root: str  # the absolute folder to which the sources' paths are relative
    manifest: str | None  # the manifest's path, absolute; None for a folder or one file
    sources: int = 0  # number of sources
    failures: tuple[Failure, ...] = ()  # of the manifest and of sources, in the manifest's order
    manifest_seen: FileStamp | None = None  # of the manifest when it was read
    folders: Mapping[str, FolderStamp] = {}  # the folders that were looked into, relative to the root
    left_out: tuple[LeftOut, ...] = ()  # by kind, the most frequent first
    unread_pages: int = 0  # pages and pictures that OCR could read
    newest: tuple[tuple[str, FileStamp], ...] = ()  # of many sources: those that were changed last
    place: str | None = None  # the root relative to the folder with the index; None: it lies elsewhere
    built_from: str | None = None  # of an index that was moved or copied: the root at the build
