"""Selection of the passages of a record that are shown for its matches. Pure: no markup.

A candidate passage scores by the number of different query leaves in it, then by the number of
matches. Matches in lines that repeat metadata, in addresses and in quoted replies count less. Of
equal candidates the first in the text is chosen. Passages are cut at the ends of sentences or
words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from docindex.model.documents import Span
from docindex.model.results import Passage
from docindex.search.highlighter import Match, merge_spans
from docindex.search.passage_weights import MatchWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.model.documents import Record

SENTENCE_START_SLACK_CHARS = 60
"""Characters that a passage may be longer than asked for, to begin with its sentence."""
WORD_END_SLACK_CHARS = 40
"""Characters that a passage may be shorter than asked for, to end with a word."""
MAX_WORD_OVERLAP = 0.8
"""Share of equal words from which on the lower of two passages is redundant."""
MAX_REDUNDANT_PASSAGES = 20
"""Redundant passages that are skipped in search of others."""
MAX_SCORED_MATCHES = 2_000
"""Matches, from the start of the record, among which passages are chosen."""
MAX_COUNTED_MATCHES = 20
"""Matches in a passage beyond which its score does not rise."""

# A sentence ends at its mark and a space, at an empty line, or at the end of a page.
_SENTENCE_END = re.compile(r"[.!?…؟。！？]+[\"'”’»)\]]*\s+|\n[ \t]*\n\s*|\f")
_WORD_START = re.compile(r"(?<=\s)\S")
_WORD_END = re.compile(r"\S(?=\s)")


def best_passages(
    record: Record, matches: Sequence[Match], *, width: int = 240, count: int | None = 3
) -> tuple[Passage, ...]:
    """Return the best passages of about `width` characters in the order of the body, at most
    `count`.

    They do not overlap. A `count` of None returns passages for all matches. Without a match the
    result is the beginning of the body, unmarked.
    """
    text = record.body
    if not matches:
        stop = _passage_end(text, 0, min(len(text), width))
        return (_PassageBuilder(record).build(0, stop, ()),) if text[:stop].strip() else ()
    candidates = _candidate_passages(text, matches if count is None else matches[:MAX_SCORED_MATCHES], width)
    if count is not None:
        weights = MatchWeights(record)
        scores = [_passage_score(matches, candidate, weights) for candidate in candidates]
        best = sorted(range(len(candidates)), key=lambda index: (-scores[index], index))
        if scores[best[0]] >= 1.0:  # other passages only repeat what the list says anyway
            best = [index for index in best if scores[index] >= 1.0]
        candidates = [
            candidates[index] for index in sorted(_drop_redundant(text, matches, candidates, best, width, count))
        ]
    spans = merge_spans(matches)
    starts = [span.start for span in spans]
    builder = _PassageBuilder(record)
    passages: list[Passage] = []
    end = 0
    for start, stop in _resolve_overlaps(text, matches, candidates, width):
        start = max(start, end)
        marks = spans[bisect_left(starts, start) : bisect_left(starts, stop)]
        if marks:
            end = max([stop, *(mark.stop for mark in marks)])
            passages.append(builder.build(start, end, marks))
    return tuple(passages)


class _PassageBuilder:
    """Makes passages of a record; the positions of its lines and pages are looked up once."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._line_ends = _offsets("\n", record.body)
        self._page_ends = _offsets("\f", record.body)
        self._has_pages = bool(self._page_ends) or record.page is not None

    def build(self, start: int, stop: int, marks: Sequence[Span]) -> Passage:
        """Return the passage between two characters, with the line and page of its first match."""
        record = self._record
        first = marks[0].start if marks else start
        return Passage(
            text=record.body[start:stop],
            start=start,
            line=record.lines[bisect_right(self._line_ends, first - 1)],
            page=(record.page or 1) + bisect_right(self._page_ends, first - 1) if self._has_pages else None,
            marks=tuple(Span(mark.start - start, mark.stop - start) for mark in marks),
        )


def _offsets(character: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(character, text)]


def _candidate_passages(text: str, matches: Sequence[Match], width: int) -> list[tuple[int, int]]:
    """Return runs of matches, as the first and last index of each, that fit into a passage on
    one page.
    """
    max_chars = max(1, width * 2 // 3)  # the rest is for the text around the matches
    candidates: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(matches) + 1):
        if (
            index == len(matches)
            or matches[index].span.stop - matches[first].span.start > max_chars
            or text.find("\f", matches[index - 1].span.start, matches[index].span.start) >= 0
        ):
            candidates.append((first, index - 1))
            first = index
    return candidates


