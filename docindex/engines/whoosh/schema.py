"""What a record becomes in Whoosh: its fields, the postings of its words, and its stored form.

Nothing of ours is pickled into the index but the schema, and that is never read back: an index is opened with the
schema below.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict, deque
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from whoosh import columns, fields, formats

from docindex import alike, analysis, scoring
from docindex.engines.base import FACETS
from docindex.model import UNDETERMINED, Metadata, Record, Span
from docindex.values import dumped, loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION = 6
"""Raised whenever the files that this engine writes change their meaning."""

UNDATED = 0  # no day has the ordinal 0


class Document(NamedTuple):
    """What a record becomes: little enough to be sent from one process to another."""

    path: str
    language: str
    columns: dict[str, bytes | int]
    length: int  # in words
    terms: list[bytes]  # the words, each once
    weights: list[float]  # of each term
    positions: list[bytes]  # of each term, as `Positions` has them


class Positions(formats.Positions):
    """Positions as unsigned 32-bit numbers: written and read in one step each, where Whoosh's own are a pickle."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The positions, rising."""
        return array("I", valuestring).tolist()


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


def document(record: Record) -> Document:
    """What the writer is given for a record."""
    length, terms, weights, positions, said = postings(record)
    values: dict[str, bytes | int] = {
        "id": record.id.encode("utf-8", "surrogateescape"),
        "title": analysis.fold(record.title).encode("utf-8", "replace"),
        "facets": dumped(facets(record)),
        "alike": alike.signature(said, alike.told(record)),
        "record": pack(record),
    }
    if record.metadata.date:
        values["earliest"] = record.metadata.date.earliest.toordinal()
        values["latest"] = record.metadata.date.latest.toordinal()
    return Document(record.path, language_of(record), values, length, terms, weights, positions)


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


class _Terms(dict[analysis.Forms, bytes]):
    """The one term that each word of a language is posted under: its exact form, behind the folded one.

    What folds to the same form, or has the same stem, is put together when it is asked for (`words`).
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, forms: analysis.Forms) -> bytes:
        if len(self) > analysis.MAX_CACHED:
            self.clear()
        self[forms] = found = term(self._language, forms[-1] if analysis.EXACT in forms[-1] else forms[0])
        return found


_terms = lru_cache(maxsize=64)(_Terms)


def postings(record: Record) -> tuple[int, list[bytes], list[float], list[bytes], set[bytes]]:
    """The length of all searched fields, their terms, and the weight and the positions of each; the body's terms.

    A position's high bits are the number of its field (`scoring.FIELDS`).
    """
    language = language_of(record)
    metadata = record.metadata
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
    length = 0
    said: set[bytes] = set()
    places: dict[bytes, list[int]] = {}
    weights: dict[bytes, float] = {}
    for number, field in enumerate(scoring.FIELDS):
        found, count = _places(texts[field], language, number << scoring.FIELD_BITS)
        weight = scoring.WEIGHTS[field]
        if field in ("body", "quoted"):
            said.update(found)
        length += count * int(max(1, weight))  # what is quoted makes a record as long as what is not
        if not places:
            places, weights = found, {term: weight * len(held) for term, held in found.items()}
            continue
        for term, held in found.items():
            places[term] = [*places.get(term, ()), *held]
            weights[term] = weights.get(term, 0.0) + weight * len(held)
    packed = [array("I", held).tobytes() for held in places.values()]
    return length, list(places), list(map(float, weights.values())), packed, said


def _places(texts: Iterable[str], language: str, base: int) -> tuple[dict[bytes, list[int]], int]:
    """Where each term of a field stands, and how many words the field has."""
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    count = 0
    for text in texts:
        tokens = analysis.analyse(text, language)
        if not tokens.forms:
            base += scoring.GAP
            continue
        count += len(tokens.forms)
        terms = map(_terms(language).__getitem__, tokens.forms)
        # Nothing here runs once for each word but what C runs.
        deque(map(list.append, map(places.__getitem__, terms), map(base.__add__, tokens.positions)), maxlen=0)
        base += tokens.positions[-1] + scoring.GAP
    return places, count


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
    return zlib.compress(dumped(stored), 1)


def unpack(data: bytes) -> Record:
    """The record that `pack` was given."""
    found = loaded(zlib.decompress(data), _Stored)
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
