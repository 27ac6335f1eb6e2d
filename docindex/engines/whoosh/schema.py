"""The values that an index keeps of a record, and the names of its fields and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.engines.whoosh.codec.doc_values import MAX_BLOCK_BYTES, encode_values
from docindex.engines.whoosh.codec.mmap_file import raises_damage
from docindex.model.choices import FACETS
from docindex.model.documents import UNDETERMINED, Message, Metadata, OcrPage, Record, Span
from docindex.model.serialization import dumps, loads
from docindex.ranking.threads import ThreadLinks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.engines.whoosh.codec.doc_values import ValueBlock

VERSION = 14
"""The format version of the files that this engine writes.

Raise it whenever their meaning changes.
"""

NO_DATE = 0  # no day has the ordinal 0
INDEXED_FIELDS = ("language", "path", "thread", "words")
BYTES_COLUMNS = ("id", "title", "facets", "alike", "links", "record")
SIGNATURE_BLOCK_BYTES = 1 << 11
"""Size of blocks of signatures: they hardly compress, and few are read, far apart."""
NUMBER_COLUMNS = ("earliest", "latest")


def encode_column(name: str, values: Sequence[bytes]) -> list[ValueBlock]:
    """Return a column of BYTES_COLUMNS as it is written."""
    return encode_values(values, SIGNATURE_BLOCK_BYTES if name == "alike" else MAX_BLOCK_BYTES)


def facets(record: Record) -> list[Sequence[str]]:
    """Return the values that a record counts under, for each of FACETS."""
    metadata = record.metadata
    single = {
        "language": language_of(record),
        "publisher": metadata.publisher,
        "creator": metadata.creator,
        "collection": record.collection,
        "year": str(metadata.date.earliest.year) if metadata.date else None,
    }
    several = {
        "subject": sorted(set(metadata.subject)),
        "to": sorted(set(metadata.to)) or [""],
        "with": sorted(metadata.people()) or [""],
    }
    return [several[name] if name in several else [single[name] or ""] for name in FACETS]


def encode_links(links: ThreadLinks | None) -> bytes:
    """Return the links of a message as JSON, or nothing for a record that is none."""
    return dumps(links) if links else b""


@raises_damage
def decode_links(data: bytes) -> ThreadLinks | None:
    """Return the links that `encode_links` was given."""
    return loads(data, ThreadLinks) if data else None


def language_of(record: Record) -> str:
    """Return the language that a record is analysed in."""
    return record.metadata.language or UNDETERMINED


def term(language: str, form: str) -> bytes:
    """Return a form as a term of the index. Terms of one language stand together."""
    return f"{language} {form}".encode("utf-8", "replace")


class _Stored(Struct, frozen=True, array_like=True):
    """A record as the index keeps it."""

    path: str
    part: str | None
    metadata: Metadata
    collection: str | None
    body: str
    lines: list[tuple[int, int]]  # as runs
    page: int | None
    quoted: tuple[Span, ...]
    ocr: tuple[OcrPage, ...] = ()
    message: Message | None = None


def encode_stored(record: Record) -> bytes:
    """Return a record as JSON."""
    stored = _Stored(
        record.path,
        record.part,
        record.metadata,
        record.collection,
        record.body,
        _runs(record.lines),
        record.page,
        record.quoted,
        record.ocr,
        record.message,
    )
    return dumps(stored)


@raises_damage
def decode_stored(data: bytes) -> Record:
    """Return the record that `encode_stored` was given."""
    found = loads(data, _Stored)
    runs = [range(first, first + count) for first, count in found.lines]
    return Record(
        path=found.path,
        part=found.part,
        metadata=found.metadata,
        collection=found.collection,
        body=found.body,
        lines=runs[0] if len(runs) == 1 else tuple(line for run in runs for line in run),
        page=found.page,
        quoted=found.quoted,
        ocr=found.ocr,
        message=found.message,
    )


def _runs(lines: Sequence[int]) -> list[tuple[int, int]]:
    """Return line numbers as runs: the first, and how many."""
    if isinstance(lines, range) and lines.step == 1:
        return [(lines.start, len(lines))]
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    return runs
