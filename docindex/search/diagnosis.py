"""Why nothing was found, or so much: what each part of a query finds by itself, and what each single change would give.

The parts are what must all be so: the words of the query and the filters of the
flags. A change leaves one part out, or asks for less of it.
"""

from __future__ import annotations

from datetime import date as Day
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex.analysis import analyzer
from docindex.engines.base import SearchRequest
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model import UNDETERMINED
from docindex.query.ast import And, DateRange, Fuzzy, MatchAll, Phrase, Word, conjunction
from docindex.query.printer import canonical
from docindex.results import ClauseCount, Diagnosis, Relaxation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.query.ast import Query

PARTS = 12  # of a query that are looked into
FUZZY_LETTERS = 4  # shorter words are near too many others


def diagnose(query: Query, filters: Sequence[Query], request: SearchRequest, total: int, index: Searcher) -> Diagnosis:
    """Return what each part of a query and its filters finds, and what the query finds with that part changed.

    `request` is the search that was made of them, `total` what it found. The index is asked once.
    """
    wanted = [*(query.operands if isinstance(query, And) else (query,)), *filters]
    bare = SearchRequest(request.query, 0, exact=request.exact, certain=request.certain)
    alone = len(wanted) == 1
    kept = wanted[:PARTS]
    found = [total] if alone else index.count([replace(bare, query=part) for part in kept])
    relaxed: list[list[tuple[str, SearchRequest]]] = []
    for place, (part, records) in enumerate(zip(kept, found, strict=True)):
        before, after = wanted[:place], wanted[place + 1 :]
        changes = [] if alone else [("without it", _all([*before, *after]))]
        changes += [(how, _all([*before, other, *after])) for how, other in _changed(part, records, alone=alone)]
        relaxed.append([(how, replace(bare, query=asked)) for how, asked in changes])
    everything = replace(bare, query=_all(wanted))
    if bare.exact:
        relaxed[0].append(("in any form", replace(everything, exact=False)))
    if bare.certain and any(isinstance(part, DateRange) for part in wanted):
        relaxed[0].append(("with dates that may be so", replace(everything, certain=False)))
    counts = iter(index.count([asked for changes in relaxed for _, asked in changes]))
    parts = tuple(
        ClauseCount(
            canonical(part),
            records,
            tuple(Relaxation(how, canonical(asked.query), next(counts)) for how, asked in changes),
        )
        for part, records, changes in zip(kept, found, relaxed, strict=True)
    )
    unsearched = sum(failure.lost for failure in index.state.failures)
    return Diagnosis(parts, len(wanted) - len(parts), unsearched)


def _all(queries: Sequence[Query]) -> Query:
    return conjunction(list(queries)) if queries else MatchAll()


def _changed(part: Query, records: int, *, alone: bool) -> Iterator[tuple[str, Query]]:
    """What may be asked for instead of a part, and how that is said."""
    match part:
        case Phrase(text, field):
            tokens = analyzer.analyze(text, UNDETERMINED)
            words = [text[start:stop] for start, stop in zip(tokens.starts, tokens.stops, strict=True)]
            if len(words) > 1:
                yield "as words", _all([Word(word, field) for word in words])
        case Word(text, field) if not (records or alone or len(text) < FUZZY_LETTERS):
            yield "spelt nearly so", Fuzzy(text, field)
        case DateRange(earliest, latest) if earliest or latest:
            yield "a year wider", DateRange(_moved(earliest, -1), _moved(latest, 1))
        case _:
            pass
    if isinstance(part, Word | Phrase) and part.field not in (None, *KEYWORD_FIELDS):
        yield "in any field", replace(part, field=None)


def _moved(day: Day | None, years: int) -> Day | None:
    """The same day of another year; None where there is none so early or so late."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28) if 1 <= day.year + years <= 9999 else None
