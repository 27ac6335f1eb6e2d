"""Verify quotations against the index: verbatim, altered, nearest passage or not found.

A record is found by the words of the quotation, then both are aligned word by word. Case, accents,
typographic signs and letters that OCR confuses are no alteration. A changed number and a lost or
added negation are alarms, however small the difference.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.model.documents import UNDETERMINED, Span
from docindex.proof.alignment import best_in_order, placements
from docindex.proof.candidates import CandidateFinder, records_with_names
from docindex.proof.differences import differing_segments
from docindex.proof.tokens import tokens
from docindex.proof.verdicts import Change, Piece, Verdict, Verification, VerifiedDraft

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record
    from docindex.model.results import Staleness
    from docindex.proof.drafts import Draft
    from docindex.proof.quotations import Quotation
    from docindex.proof.tokens import Token

MIN_WORDS = 4
"""Words of the shortest quotation that is judged."""
MIN_ALTERED_SCORE, MIN_LONG_ALTERED_SCORE, LONG_QUOTATION_WORDS = 0.7, 0.6, 12
MIN_LONG_RUN_WORDS, MIN_CERTAIN_SCORE = 6, 0.8
"""Words from which an altered quotation keeps a run of three, else of two.

A score that makes it certain without.
"""
MIN_NEAREST_SCORE = 0.35


def verify_drafts(drafts: Iterable[Draft], index: Searcher, staleness: Staleness) -> Verification:
    """Return the verdicts on the quotations of some drafts."""
    began = time.perf_counter()
    verified = tuple(
        VerifiedDraft(draft.path, tuple(verify(quotation, index) for quotation in draft.quotations)) for draft in drafts
    )
    return Verification(verified, index.state, staleness, (time.perf_counter() - began) * 1000)


def verify(quotation: Quotation, index: Searcher) -> Verdict:
    """Return the verdict on one quotation."""
    pieces = [tokens(piece) for piece in quotation.pieces]
    if sum(map(len, pieces)) < MIN_WORDS:
        return Verdict(quotation, "short")
    finder = CandidateFinder(quotation, pieces, index)
    verdict = _best_verdict(quotation, pieces, finder.records_with_phrase(), index)
    if verdict is None or verdict.verdict != "verbatim":
        rest = _best_verdict(quotation, pieces, finder.records_with_words(), index)
        verdict = max(filter(None, (verdict, rest)), key=_verdict_rank, default=None)
    if verdict is None or verdict.score < MIN_NEAREST_SCORE:
        verdict = Verdict(quotation, "not found")
    if verdict.verdict in ("nearest", "not found"):
        records, shared = records_with_names(quotation, index)
        verdict = replace(verdict, translations=records, shared=shared)
    return verdict


def _verdict_rank(verdict: Verdict) -> tuple[bool, float, bool]:
    """Return the key by which one verdict is better than another: verbatim, near, dated."""
    dated = verdict.record is not None and verdict.record.metadata.date is not None
    return verdict.verdict == "verbatim", verdict.score, dated


def _best_verdict(
    quotation: Quotation, pieces: Sequence[Sequence[Token]], records: Iterable[Record], index: Searcher
) -> Verdict | None:
    """Return the best verdict over some records, and how many others hold the quotation word for
    word.
    """
    best: Verdict | None = None
    verbatim = 0
    for record in records:
        found = _verdict_on_record(quotation, pieces, record, index)
        if found is None:
            continue
        verbatim += found.verdict == "verbatim"
        if best is None or _verdict_rank(found) > _verdict_rank(best):
            best = found
    if best is None or best.verdict != "verbatim":
        return best
    return replace(best, other_records=verbatim - 1)


def _verdict_on_record(
    quotation: Quotation, pieces: Sequence[Sequence[Token]], record: Record, index: Searcher
) -> Verdict | None:
    """Return the verdict on a quotation if it is from this record, or None if nothing of it
    stands there.
    """
    body = record.body
    title = _title_before(record)
    text_there = title + body
    source = tokens(text_there)
    placed = best_in_order([placements(piece, source) for piece in pieces])
    if placed is None:
        return None
    found: list[Piece] = []
    changes: list[Change] = []
    agreement = length = 0.0
    longest = 0
    typographic = False
    language = record.metadata.language or UNDETERMINED
    breaks = [match.start() for match in re.finditer("\n", body)]
    pages = [match.start() for match in re.finditer("\f", body)]
    for text, piece, placement in zip(quotation.pieces, pieces, placed, strict=True):
        agreement += placement.agreement
        length += max(len(piece), placement.stop - placement.start)
        longest = max(longest, placement.longest)
        segments = list(differing_segments(text, piece, text_there, source, placement, language, index))
        changes += [Change(quoted, there, kind) for kind, quoted, there in segments if kind != "equal"]
        span = Span(source[placement.start].start, source[placement.stop - 1].stop)
        passage = text_there[span.start : span.stop]
        span = Span(max(0, span.start - len(title)), max(0, span.stop - len(title)))
        typographic |= any(
            kind == "equal" and _single_blanks(one) != _single_blanks(other) for kind, one, other in segments
        )
        page = (record.page or 1) + bisect_right(pages, span.start) if pages or record.page is not None else None
        line = record.lines[bisect_right(breaks, span.start - 1)]
        found.append(Piece(text, passage, span, line, page, tuple(segments)))
    score = agreement / length
    if not any(change.is_alteration for change in changes):
        verdict, score = "verbatim", 1.0
    else:
        least = MIN_ALTERED_SCORE if length < LONG_QUOTATION_WORDS else MIN_LONG_ALTERED_SCORE
        run = 3 if length >= MIN_LONG_RUN_WORDS else 2
        is_altered = score >= least and (longest >= run or score >= MIN_CERTAIN_SCORE)
        verdict = "altered" if is_altered else "nearest"
        score = min(score, 0.99)
    return Verdict(quotation, verdict, round(score, 2), record, tuple(found), tuple(changes), typographic)


def _title_before(record: Record) -> str:
    """Return the title with a line break if it stands before the body, and not in it.

    A reader takes a headline out of the text: it is quoted like the rest.
    """
    title = record.metadata.title or ""
    return f"{title}\n" if title and not record.body.startswith(title) else ""


def _single_blanks(text: str) -> str:
    """Return a text with single blanks between its words."""
    return " ".join(text.split())
