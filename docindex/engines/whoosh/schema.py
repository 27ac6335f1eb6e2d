"""What a record becomes in Whoosh: its fields, the postings of its words, and its stored form.

Nothing of ours is pickled into the index but the schema, and that is never read back: an index is opened with the
schema below.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from dataclasses import asdict
from datetime import date as Day
from typing import TYPE_CHECKING, Any

from whoosh import columns, fields, formats

from docindex import analysis, scoring
from docindex.engines.base import FACETS
from docindex.model import UNDETERMINED, Date, Metadata, Record, Span

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

VERSION = 3
"""Raised whenever the files that this engine writes change their meaning."""

UNDATED = 0  # no day has the ordinal 0

Posting = tuple[bytes, int, float, bytes]  # term, what it adds to the record's length, its weight, its positions


class Positions(formats.Positions):
    """Positions as unsigned 32-bit numbers: written and read in one step each, where Whoosh's own are a pickle."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The positions, rising."""
        return array("I", valuestring).tolist()


class Words(fields.FieldType):
    """A field whose value is its postings: the analysis has been done."""

    def __init__(self) -> None:
        super().__init__(format=Positions(), analyzer=None, scorable=True)  # type: ignore[arg-type]

    def index(self, value: Iterable[Posting], **kwargs: Any) -> Generator[Posting, Any, None]:
        """The postings themselves."""
        yield from value


def schema() -> fields.Schema:
    """The fields of a document in the index."""
    return fields.Schema(
        words=Words(),
        path=fields.ID(),
        language=fields.ID(),
        id=fields.COLUMN(columns.VarBytesColumn()),
        title=fields.COLUMN(columns.VarBytesColumn()),
        earliest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        latest=fields.COLUMN(columns.NumericColumn("i", default=UNDATED)),
        facets=fields.COLUMN(columns.VarBytesColumn()),
        record=fields.STORED(),
    )


def document(record: Record) -> dict[str, Any]:
    """What `add_document` is given for a record."""
    values: dict[str, Any] = {
        "words": postings(record),
        "path": record.path,
        "language": language_of(record),
        "id": record.id.encode("utf-8", "surrogateescape"),
        "title": analysis.fold(record.title).encode("utf-8", "replace"),
        "facets": json.dumps(facets(record)).encode("ascii"),
        "record": pack(record),
    }
    if record.metadata.date:
        values["earliest"] = record.metadata.date.earliest.toordinal()
        values["latest"] = record.metadata.date.latest.toordinal()
    return values


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


def postings(record: Record) -> list[Posting]:
    """The terms of all searched fields, each with its weight and its positions.

    A position's high bits are the number of its field (`scoring.FIELDS`).
    """
    language = language_of(record)
    metadata = record.metadata
    places: defaultdict[str, list[int]] = defaultdict(list)
    own, quoted = record.own_and_quoted()
    texts = {
        "body": own,
        "title": (record.title,),
        "creator": (metadata.creator or "",),
        "publisher": (metadata.publisher or "",),
        "subject": metadata.subject,
        "collection": (record.collection or "",),
        "quoted": quoted,
    }
    for number, field in enumerate(scoring.FIELDS):
        base = number << scoring.FIELD_BITS
        for text in texts[field]:
            tokens = analysis.analyse(text, language)
            for forms, position in zip(tokens.forms, tokens.positions, strict=True):
                for form in forms:
                    places[form].append(base + position)
            base += (tokens.positions[-1] if tokens.positions else 0) + scoring.GAP
    return [
        (
            term(language, form),
            0 if form.startswith(analysis.STEM) or analysis.EXACT in form else _length(positions),
            float(_weight(positions)),
            array("I", positions).tobytes(),
        )
        for form, positions in places.items()
    ]


def _length(positions: Sequence[int]) -> int:
    """What a word adds to a record's length: what is quoted makes it as long as what is not."""
    if positions[-1] >> scoring.FIELD_BITS == 0:
        return len(positions) * int(scoring.WEIGHTS["body"])
    return sum(int(max(1, scoring.WEIGHTS[scoring.FIELDS[position >> scoring.FIELD_BITS]])) for position in positions)


def _weight(positions: Sequence[int]) -> float:
    if positions[-1] >> scoring.FIELD_BITS == 0:
        return len(positions) * scoring.WEIGHTS["body"]
    return sum(scoring.WEIGHTS[scoring.FIELDS[position >> scoring.FIELD_BITS]] for position in positions)


def pack(record: Record) -> bytes:
    """A record as compressed JSON."""
    value = asdict(record)
    value["lines"] = _runs(record.lines)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=Day.isoformat)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


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
