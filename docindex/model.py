"""The values that cross from room to room: frozen, complete, and free of markup.

Metadata carries the names of Dublin Core (DCMI Metadata Terms, ISO 15836): title, creator, publisher, date,
language, subject. Matches travel as character positions in the original text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as Day

from msgspec import Struct

UNDETERMINED = "und"
"""The language code of a text whose language is mixed or unknown (ISO 639-2)."""


METADATA_FIELDS = ("creator", "publisher", "subject", "collection")
"""What is searched of a record beside its title and its body."""


class Date(Struct, frozen=True):
    """A date as precise as it was written: an interval of days, never a guessed day."""

    value: str  # ISO 8601 or EDTF, at its own precision: 2016-03-20T23:15, 2013-01, 2012-03~, 2013-21
    earliest: Day  # the first day it may mean
    latest: Day  # the last day it may mean
    precision: str  # minute, day, month, season, year, decade, century or interval
    origin: str = ""  # where it was found: manifest, front matter, header, body, file name


class Metadata(Struct, frozen=True):
    """What is said about a document: by the manifest (declared) or by a reader (found). None = unknown."""

    title: str | None = None
    creator: str | None = None
    publisher: str | None = None
    date: Date | None = None
    language: str | None = None  # a lower-case ISO 639-1 code (639-3 where there is none), or "und"
    subject: tuple[str, ...] = ()


class Source(Struct, frozen=True, gc=False):
    """One file that the manifest lists (or a folder holds), with what is declared about it."""

    path: str  # relative to the manifest's folder, with "/" on every system; the start of its records' ids
    declared: Metadata = Metadata()
    collection: str | None = None  # the headings above the entry, outermost first, joined by " / "
    line: int | None = None  # the manifest's line, from 1; None without a manifest
    split: str | None = None  # "sections": one record for each section
    columns: tuple[tuple[str, str], ...] = ()  # of a table: a column's name, and what it is: a term, `text` or `id`


class Record(Struct, frozen=True):
    """One searchable piece: a whole file, or one part of it."""

    path: str  # its source's path
    part: str | None  # the part's name within the file; None for a whole file
    metadata: Metadata  # declared over found
    collection: str | None
    body: str  # the text, newlines as "\n", a form feed where a page begins
    lines: Sequence[int]  # the file's line, from 1, for each line of the body
    page: int | None = None  # the page on which the body begins, from 1; None for a file without pages
    quoted: tuple[Span, ...] = ()  # of the body, in order: what a message quotes of others; it counts less

    def own_and_quoted(self) -> tuple[list[str], list[str]]:
        """The stretches of the body that are its own, and those that are quoted."""
        own, done = [], 0
        for span in self.quoted:
            own.append(self.body[done : span.start])
            done = span.stop
        return [*own, self.body[done:]], [self.body[span.start : span.stop] for span in self.quoted]

    @property
    def id(self) -> str:
        """`path`, or `path#part`."""
        return self.path if self.part is None else f"{self.path}#{self.part}"

    @property
    def title(self) -> str:
        """The title; a record always has one, if need be the file's name."""
        return self.metadata.title or self.path.rsplit("/", 1)[-1]

    def metadata_text(self, field: str) -> str:
        """What is said of it in one of DESCRIBED, several values one after the other; "" where nothing is."""
        if field == "subject":
            return ", ".join(self.metadata.subject)
        said: str | None = self.collection if field == "collection" else getattr(self.metadata, field)
        return said or ""


class Span(Struct, frozen=True, order=True):
    """Characters start to stop, half-open, of a text."""

    start: int
    stop: int


class Failure(Struct, frozen=True):
    """What could not be done about an entry of the manifest or about a file, and why."""

    place: str  # the manifest, or the file where there is none, as it is named in messages
    line: int | None  # of the manifest
    reason: str  # names the file
    hint: str | None = None  # what to do
    lost: bool = True  # the document cannot be searched; False where only a part of it, or what is said of it, is wrong
    missing_format: str | None = None  # the format whose libraries are not installed, if that is why

    def __str__(self) -> str:
        where = self.place if self.line is None else f"{self.place}:{self.line}"
        return f"{where}: {self.reason}"


class SourceState(Struct, frozen=True, array_like=True, gc=False):
    """What the index remembers of one source: enough to see whether it has changed.

    There is one for each source: written as a list, and no part of a cycle that would have to be looked for.
    """

    content: str  # digest of the file's bytes
    fingerprint: str  # digest of all else that decides its records: declared metadata, reader version, analysis
    size: int  # bytes, as read
    mtime_ns: int  # when the file was last changed, as its system says
    records: int
    failure: Failure | None = None

    @property
    def lost(self) -> bool:
        """None of it is in the index, though it should be."""
        return self.failure is not None and self.failure.lost


class IndexState(Struct, frozen=True):
    """What an index says of itself."""

    built: str  # UTC, ISO 8601
    version: str  # of docindex
    records: int
    root: str  # the folder that the sources' paths are relative to, absolute
    manifest: str | None  # the manifest's path, absolute; None for a folder or one file
    sources: int = 0  # how many it remembers
    failures: tuple[Failure, ...] = ()  # what is wrong in the manifest or with a source, in the manifest's order
    manifest_seen: tuple[int, int] | None = None  # the manifest's size and mtime_ns when it was read
    folders: Mapping[str, str] = {}  # those of the sources, and a digest of the names in each
