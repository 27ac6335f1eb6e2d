"""Which characters of a text a query matched: the text analysed again, as Lucene's unified highlighter does.

Pure. It asks the very slots and patterns that scoring looked up, so what is marked is what matched.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import compress, count
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer
from docindex.model import Span
from docindex.query.ast import Phrase, leaves
from docindex.ranking import phrases, term_expansion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.query.ast import Query
    from docindex.ranking.term_expansion import TextLeaf


class Match(Struct, frozen=True, order=True):
    """One occurrence of one leaf of the query."""

    span: Span
    leaf: int  # the leaf's number among those that a record can match


def matches(query: Query, text: str, language: str, field: str, *, exact: bool = False) -> list[Match]:
    """Where the query's leaves stand in a field's text, in the order of the text. They may overlap."""
    asked: list[TextLeaf] = [
        leaf for leaf in leaves(query) if not isinstance(leaf, term_expansion.Filter) and leaf.field in (None, field)
    ]
    if not asked or not text:
        return []
    words = _Words(analyzer.analyze(text, language))
    found: list[Match] = []
    for number, leaf in enumerate(dict.fromkeys(asked)):  # a word that is asked for twice is marked once
        found += (Match(span, number) for span in _spans(leaf, words, language, exact))
    return sorted(found)


def merged(found: Iterable[Match]) -> tuple[Span, ...]:
    """The characters that any match covers, as spans that do not overlap."""
    spans: list[Span] = []
    for match in found:
        if spans and match.span.start < spans[-1].stop:
            spans[-1] = Span(spans[-1].start, max(spans[-1].stop, match.span.stop))
        else:
            spans.append(match.span)
    return tuple(spans)


class _Words:
    """A text's words, found by their forms: many leaves are looked for in it, and each word is looked at once."""

    def __init__(self, tokens: analyzer.Tokens) -> None:
        self.tokens = tokens
        self._terms: defaultdict[str, list[str]] = defaultdict(list)
        for term, forms in tokens.distinct():
            for form in forms:
                self._terms[form].append(term)

    def places(self, step: term_expansion.TermAlternatives | term_expansion.Pattern) -> list[int]:
        """The words that may stand at a position of the query, by their numbers."""
        if isinstance(step, term_expansion.Pattern):
            wanted = {term for term, forms in self.tokens.distinct() if step.weight(forms[0]) > 0.0}
        else:
            wanted = {term for form in step if form in self._terms for term in self._terms[form]}
        return list(compress(count(), map(wanted.__contains__, self.tokens.terms))) if wanted else []


def _spans(leaf: TextLeaf, words: _Words, language: str, exact: bool) -> Iterable[Span]:
    places = [words.places(step) for step in _steps(leaf, language, exact)]
    if not places or not all(places):
        return ()
    if len(places) > 1:
        return dict.fromkeys(_phrase(places, leaf.slop if isinstance(leaf, Phrase) else 0, words.tokens))
    starts, stops = words.tokens.starts, words.tokens.stops
    return map(Span, map(starts.__getitem__, places[0]), map(stops.__getitem__, places[0]))


@lru_cache(maxsize=1000)
def _steps(
    leaf: TextLeaf, language: str, exact: bool
) -> Sequence[term_expansion.TermAlternatives | term_expansion.Pattern]:
    """The same for each of the records that are shown, and for each of their fields."""
    return term_expansion.query_positions(leaf, language, exact=exact)


def _phrase(places: Sequence[Sequence[int]], slop: int, tokens: analyzer.Tokens) -> Iterator[Span]:
    holders: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in places]
    for holder, indexes in zip(holders, places, strict=True):
        for index in indexes:
            holder[tokens.positions[index]].append(index)
    for first in phrases.phrase_starts([sorted(holder) for holder in holders], slop):
        if slop == 0:
            begin, end = holders[0][first], holders[-1][first + len(places) - 1]
            yield Span(tokens.starts[begin[0]], max(tokens.stops[index] for index in end))
            continue
        for position in range(first, first + len(places) + slop):
            for holder in holders:
                for index in holder.get(position, ()):
                    yield Span(tokens.starts[index], tokens.stops[index])
