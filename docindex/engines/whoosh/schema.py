"""What Whoosh keeps of a record: its fields, and its stored form.

Nothing of ours is pickled into the index but the schema, and that is never read back: an index is opened with the
schema below.
"""

from __future__ import annotations

import json
import zlib
from datetime import date as Day
from typing import TYPE_CHECKING, Any

from whoosh import columns, fields, formats

from docindex.engines.base import FACETS
from docindex.engines.whoosh import blocks
from docindex.model import UNDETERMINED, Date, Metadata, Record, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION = 7
"""Raised whenever the files that this engine writes change their meaning."""

UNDATED = 0  # no day has the ordinal 0


class Positions(formats.Positions):
    """Positions as unsigned 32-bit numbers: written and read in one step each, where Whoosh's own are a pickle."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The positions, rising."""
        return blocks.places(valuestring).tolist()


def schema() -> fields.Schema:
    """The fields of a document in the index."""
    return fields.Schema(
        words=fields.FieldType(format=Positions(), analyzer=None, scorable=True),  # type: ignore[arg-type]
        path=fields.ID(),
        language=fields.ID(),
        id=fields.COLUMN(columns.VarBytesColumn()),
        title=fields.COLUMN(columns.VarBytesColumn()),
        earliest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        latest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        facets=fields.COLUMN(columns.VarBytesColumn()),
        alike=fields.COLUMN(columns.VarBytesColumn()),
        record=fields.COLUMN(columns.VarBytesColumn()),
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


def pack(record: Record) -> bytes:
    """A record as compressed JSON."""
    value = _values(record) | {
        "metadata": _values(record.metadata),
        "lines": _runs(record.lines),
        "quoted": list(map(_values, record.quoted)),
    }
    if record.metadata.date:
        value["metadata"]["date"] = _values(record.metadata.date)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=Day.isoformat)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _values(one: Record | Metadata | Date | Span) -> dict[str, Any]:
    """A value's parts by name; `dataclasses.asdict` copies each of them deeply, which takes ten times as long."""
    return {name: getattr(one, name) for name in one.__slots__}


def unpack(data: bytes) -> Record:
    """The record that `pack` was given."""
    value = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
    found = value["metadata"]
    if found["date"]:
        days = {key: Day.fromisoformat(found["date"][key]) for key in ("earliest", "latest")}
        found["date"] = Date(**found["date"] | days)
    found["subject"] = tuple(found["subject"])
    value["quoted"] = tuple(Span(**span) for span in value["quoted"])
    runs = [range(first, first + count) for first, count in value["lines"]]
    value["lines"] = runs[0] if len(runs) == 1 else tuple(line for run in runs for line in run)
    return Record(**value | {"metadata": Metadata(**found)})


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