def _passage_score(matches: Sequence[Match], candidate: tuple[int, int], weights: MatchWeights) -> float:
    """Return the weights of the different leaves in a candidate, and a little for each match."""
    inside = matches[candidate[0] : candidate[1] + 1]
    leaves: dict[int, float] = {}
    for match in inside:
        leaves[match.leaf] = max(leaves.get(match.leaf, 0.0), weights.weight(match.span))
    return sum(leaves.values()) + min(len(inside), MAX_COUNTED_MATCHES) / 100


def _drop_redundant(
    text: str,
    matches: Sequence[Match],
    candidates: Sequence[tuple[int, int]],
    best: Sequence[int],
    width: int,
    count: int,
) -> list[int]:
    """Return the first `count` of the best candidates whose words do not repeat a better one."""
    chosen: list[int] = []
    words_of_chosen: list[set[str]] = []
    for index in best[: count + MAX_REDUNDANT_PASSAGES]:
        if len(chosen) == count:
            break
        begin, end = _extent(matches, candidates[index])
        start, stop = _bounds(text, begin, end, width)
        words = set(re.findall(r"\w+", text[start:stop].casefold()))
        if not any(len(words & known) > MAX_WORD_OVERLAP * len(words | known) for known in words_of_chosen):
            chosen.append(index)
            words_of_chosen.append(words)
    return chosen


def _resolve_overlaps(
    text: str, matches: Sequence[Match], candidates: Sequence[tuple[int, int]], width: int
) -> list[tuple[int, int]]:
    """Return the bounds of the passages.

    Two that would overlap meet at the end of a sentence, if there is one.
    """
    bounds: list[tuple[int, int]] = []
    previous_end = 0  # of the last match in the passage before
    for candidate in candidates:
        begin, end = _extent(matches, candidate)
        start, stop = _bounds(text, begin, end, width)
        if (
            bounds
            and start < bounds[-1][1]
            and (border := _SENTENCE_END.search(text, previous_end, max(previous_end, begin)))
        ):
            bounds[-1] = bounds[-1][0], border.start() + len(border.group().rstrip())
            start = border.end()
            stop = _passage_end(text, end, min(len(text), max(end, start + width)))
        bounds.append((start, stop))
        previous_end = end
    return bounds


def _extent(matches: Sequence[Match], candidate: tuple[int, int]) -> tuple[int, int]:
    """Return the first and the last character of a run of matches."""
    first, last = candidate
    return matches[first].span.start, max(match.span.stop for match in matches[first : last + 1])


def _bounds(text: str, first: int, last: int, width: int) -> tuple[int, int]:
    """Return the passage around characters first to last: from the start of its sentence if
    near, to about `width`.
    """
    spare = max(0, width - (last - first))
    start = _passage_start(text, max(0, first - spare * 2 // 3), first)
    stop = _passage_end(text, last, min(len(text), max(last, start + width)))
    return start, stop


def _passage_start(text: str, lowest: int, first: int) -> int:
    """Return the start of the page, else of the first sentence in reach, else of a word."""
    for start in dict.fromkeys((lowest, max(0, lowest - SENTENCE_START_SLACK_CHARS))):
        page = text.rfind("\f", start, first)
        if page >= 0 or start == 0:
            return page + 1 + len(text[page + 1 : first]) - len(text[page + 1 : first].lstrip())
        end = _SENTENCE_END.search(text, start, first)
        if end:
            return end.end()
    word = _WORD_START.search(text, lowest, first)
    return word.start() if word else first


def _passage_end(text: str, last: int, highest: int) -> int:
    """Return the end of the page or of the last sentence in reach, else of the last word."""
    if highest >= len(text):
        highest = len(text)
    page = text.find("\f", last, highest)
    if page >= 0:
        highest = page
    elif highest < len(text):
        ends = [end.start() + len(end.group().rstrip()) for end in _SENTENCE_END.finditer(text, last, highest)]
        if ends and ends[-1] - last > (highest - last) // 2:
            return ends[-1]
        words = [end.end() for end in _WORD_END.finditer(text, max(last, highest - WORD_END_SLACK_CHARS), highest)]
        highest = words[-1] if words else highest
    return max(last, last + len(text[last:highest].rstrip()))
