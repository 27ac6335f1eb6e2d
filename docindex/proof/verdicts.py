"""Verdicts on quotations, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.model.documents import IndexState, Record, Span
from docindex.model.results import Staleness
from docindex.proof.quotations import Quotation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Change(Struct, frozen=True):
    """Difference between a quotation and its source. An empty side means added or lost words."""

    quoted: str
    source: str
    kind: str  # words, number, negation or ocr

    @property
    def is_alteration(self) -> bool:
        """Return False for OCR noise."""
        return self.kind != "ocr"


class Piece(Struct, frozen=True):
    """Piece of a quotation with its passage in the source."""

    quoted: str
    text: str  # the source's passage, unchanged
    span: Span  # of the passage in the record's body
    line: int  # of the source's file, from 1
    page: int | None
    segments: tuple[tuple[str, str, str], ...]  # equal, ocr, number, negation or words; quoted text, source's text


class Verdict(Struct, frozen=True):
    """Verdict on a quotation."""

    quotation: Quotation
    verdict: str  # verbatim, altered, nearest, not found or short
    score: float = 0.0  # share of the words that agree, 0 to 1
    record: Record | None = None
    pieces: tuple[Piece, ...] = ()
    changes: tuple[Change, ...] = ()
    typographic: bool = False  # case, accents or signs differ
    other_records: int = 0  # that hold it word for word too
    translations: tuple[Record, ...] = ()  # share its names and numbers: it may be a translation from them
    shared: tuple[str, ...] = ()  # those names and numbers

    @property
    def alarms(self) -> tuple[Change, ...]:
        """Changed numbers and negations."""
        return tuple(change for change in self.changes if change.kind in ("number", "negation"))


class VerifiedDraft(Struct, frozen=True):
    """A draft and the verdict on each of its quotations, in its order."""

    path: str
    verdicts: tuple[Verdict, ...]


class Verification(Struct, frozen=True):
    """The answer to one run: drafts, and the index that they were verified against."""

    drafts: tuple[VerifiedDraft, ...]
    index: IndexState
    staleness: Staleness
    elapsed_ms: float

    def verdicts(self) -> Iterator[Verdict]:
        """Yield the verdicts on all drafts."""
        return (verdict for draft in self.drafts for verdict in draft.verdicts)

    def passes(self, accepted: Collection[str]) -> bool:
        """Return True if each quotation is verbatim, too short to judge, or of an accepted
        verdict.
        """
        return all(verdict.verdict in {"verbatim", "short", *accepted} for verdict in self.verdicts())
