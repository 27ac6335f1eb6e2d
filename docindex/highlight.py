"""Which characters of a text a query matched: the text analysed again, as Lucene's unified highlighter does.

Pure. It asks the very slots and patterns that scoring looked up, so what is marked is what matched.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex import analysis, patterns, scoring
from docindex.model import Span
from docindex.query import Phrase, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docindex.patterns import TextLeaf
    from docindex.query import Query


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
    wanted = [_test(step) for step in patterns.steps(leaf, language, exact=exact)]
    if len(wanted) == 1:
        for index, forms in enumerate(tokens.forms):
            if wanted[0](forms):
                yield Span(tokens.starts[index], tokens.stops[index])
    elif wanted:
        yield from _phrase(wanted, leaf.slop if isinstance(leaf, Phrase) else 0, tokens)


def _test(step: analysis.Slot | patterns.Pattern) -> Callable[[analysis.Forms], bool]:
    """Whether a word may stand at a position of the query."""
    if not isinstance(step, patterns.Pattern):
        return lambda forms: any(form in step for form in forms)
    known: dict[str, bool] = {}

    def wanted(forms: analysis.Forms) -> bool:
        form = forms[0]
        if form not in known:
            known[form] = step.worth(form) > 0.0
        return known[form]

    return wanted


def _phrase(wanted: list[Callable[[analysis.Forms], bool]], slop: int, tokens: analysis.Tokens) -> Iterator[Span]:
    holders: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in wanted]
    for index, forms in enumerate(tokens.forms):
        for holder, test in zip(holders, wanted, strict=True):
            if test(forms):
                holder[tokens.positions[index]].append(index)
    for first in scoring.occurrences([sorted(holder) for holder in holders], slop):
        if slop == 0:
            begin, end = holders[0][first], holders[-1][first + len(wanted) - 1]
            yield Span(tokens.starts[begin[0]], max(tokens.stops[index] for index in end))
            continue
        for position in range(first, first + len(wanted) + slop):
            for holder in holders:
                for index in holder.get(position, ()):
                    yield Span(tokens.starts[index], tokens.stops[index])
