"""Weights of matches for the choice of passages: what the list says elsewhere comes last. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from docindex.analysis import folding
from docindex.model.documents import METADATA_FIELDS

if TYPE_CHECKING:
    from docindex.model.documents import Record, Span

WEAK_MATCH_WEIGHT = 0.05
"""Weight of a match in a line that repeats metadata, in an address, or in a quoted reply."""
MAX_METADATA_LINE_CHARS = 200
"""Length of a line that may repeat metadata."""

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_LABEL = re.compile(r"^\W*\w[\w -]{1,20}:\s*")
_NO_WORD = re.compile(r"\W+")


class MatchWeights:
    """Weights of the matches in one record's body."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._lines: dict[int, bool] = {}

    def weight(self, span: Span) -> float:
        """Return 1, or less for a match that the reader learns little from."""
        weak = self._is_within(self._quoted, span) or self._is_within(self._addresses, span)
        return WEAK_MATCH_WEIGHT if weak or self._repeats_metadata(span.start) else 1.0

    @cached_property
    def _quoted(self) -> list[tuple[int, int]]:
        return [(span.start, span.stop) for span in self._record.quoted]

    @cached_property
    def _addresses(self) -> list[tuple[int, int]]:
        body = self._record.body
        return [found.span() for found in _ADDRESS.finditer(body)] if "://" in body or "www." in body else []

    @cached_property
    def _known_values(self) -> list[str]:
        """The values of the metadata, folded and without punctuation."""
        record = self._record
        values = [record.metadata.title or "", *(record.metadata_text(name) for name in METADATA_FIELDS)]
        folded = [_bare(value) for value in values if value]
        return [value for value in folded if value]

    def _repeats_metadata(self, place: int) -> bool:
        """Return True if the line at a place is a value of the metadata, perhaps with a label."""
        body = self._record.body
        start = body.rfind("\n", 0, place) + 1
        if start not in self._lines:
            stop = body.find("\n", place)
            line = body[start : stop if stop >= 0 else len(body)]
            self._lines[start] = len(line) <= MAX_METADATA_LINE_CHARS and self._is_known(line)
        return self._lines[start]

    def _is_known(self, line: str) -> bool:
        whole = _bare(line)
        if not whole:
            return False
        if whole in self._known_values:
            return True
        label = _LABEL.match(line)
        value = _bare(line[label.end() :]) if label else ""
        return bool(value) and any(value in known or known in value for known in self._known_values)

    @staticmethod
    def _is_within(spans: list[tuple[int, int]], span: Span) -> bool:
        """Return True if a span begins within one of some spans, which are in order."""
        index = bisect_right(spans, (span.start, span.start + (1 << 40))) - 1
        return index >= 0 and span.start < spans[index][1]


def _bare(text: str) -> str:
    return _NO_WORD.sub(" ", folding.fold(text)).strip()
