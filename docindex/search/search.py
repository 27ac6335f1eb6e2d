"""Answer one query: parse it, ask the engine, choose what to show of each record, say how fresh the index is."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.engines.base import SearchRequest
from docindex.indexing import freshness
from docindex.model import METADATA_FIELDS, UNDETERMINED, Span
from docindex.query import parser, printer
from docindex.query.ast import And, Phrase
from docindex.results import Hit, Passage, Results
from docindex.search import highlighter, snippets, spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model import Record
    from docindex.query.ast import Query
    from docindex.results import Explanation, Staleness


class SearchOptions(Struct, frozen=True):
    """How a query is to be read and which of its answers are wanted."""

    limit: int | None = 10  # None = all
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    filters: tuple[Query, ...] = ()  # what flags add to the query: dates, languages ...
    any: bool = False  # rank by any of the words
    literal: bool = False  # no operators
    strict: bool = False  # a mistake is an error, not repaired
    exact: bool = False  # no stems, no folding
    certain: bool = False  # a record matches a date only if all that its own may mean lies there
    passages: int | None = 3  # of each record; None = all
    facets: tuple[str, ...] = ()  # what all matches are to be counted by
    width: int = 240  # of a passage, in characters
    why: bool = False  # say of each part of the query what it finds, also where something was found
    advice: bool = True  # suggest words, and say why nothing was found
    alike: str = "show"  # what becomes of matches that are alike: show, fold or only (docindex.engines.base)


DEFAULTS = SearchOptions()


def explain(text: str, languages: Iterable[str], options: SearchOptions) -> Explanation:
    """What is understood of a query, in records of those languages; nothing is searched."""
    from docindex.search.explain import explanation

    parsed = parser.parse(text, any=options.any, literal=options.literal, strict=options.strict)
    return explanation(parsed, options.filters, languages, exact=options.exact)


def search(
    text: str, index: Searcher, options: SearchOptions = DEFAULTS, *, behind: Staleness | None = None
) -> Results:
    """The records that match a query, with highlighted passages. `behind`: how fresh the index is, where that is known.

    Raises QueryError where the query holds no word (or any mistake, when strict) and EngineError where the index
    cannot be used.
    """
    began = time.perf_counter()
    parsed = parser.parse(text, any=options.any, literal=options.literal, strict=options.strict)
    asked = _asked(parsed.query, options)
    state = index.state
    request = SearchRequest(
        query=asked,
        limit=options.limit,
        offset=options.offset,
        sort=options.sort,
        reverse=options.reverse,
        exact=options.exact,
        facets=options.facets,
        certain=options.certain,
        alike=options.alike,
    )
    answer = index.search(request)
    behind = freshness.staleness(state, index.sources()) if behind is None else behind
    stale = {*behind.changed, *behind.gone}
    hits = tuple(
        Hit(
            record=record,
            score=score,
            passages=_passages(parsed.query, record, options),
            title_marks=_marks(parsed.query, record, "title", exact=options.exact),
            metadata_marks={
                name: marks
                for name in (METADATA_FIELDS if options.passages != 0 else ())
                if (marks := _marks(parsed.query, record, name, exact=options.exact))
            },
            stale=record.path in stale,
            alike=answer.alike.get(record.id, ()),
        )
        for record, score in answer.hits
    )
    cut = tuple(
        f"'{pattern}' stands for {count:,} words; the most frequent were searched"
        for pattern, count in answer.truncated_expansions
    )
    explained = None
    if options.why or (options.advice and not answer.total):
        from docindex.search.diagnosis import diagnose

        explained = diagnose(parsed.query, options.filters, request, answer.total, index)
    return Results(
        query=text,
        parsed=printer.canonical(parsed.query),
        hits=hits,
        total=answer.total,
        offset=options.offset,
        limit=options.limit,
        elapsed_ms=(time.perf_counter() - began) * 1000,
        index=state,
        behind=behind,
        repairs=(*(repair.message for repair in parsed.repairs), *cut, *_left_out(request, index, options)),
        suggestions=spelling.spelling_suggestions(parsed.query, index) if options.advice else (),
        why=explained,
        facets=answer.facets,
        groups=answer.groups,
    )


def count(text: str, index: Searcher, options: SearchOptions) -> int:
    """How many records a query would find. Raises as `search` does."""
    parsed = parser.parse(text, any=options.any, literal=options.literal, strict=options.strict)
    request = SearchRequest(_asked(parsed.query, options), 0, exact=options.exact, certain=options.certain)
    return index.count([request])[0]


def _left_out(request: SearchRequest, index: Searcher, options: SearchOptions) -> Iterator[str]:
    """What flags that name a whole value leave out: records that have its words among others."""
    for part in options.filters if options.advice else ():
        if isinstance(part, Phrase) and part.whole:
            words = Phrase(part.text, part.field)
            requests = [
                SearchRequest(asked, 0, exact=request.exact, certain=request.certain) for asked in (part, words)
            ]
            whole, any_ = index.count(requests)
            if whole < any_:
                of = "1 record" if whole == 1 else f"{whole:,} records"
                yield f"'{part.text}' is the whole {part.field} of {of}; {printer.canonical(words)} matches {any_:,}"


def records(text: str, index: Searcher, options: SearchOptions) -> Iterator[Record]:
    """All records that match, one after the other: there may be more than fit into memory. Raises as `search` does."""
    parsed = parser.parse(text, any=options.any, literal=options.literal, strict=options.strict)
    asked = _asked(parsed.query, options)
    return index.records(SearchRequest(asked, None, exact=options.exact, certain=options.certain))


def _asked(parsed: Query, options: SearchOptions) -> Query:
    return And((parsed, *options.filters)) if options.filters else parsed


def _marks(asked: Query, record: Record, field: str, *, exact: bool) -> tuple[Span, ...]:
    """What a query matches in a record's body, its title, or what is said of it."""
    text = record.body if field == "body" else record.title if field == "title" else record.metadata_text(field)
    language = record.metadata.language or UNDETERMINED
    return highlighter.merged(highlighter.matches(asked, text, language, field, exact=exact))


