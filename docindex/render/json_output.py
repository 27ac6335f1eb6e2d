"""Answers for scripts: JSON and JSON Lines, as one schema with a version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from docindex.model.documents import RECIPIENT_FIELDS
from docindex.render.sanitize import escape_controls_in_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.model.documents import Date, Failure, IndexState, Metadata, Record, Span
    from docindex.model.results import BuildReport, Expansion, Explanation, Finding, Hit, Passage, Results, Staleness
    from docindex.search.record_lines import RecordLine
    from docindex.search.thread import ThreadMessage

SCHEMA = 1
"""Raised whenever a key changes its meaning or goes; new keys leave it as it is."""


FINDING_COLUMNS = ("place", "line", "kind", "message")


def document(results: Results) -> Iterator[str]:
    """Yield the answer as one JSON document on one line. The hits are its last key."""
    index = results.index
    head = {
        "schema": SCHEMA,
        "query": results.query,
        "parsed": results.parsed,
        "total": results.total,
        "offset": results.offset,
        "limit": results.limit,
        "elapsed_ms": round(results.elapsed_ms, 1),
        "index": {
            "records": index.records,
            "sources": index.sources,
            "built": index.built,
            "fresh": results.staleness.fresh,
        },
        "repairs": list(results.repairs),
        "suggestions": to_builtins(results.suggestions),
        "expanded": expanded(results.expanded),
        "why": to_builtins(results.why),
        "facets": {name: dict(counts) for name, counts in results.facets.items()},
        "groups": to_builtins(results.groups),
    }
    yield text(head)[:-1] + ', "hits": ['
    for number, hit in enumerate(_iter_hits(results)):
        yield (", " if number else "") + text(hit)
    yield "]}\n"


def expanded(expansions: Sequence[Expansion]) -> list[dict[str, Any]]:
    """Return each form of each word that has other forms: the word as typed first."""
    return [
        {
            "word": expansion.word,
            "form": one.form,
            "written": one.written,
            "records": one.records,
            "score": one.score,
            "why": one.by,
            "searched": expansion.searched,
        }
        for expansion in expansions
        for one in expansion.forms
    ]


def lines(results: Results) -> Iterator[str]:
    """Yield each hit with its query on one line."""
    for hit in _iter_hits(results):
        yield text({"query": results.query, **hit}) + "\n"


def explanation(understood: Explanation) -> dict[str, Any]:
    """Return the parsed query as JSON data."""
    return {"schema": SCHEMA, **to_builtins(understood)}


def report(built: BuildReport) -> dict[str, Any]:
    """Return the result of a build as JSON data."""
    return {
        "schema": SCHEMA,
        "added": list(built.added),
        "changed": list(built.changed),
        "removed": list(built.removed),
        "unchanged": built.unchanged,
        "failed": [_failure(failure) for failure in built.failures],
        "skipped": dict(built.skipped),
        "unread_pages": built.state.unread_pages,
        "unlisted": len(built.unlisted),
        "records": built.state.records,
        "sources": built.state.sources,
        "elapsed_s": round(built.elapsed_s, 3),
        "notes": list(built.notes),
    }


def status(
    state: IndexState,
    behind: Staleness,
    place: str,
    size: int,
    tallies: Mapping[str, Mapping[str, int]],
    left_out: Iterable[Failure] = (),
    searches: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the state of an index as JSON data."""
    return {
        "schema": SCHEMA,
        "index": place,
        "records": state.records,
        "sources": state.sources,
        "root": state.root,
        "manifest": state.manifest,
        "built": state.built,
        "version": state.version,
        "bytes": size,
        **{f"{name}s": dict(counts) for name, counts in tallies.items()},
        "fresh": behind.fresh,
        "behind": {"changed": list(behind.changed), "gone": list(behind.gone), "new": behind.new},
        "failed": [_failure(failure) for failure in state.failures],
        "left_out": [_failure(failure) for failure in left_out],
        "unread_pages": state.unread_pages,
        "searches": dict(searches or {}),
    }


