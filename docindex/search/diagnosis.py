"""Diagnosis of a result: the count of each clause of a query, and of the query with one clause
relaxed.

The clauses are what all matches must satisfy: the operands of the query and the filters of the
flags.
"""

from __future__ import annotations

from datetime import date as Day
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.analysis import analyzer
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.documents import UNDETERMINED
from docindex.model.results import ClauseCount, Diagnosis, Relaxation
from docindex.query.ast import And, DateRange, Fuzzy, MatchAll, Phrase, Word, conjunction
from docindex.query.printer import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.query.ast import Query

MAX_CLAUSES = 12
"""Clauses of a query that are counted."""
MIN_FUZZY_LETTERS = 4
"""Letters of a word that is also tried as a fuzzy word. Shorter words resemble too many others."""


def diagnose(query: Query, filters: Sequence[Query], request: SearchRequest, total: int, index: Searcher) -> Diagnosis:
    """Return the counts of a query's clauses and of its relaxations.

    `request` is the search that was made of the query and the filters, `total` its number of
    matches. The index is asked twice at most, however many clauses there are.
    """
    clauses = [*(query.operands if isinstance(query, And) else (query,)), *filters]
    count_request = SearchRequest(request.query, 0, exact=request.exact, certain=request.certain)
    alone = len(clauses) == 1
    counted = clauses[:MAX_CLAUSES]
    counts = [total] if alone else index.count([replace(count_request, query=clause) for clause in counted])
    relaxations: list[list[tuple[str, SearchRequest]]] = []
    for place, (clause, records) in enumerate(zip(counted, counts, strict=True)):
        before, after = clauses[:place], clauses[place + 1 :]
        changes = [] if alone else [("without it", _conjunction([*before, *after]))]
        changes += [(how, _conjunction([*before, other, *after])) for how, other in _relaxed(clause, records, alone)]
        relaxations.append([(how, replace(count_request, query=changed)) for how, changed in changes])
    whole = replace(count_request, query=_conjunction(clauses))
    if request.exact:
        relaxations[0].append(("in any form", replace(whole, exact=False)))
    if request.certain and any(isinstance(clause, DateRange) for clause in clauses):
        relaxations[0].append(("with dates that may be so", replace(whole, certain=False)))
    relaxed_counts = iter(index.count([changed for changes in relaxations for _, changed in changes]))
    parts = tuple(
        ClauseCount(
            canonical(clause),
            records,
            tuple(Relaxation(how, canonical(changed.query), next(relaxed_counts)) for how, changed in changes),
        )
        for clause, records, changes in zip(counted, counts, relaxations, strict=True)
    )
    unsearched = sum(failure.lost for failure in index.state.failures)
    return Diagnosis(parts, len(clauses) - len(parts), unsearched)


def _conjunction(queries: Sequence[Query]) -> Query:
    return conjunction(list(queries)) if queries else MatchAll()


def _relaxed(clause: Query, records: int, alone: bool) -> Iterator[tuple[str, Query]]:
    """Yield the weaker clauses that may replace one, each with its description."""
    match clause:
        case Phrase(text, field):
            if clause.verbatim:
                yield 'with other forms of its words ("…"~)', replace(clause, any_form=True)
            tokens = analyzer.analyze(text, UNDETERMINED)
            words = [text[start:stop] for start, stop in zip(tokens.starts, tokens.stops, strict=True)]
            if len(words) > 1:
                yield "as words", _conjunction([Word(word, field) for word in words])
        case Word(text, field) if not (records or alone or len(text) < MIN_FUZZY_LETTERS):
            yield "spelt nearly so", Fuzzy(text, field)
        case DateRange(earliest, latest) if earliest or latest:
            yield "a year wider", DateRange(_move_years(earliest, -1), _move_years(latest, 1))
        case _:
            pass
    if isinstance(clause, Word | Phrase) and clause.field is not None and clause.field not in KEYWORD_FIELDS:
        yield "in any field", replace(clause, field=None)


def _move_years(day: Day | None, years: int) -> Day | None:
    """Return the same day of another year, None if the calendar has none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February, or beyond the calendar
        return day.replace(year=day.year + years, day=28) if 1 <= day.year + years <= 9999 else None
