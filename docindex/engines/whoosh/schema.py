"""What Whoosh keeps of a record: its fields, and its stored form.

Nothing of ours is pickled into the index but the schema, and that is never read back: an index is opened with the
schema below.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from msgspec import Struct
from whoosh import columns, fields, formats

from docindex.engines.base import FACETS
from docindex.engines.whoosh.codec import postings_reader
from docindex.model import UNDETERMINED, Metadata, Record, Span
from docindex.serialization import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 10
"""Raised whenever the files that this engine writes change their meaning."""

UNDATED = 0  # no day has the ordinal 0


class Positions(formats.Positions):
    """Positions as `blocks.places` has them: written and read in one step each, where Whoosh's own are a pickle."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The positions, rising."""
        return postings_reader.places(valuestring).tolist()


def schema() -> fields.Schema:
    """The fields of a document in the index."""
    # With offsets: otherwise each opening of a column adds up the lengths of all documents' values.
    values = columns.VarBytesColumn(write_offsets_cutoff=0)
    return fields.Schema(
        words=fields.FieldType(format=Positions(), analyzer=None, scorable=True),  # type: ignore[arg-type]
        path=fields.ID(),
        language=fields.ID(),
        id=fields.COLUMN(values),
        title=fields.COLUMN(values),
        earliest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        latest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        facets=fields.COLUMN(values),
        alike=fields.COLUMN(values),
        record=fields.COLUMN(values),
    )


def facets(record: Record) -> list[Sequence[str]]:
    """What the record counts under, for each of FACETS."""
    metadata = record.metadata
    single = {
        "language": language_of(record),
        "publisher": metadata.publisher,
        "creator": metadata.creator,
        "collection": record.collection,
        "year": str(metadata.date.earliest.year) if metadata.date else None,
    }
    return [sorted(set(metadata.subject)) if name == "subject" else [single[name] or ""] for name in FACETS]


def language_of(record: Record) -> str:
    """The language a record is analysed in."""
    return record.metadata.language or UNDETERMINED


def term(language: str, form: str) -> bytes:
    """A word's form in the index: terms of one language stand together."""
    return f"{language} {form}".encode("utf-8", "replace")


class _Stored(Struct, frozen=True, array_like=True):
    """A record as it is kept."""

    path: str
    part: str | None
    metadata: Metadata
    collection: str | None
    body: str
    lines: list[tuple[int, int]]  # as runs
    page: int | None
    quoted: tuple[Span, ...]


LEVEL = 2


def deflated(data: bytes | memoryview) -> bytes:
    """As zlib has it, by a library that takes a third of the time of zlib's lowest level, for 2 % fewer bytes."""
    from isal import isal_zlib  # here: what searches only unpacks

    return isal_zlib.compress(data, LEVEL)


def pack(record: Record) -> bytes:
    """A record as compressed JSON."""
    stored = _Stored(
        record.path,
        record.part,
        record.metadata,
        record.collection,
        record.body,
        _runs(record.lines),
        record.page,
        record.quoted,
    )
    return deflated(dumps(stored))


def unpack(data: bytes) -> Record:
    """The record that `pack` was given."""
    found = loads(zlib.decompress(data), _Stored)
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
    )


def _runs(lines: Sequence[int]) -> list[tuple[int, int]]:
    """Line numbers as runs of (first, how many)."""
    if isinstance(lines, range) and lines.step == 1:
        return [(lines.start, len(lines))]
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    return runs