def record(
    found: Record,
    title_marks: Sequence[Span],
    shown: Sequence[RecordLine],
    described_marks: Mapping[str, Sequence[Span]],
) -> dict[str, Any]:
    """Return one record as JSON data: metadata and lines."""
    return {
        "schema": SCHEMA,
        **record_fields(found),
        "title_marks": _marks(title_marks),
        "described_marks": _described_marks(described_marks),
        "lines": [
            {
                "line": line.number,
                "page": line.page,
                "start": line.start,
                "text": line.text,
                "marks": _marks(line.marks),
            }
            for line in shown
        ],
    }


def record_fields(found: Record) -> dict[str, Any]:
    """Return the identity and metadata of a record."""
    metadata = found.metadata
    return {
        "id": found.id,
        "path": found.path,
        "part": found.part,
        "title": found.title,
        "creator": metadata.creator,
        "publisher": metadata.publisher,
        "date": _date(metadata.date),
        "language": metadata.language,
        "subject": list(metadata.subject),
        "collection": found.collection,
        **{name: list(people) for name in RECIPIENT_FIELDS if (people := getattr(metadata, name))},
        **({"ocr": [{"page": one.page, "confidence": one.confidence} for one in found.ocr]} if found.ocr else {}),
    }


def thread(id: str, messages: Sequence[ThreadMessage]) -> dict[str, Any]:  # noqa: A002
    """Return a conversation as JSON data."""
    return {
        "schema": SCHEMA,
        "id": id,
        "messages": [
            {
                **record_fields(message.record),
                "copy_of": message.copy_of,
                "left_out": message.left_out,
                "adds": [
                    {
                        "quotes": quotes(addition.quoted),
                        "lines": [
                            {"line": line.number, "page": line.page, "start": line.start, "text": line.text}
                            for line in addition.lines
                        ],
                    }
                    for addition in message.additions
                ],
            }
            for message in messages
        ],
    }


def findings(found: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings of a check as JSON data."""
    return {"schema": SCHEMA, "findings": finding_values(found)}


def finding_values(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return each finding as JSON data, in the order of FINDING_COLUMNS."""
    return [{name: getattr(finding, name) for name in FINDING_COLUMNS} for finding in found]


def hits(results: Results) -> list[dict[str, Any]]:
    """Return the hits as JSON data."""
    return list(_iter_hits(results))


def _iter_hits(results: Results) -> Iterator[dict[str, Any]]:
    for rank, hit in results.ranked():
        yield hit_fields(rank, hit, by_thread=results.by_thread)


def hit_fields(rank: int, hit: Hit, *, by_thread: bool = False) -> dict[str, Any]:
    """Return a hit with its rank, marks and passages."""
    return {
        "rank": rank,
        "score": round(hit.score, 4),
        **record_fields(hit.record),
        "title_marks": _marks(hit.title_marks),
        "described_marks": _described_marks(hit.metadata_marks),
        "stale": hit.stale,
        "alike": [] if by_thread else list(hit.alike),
        "thread": list(hit.alike) if by_thread else [],
        "passages": [_passage(passage) for passage in hit.passages],
    }


def quotes(quoted: Metadata | None) -> dict[str, Any] | None:
    """Return whom a text quotes, and when that was written, or None for a record's own text."""
    if quoted is None:
        return None
    return {"creator": quoted.creator, "date": _date(quoted.date), "title": quoted.title}


def _date(date: Date | None) -> dict[str, str] | None:
    if date is None:
        return None
    return {
        "value": date.value,
        "earliest": date.earliest.isoformat(),
        "latest": date.latest.isoformat(),
        "precision": date.precision,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "line": passage.line,
        "page": passage.page,
        "start": passage.start,
        "marks": _marks(passage.marks),
        "quotes": quotes(passage.quoted),
    }


def _marks(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.stop] for span in spans]


def _described_marks(marks: Mapping[str, Sequence[Span]]) -> dict[str, list[list[int]]]:
    return {name: _marks(spans) for name, spans in marks.items()}


def _failure(failure: Failure) -> dict[str, Any]:
    return {"place": failure.place, "line": failure.line, "reason": failure.reason, "hint": failure.hint}


def text(value: Any) -> str:
    """Return the value as JSON on one line."""
    # What would act on a terminal, and the lone surrogates of a name that is no UTF-8, are written
    # as JSON's escapes.
    return escape_controls_in_json(json.dumps(value, ensure_ascii=False))
