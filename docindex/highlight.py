"""Which characters of a text a query matched: the text analysed again, as Lucene's unified highlighter does.

Pure. It asks the very slots and patterns that scoring looked up, so what is marked is what matched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from itertools import compress, count
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex import analysis, patterns, scoring
from docindex.model import Span
from docindex.query import Phrase, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.patterns import TextLeaf
    from docindex.query import Query


_Test = Callable[[analysis.Forms], bool]


class Match(Struct, frozen=True, order=True):
    """One occurrence of one leaf of the query."""

    span: Span
    leaf: int  # the leaf's number among those that a record can match


def matches(query: Query, text: str, language: str, field: str, *, exact: bool = False) -> list[Match]:
    """Where the query's leaves stand in a field's text, in the order of the text. They may overlap."""
    asked: list[TextLeaf] = [
        leaf for leaf in leaves(query) if not isinstance(leaf, patterns.Filter) and leaf.field in (None, field)
    ]
    if not asked or not text:
        return []
    tokens = analysis.analyse(text, language)
    found: set[Match] = set()
    for number, leaf in enumerate(asked):
        found.update(Match(span, number) for span in _spans(leaf, tokens, language, exact))
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


def _spans(leaf: TextLeaf, tokens: analysis.Tokens, language: str, exact: bool) -> Iterator[Span]:
    places = [_places(test, tokens) for test in _tests(leaf, language, exact)]
    if len(places) == 1:
        for index in places[0]:
            yield Span(tokens.starts[index], tokens.stops[index])
    elif places and all(places):
        yield from _phrase(places, leaf.slop if isinstance(leaf, Phrase) else 0, tokens)


@lru_cache(maxsize=1000)
def _tests(leaf: TextLeaf, language: str, exact: bool) -> tuple[_Test, ...]:
    """The same for each of the records that are shown, and for each of their fields."""
    return tuple(map(_test, patterns.steps(leaf, language, exact=exact)))


def _places(test: _Test, tokens: analysis.Tokens) -> list[int]:
    """The words that may stand at a position of the query, by their numbers: each different word is tested once."""
    wanted = {term for term, forms in tokens.different() if test(forms)}
    return list(compress(count(), map(wanted.__contains__, tokens.terms))) if wanted else []


def _test(step: analysis.Slot | patterns.Pattern) -> _Test:
    """Whether a word may stand at a position of the query."""
    if not isinstance(step, patterns.Pattern):
        return lambda forms: any(form in step for form in forms)
    return lambda forms: step.worth(forms[0]) > 0.0


def _phrase(places: Sequence[Sequence[int]], slop: int, tokens: analysis.Tokens) -> Iterator[Span]:
    holders: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in places]
    for holder, indexes in zip(holders, places, strict=True):
        for index in indexes:
            holder[tokens.positions[index]].append(index)
    for first in scoring.occurrences([sorted(holder) for holder in holders], slop):
        if slop == 0:
            begin, end = holders[0][first], holders[-1][first + len(places) - 1]
            yield Span(tokens.starts[begin[0]], max(tokens.stops[index] for index in end))
            continue
        for position in range(first, first + len(places) + slop):
            for holder in holders:
                for index in holder.get(position, ()):
                    yield Span(tokens.starts[index], tokens.stops[index])
