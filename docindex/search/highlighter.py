"""Spans of a text that a query matches, found by analysing the text again as Lucene's
UnifiedHighlighter does. Pure.

It expands the query into the same terms and patterns as the scorer, so that the marks are the
matches.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import compress, count
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer
from docindex.model.documents import Span
from docindex.query.ast import Phrase, leaves
from docindex.ranking.phrases import phrase_starts
from docindex.ranking.term_expansion import Filter, Pattern, TermAlternatives, TextLeaf, query_positions, split_unspaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, KeysView, Sequence

    from docindex.query.ast import Query


class Match(Struct, frozen=True, order=True):
    """Occurrence of a leaf of the query."""

    span: Span
    leaf: int  # number of the leaf among the different leaves of the query


def find_matches(query: Query, text: str, language: str, field: str, *, exact: bool = False) -> list[Match]:
    """Return the matches of a query in a field's text, in the order of the text.

    They may overlap.
    """
    sought: list[TextLeaf] = [
        leaf for leaf in leaves(split_unspaced(query)) if not isinstance(leaf, Filter) and leaf.field in (None, field)
    ]
    if not sought or not text:
        return []
    tokenized = TokenizedText(analyzer.analyze(text, language))
    matches: list[Match] = []
    for number, leaf in enumerate(dict.fromkeys(sought)):  # a leaf that occurs twice is marked once
        matches += (Match(span, number) for span in leaf_spans(leaf, tokenized, language, exact))
    return sorted(matches)


def merge_spans(matches: Iterable[Match]) -> tuple[Span, ...]:
    """Return the characters that sorted matches cover, as spans that do not overlap."""
    spans: list[Span] = []
    for match in matches:
        if spans and match.span.start < spans[-1].stop:
            spans[-1] = Span(spans[-1].start, max(spans[-1].stop, match.span.stop))
        else:
            spans.append(match.span)
    return tuple(spans)


class TokenizedText:
    """The tokens of a text, indexed by their forms, so that each different word is compared
    once.
    """

    def __init__(self, tokens: analyzer.Tokens) -> None:
        self.tokens = tokens
        self._terms: defaultdict[str, list[str]] = defaultdict(list)
        for term, forms in tokens.distinct():
            for form in forms:
                self._terms[form].append(term)

    @property
    def forms(self) -> KeysView[str]:
        """All forms of the text's words, each once."""
        return self._terms.keys()

    def tokens_at(self, position: TermAlternatives | Pattern) -> list[int]:
        """Return the indexes of the tokens that can stand at a position of the query."""
        if isinstance(position, Pattern):
            terms = {term for term, forms in self.tokens.distinct() if position.weight(forms[0]) > 0.0}
        else:
            terms = {term for form in position if form in self._terms for term in self._terms[form]}
        return list(compress(count(), map(terms.__contains__, self.tokens.terms))) if terms else []


def leaf_spans(leaf: TextLeaf, text: TokenizedText, language: str, exact: bool) -> Iterable[Span]:
    """Return the spans of one leaf in a text."""
    found = [text.tokens_at(position) for position in _cached_positions(leaf, language, exact)]
    if not found or not all(found):
        return ()
    if len(found) > 1:
        return dict.fromkeys(_phrase_spans(found, leaf.slop if isinstance(leaf, Phrase) else 0, text.tokens))
    starts, stops = text.tokens.starts, text.tokens.stops
    return map(Span, map(starts.__getitem__, found[0]), map(stops.__getitem__, found[0]))


@lru_cache(maxsize=1000)
def _cached_positions(leaf: TextLeaf, language: str, exact: bool) -> Sequence[TermAlternatives | Pattern]:
    """Return the positions of a leaf, expanded once for all records and fields that are shown."""
    return query_positions(leaf, language, exact=exact)


def _phrase_spans(words: Sequence[Sequence[int]], slop: int, tokens: analyzer.Tokens) -> Iterator[Span]:
    """Yield the spans of a phrase from the token indexes of its words: one span, or with slop
    one per word.
    """
    tokens_at: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in words]
    for by_position, indexes in zip(tokens_at, words, strict=True):
        for index in indexes:
            by_position[tokens.positions[index]].append(index)
    for first in phrase_starts([sorted(by_position) for by_position in tokens_at], slop):
        if slop == 0:
            begin, end = tokens_at[0][first], tokens_at[-1][first + len(words) - 1]
            yield Span(tokens.starts[begin[0]], max(tokens.stops[index] for index in end))
            continue
        for position in range(first, first + len(words) + slop):
            for by_position in tokens_at:
                for index in by_position.get(position, ()):
                    yield Span(tokens.starts[index], tokens.stops[index])