def match_finder(text: str, options: SearchOptions = DEFAULTS) -> Callable[[Record, str], tuple[Span, ...]]:
    """What tells all the matches of a query in a record's `title`, `body` or one of DESCRIBED.

    Raises QueryError as `search` does.
    """
    parsed = parser.parse(text, any=options.any, literal=options.literal, strict=options.strict).query
    return lambda record, field: _marks(parsed, record, field, exact=options.exact)


def _passages(asked: Query, record: Record, options: SearchOptions) -> tuple[Passage, ...]:
    if options.passages == 0:
        return ()
    language = record.metadata.language or UNDETERMINED
    found = highlighter.matches(asked, record.body, language, "body", exact=options.exact)
    chosen = snippets.excerpts(record.body, found, width=options.width, count=options.passages)
    if not chosen:
        return ()
    lines, pages = _breaks("\n", record), _breaks("\f", record)
    return tuple(_passage(record, excerpt, lines, pages) for excerpt in chosen)


def _breaks(character: str, record: Record) -> list[int]:
    return [found.start() for found in re.finditer(character, record.body)]


def _passage(record: Record, excerpt: snippets.Excerpt, lines: Sequence[int], pages: Sequence[int]) -> Passage:
    first = excerpt.marks[0].start if excerpt.marks else excerpt.start
    paged = bool(pages) or record.page is not None
    return Passage(
        text=record.body[excerpt.start : excerpt.stop],
        start=excerpt.start,
        line=record.lines[bisect_right(lines, first - 1)],
        page=(record.page or 1) + bisect_right(pages, first - 1) if paged else None,
        marks=tuple(Span(mark.start - excerpt.start, mark.stop - excerpt.start) for mark in excerpt.marks),
    )
