"""Verdicts on quotations for scripts: JSON, JSON Lines and tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from docindex.render.json_output import SCHEMA, record_fields
from docindex.render.passages import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from docindex.proof.verdicts import Change, Verdict, Verification

VERDICTS = ("verbatim", "altered", "nearest", "not found", "short")
TABLE_COLUMNS = "draft line verdict accepted score quotation record source_line alarms changes".split()


def value(found: Verification, accepted: Collection[str] = ()) -> dict[str, Any]:
    """Return a report as JSON data."""
    counts = Counter(verdict.verdict for verdict in found.verdicts())
    return {
        "schema": SCHEMA,
        "passed": found.passes(accepted),
        "counts": {name: counts[name] for name in VERDICTS},
        "index": {
            "records": found.index.records,
            "sources": found.index.sources,
            "built": found.index.built,
            "fresh": found.staleness.fresh,
        },
        "elapsed_ms": round(found.elapsed_ms, 1),
        "drafts": [
            {"path": draft.path, "quotations": [_quotation(verdict, accepted) for verdict in draft.verdicts]}
            for draft in found.drafts
        ],
    }


def quotation_values(found: Verification, accepted: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield each quotation of each draft as JSON data."""
    for draft in found.drafts:
        for verdict in draft.verdicts:
            yield {"draft": draft.path, **_quotation(verdict, accepted)}


def table(found: Verification, accepted: Collection[str]) -> Iterator[Sequence[str]]:
    """Yield each quotation of each draft as a row of a table, after its header."""
    yield TABLE_COLUMNS
    for draft in found.drafts:
        for verdict in draft.verdicts:
            yield [
                one_line(cell)
                for cell in (
                    draft.path,
                    str(verdict.quotation.line),
                    verdict.verdict,
                    "yes" if verdict.verdict in accepted else "",
                    f"{verdict.score:.4f}",
                    verdict.quotation.text,
                    verdict.record.id if verdict.record else "",
                    str(verdict.pieces[0].line) if verdict.pieces else "",
                    _in_words(verdict.alarms),
                    _in_words(verdict.changes),
                )
            ]


def _quotation(verdict: Verdict, accepted: Collection[str]) -> dict[str, Any]:
    return {
        "line": verdict.quotation.line,
        "text": verdict.quotation.text,
        "attribution": verdict.quotation.attribution,
        "verdict": verdict.verdict,
        "accepted": verdict.verdict in accepted,
        "score": verdict.score,
        "alarms": [_change(change) for change in verdict.alarms],
        "changes": [_change(change) for change in verdict.changes],
        "typographic": verdict.typographic,
        "other_records": verdict.other_records,
        "record": record_fields(verdict.record) if verdict.record else None,
        "pieces": [
            {
                "quoted": piece.quoted,
                "text": piece.text,
                "line": piece.line,
                "page": piece.page,
                "start": piece.span.start,
                "segments": [
                    {"kind": kind, "quoted": quoted, "source": there} for kind, quoted, there in piece.segments
                ],
            }
            for piece in verdict.pieces
        ],
        "translations": [record_fields(record) for record in verdict.translations],
        "shared": list(verdict.shared),
    }


def _in_words(changes: Sequence[Change]) -> str:
    return "; ".join(f"{one.quoted} / {one.source}" for one in changes)


def _change(change: Change) -> dict[str, str]:
    return {"kind": change.kind, "quoted": change.quoted, "source": change.source}
