"""The search of one query: parse it, ask the engine, choose passages and report how fresh the
index is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docindex.engines.base import SearchRequest
from docindex.indexing import freshness
from docindex.metadata.keys import KEYWORD_FIELDS
from docindex.model.choices import BY_THREAD, PEOPLE_FACETS
from docindex.model.documents import METADATA_FIELDS, UNDETERMINED
from docindex.model.results import Hit, Results, Staleness
from docindex.query import parser, printer
from docindex.query.ast import And, DateRange, Fuzzy, Phrase, Prefix, Wildcard, Word
from docindex.query.other_forms import with_other_forms
from docindex.search import spelling
from docindex.search.expansion import (
    NO_EXPANSION,
    Expanded,
    ExpansionOptions,
    expand,
    is_asked,
    is_little,
    manifest_aliases,
    offers,
)
from docindex.search.highlighter import find_matches, merge_spans
from docindex.search.snippets import best_passages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record, Span
    from docindex.model.results import Explanation, Passage
    from docindex.query.ast import Query
    from docindex.query.clause_reader import Parsed


class SearchOptions(Struct, frozen=True):
    """The reading of a query and the choice of its results."""

    limit: int | None = 10  # None = all
    offset: int = 0
    sort: str = "score"
    reverse: bool = False
    filters: tuple[Query, ...] = ()  # added to the query: dates, languages ...
    any: bool = False  # match any of the words
    literal: bool = False  # no operators
    strict: bool = False  # a mistake is an error and is not repaired
    exact: bool = False  # neither stemming nor folding
    certain: bool = False  # a record's date must lie in the range with all that it may mean
    passages: int | None = 3  # per record; None = all
    facets: tuple[str, ...] = ()  # fields that count all matches
    width: int = 240  # of a passage, in characters
    why: bool = False  # diagnose the query even if it has matches
    advice: bool = True  # suggest spellings, and diagnose a query without matches
    expansion: ExpansionOptions = NO_EXPANSION  # other spellings and aliases
    alike: str = "show"  # of docindex.model.choices.COLLAPSE_MODES, or BY_THREAD


DEFAULTS = SearchOptions()


def explain(text: str, languages: Iterable[str], options: SearchOptions) -> Explanation:
    """Return what is understood of a query in records of some languages. Nothing is searched."""
    from docindex.search.explain import explain_query  # a search does not need it

    return explain_query(parse_query(text, options), options.filters, languages, exact=options.exact)


def search(
    text: str, index: Searcher, options: SearchOptions = DEFAULTS, *, staleness: Staleness | None = None
) -> Results:
    """Return the records that match a query, with their passages.

    `staleness` is that of the index; without it, no file is looked at. Raises QueryError if the
    query has no word, or has a mistake and is strict, and EngineError if the index cannot be used.
    """
    began = time.perf_counter()
    parsed = parse_query(text, options)
    expanded = _expand(parsed.query, index, options)
    state = index.state
    request = SearchRequest(
        query=with_filters(expanded.query, options),
        limit=options.limit,
        offset=options.offset,
        sort=options.sort,
        reverse=options.reverse,
        exact=options.exact,
        facets=options.facets,
        certain=options.certain,
        alike=options.alike,
        persons=_persons(index, options),
    )
    response = index.search(request)
    if staleness is None:
        staleness = Staleness(unseen=state.sources)
    else:
        staleness = freshness.with_hits(staleness, index, (record.path for record, _ in response.hits))
    stale = {*staleness.changed, *staleness.gone}
    diagnosis = None
    if options.why or (options.advice and not response.total):
        from docindex.search.diagnosis import diagnose  # most searches do not need it

        diagnosis = diagnose(expanded.query, options.filters, request, response.total, index)
    suggestions = spelling.spelling_suggestions(parsed.query, index) if options.advice else ()
    expansions = expanded.expansions
    if options.advice and options.expansion.level is None and is_little(response.total, index):
        expansions = (*expansions, *offers(parsed.query, index, {one.word for one in suggestions}))
    return Results(
        query=text,
        parsed=printer.canonical(parsed.query),
        hits=tuple(
            _hit(expanded.query, record, score, options, record.path in stale, response.alike.get(record.id, ()))
            for record, score in response.hits
        ),
        total=response.total,
        offset=options.offset,
        limit=options.limit,
        elapsed_ms=(time.perf_counter() - began) * 1000,
        index=state,
        staleness=staleness,
        repairs=(
            *(repair.message for repair in parsed.repairs),
            *_truncation_notes(response.truncated_expansions),
            *_whole_value_notes(request, index, options),
        ),
        suggestions=suggestions,
        why=diagnosis,
        facets=response.facets,
        groups=response.groups,
        by_thread=options.alike == BY_THREAD,
        expanded=expansions,
    )


def count(text: str, index: Searcher, options: SearchOptions) -> int:
    """Return how many records match a query. Raises as `search` does."""
    query = with_filters(_expand(parse_query(text, options).query, index, options).query, options)
    return index.count([SearchRequest(query, 0, exact=options.exact, certain=options.certain)])[0]


def count_undated(text: str, index: Searcher, options: SearchOptions) -> int:
    """Return how many records match a query but for its range of dates, because they have no
    date.
    """
    if ":" not in text and not any(isinstance(clause, DateRange) for clause in options.filters):
        return 0
    query = with_filters(_expand(parse_query(text, options).query, index, options).query, options)
    clauses = query.operands if isinstance(query, And) else (query,)
    flat = [one for clause in clauses for one in (clause.operands if isinstance(clause, And) else (clause,))]
    kept = tuple(clause for clause in flat if not isinstance(clause, DateRange))
    if not kept or len(kept) == len(flat):
        return 0
    queries = (And(kept) if len(kept) > 1 else kept[0], And((*kept, DateRange(None, None))))
    every, dated = index.count([SearchRequest(one, 0, exact=options.exact) for one in queries])
    return every - dated


def count_any_word(text: str, index: Searcher, options: SearchOptions) -> int | None:
    """Return how many records match any of the words; None if the query is more than words side
    by side.
    """
    query = parse_query(text, options).query
    operands = query.operands if isinstance(query, And) else ()
    texts = Word | Phrase | Prefix | Wildcard | Fuzzy
    words = all(isinstance(one, texts) and one.field not in KEYWORD_FIELDS for one in operands)
    loose = replace(options, any=True)
    if not operands or not words or options.exact or isinstance(parse_query(text, loose).query, And):
        return None
    return count(text, index, loose)


def records(text: str, index: Searcher, options: SearchOptions) -> Iterator[Record]:
    """Return an iterator of all records that match, which may not fit into memory.

    Raises as `search` does.
    """
    query = with_filters(_expand(parse_query(text, options).query, index, options).query, options)
    request = SearchRequest(
        query,
        None,
        sort=options.sort,
        reverse=options.reverse,
        exact=options.exact,
        certain=options.certain,
        alike=BY_THREAD if options.alike == BY_THREAD else "show",
    )
    return index.records(request)


def hits_where(
    text: str, index: Searcher, options: SearchOptions, is_wanted: Callable[[Record], bool]
) -> Iterator[Hit]:
    """Yield those matches that a function wants, each with its passages and without a score.

    The function sees all matches, in the order of the options. Raises as `search` does.
    """
    query = _expand(parse_query(text, options).query, index, options).query
    request = SearchRequest(
        with_filters(query, options),
        None,
        sort=options.sort,
        reverse=options.reverse,
        exact=options.exact,
        certain=options.certain,
    )
    for record in index.records(request):
        if is_wanted(record):
            yield _hit(query, record, 0.0, options, False, ())


def match_finder(
    text: str, options: SearchOptions = DEFAULTS, index: Searcher | None = None
) -> Callable[[Record, str], tuple[Span, ...]]:
    """Return a function that finds the matches of a query in a record's `title`, `body` or one of
    METADATA_FIELDS.

    Other spellings are found if the index is given. Raises QueryError as `search` does.
    """
    query = parse_query(text, options).query
    if index is not None:
        query = _expand(query, index, options).query
    return lambda record, field: _marks(query, record, field, exact=options.exact)


def with_filters(query: Query, options: SearchOptions) -> Query:
    """Return a query with the filters of the options."""
    return And((query, *options.filters)) if options.filters else query


def _persons(index: Searcher, options: SearchOptions) -> Mapping[str, str]:
    """Return the form that counts for each form of a person, if a facet of people is asked for."""
    if not set(options.facets) & set(PEOPLE_FACETS):
        return {}
    from docindex.search.people import persons_by_form  # few searches ask for it

    return persons_by_form(index, use_manifest=not options.expansion.no_aliases)


def _expand(query: Query, index: Searcher, options: SearchOptions) -> Expanded:
    query = with_other_forms(query)
    wanted = options.expansion
    if wanted.aliases is None and not wanted.no_aliases and (manifest := index.state.manifest):
        wanted = replace(wanted, aliases=manifest_aliases(manifest))
    return expand(query, index, wanted) if is_asked(query, wanted) else Expanded(query, ())


def parse_query(text: str, options: SearchOptions) -> Parsed:
    """Return the query as a tree, with its repairs. Raises QueryError."""
    return parser.parse(text, any=options.any, literal=options.literal, strict=options.strict)


def _hit(
    query: Query, record: Record, score: float, options: SearchOptions, stale: bool, alike: tuple[str, ...]
) -> Hit:
    return Hit(
        record=record,
        score=score,
        passages=_passages(query, record, options),
        title_marks=_marks(query, record, "title", exact=options.exact),
        metadata_marks={
            name: marks
            for name in (METADATA_FIELDS if options.passages != 0 else ())
            if record.metadata_text(name) and (marks := _marks(query, record, name, exact=options.exact))
        },
        stale=stale,
        alike=alike,
    )


def _passages(query: Query, record: Record, options: SearchOptions) -> tuple[Passage, ...]:
    if options.passages == 0:
        return ()
    language = record.metadata.language or UNDETERMINED
    matches = find_matches(query, record.body, language, "body", exact=options.exact)
    found = best_passages(record, matches, width=options.width, count=options.passages)
    return tuple(_attributed(record, passage) for passage in found) if record.message else found


def _attributed(record: Record, passage: Passage) -> Passage:
    """Return a passage with the quoted message that its first match is in."""
    at = passage.start + (passage.marks[0].start if passage.marks else 0)
    quoted = record.quoted_message_at(at)
    return passage if quoted is None else replace(passage, quoted=quoted.metadata)


def _marks(query: Query, record: Record, field: str, *, exact: bool) -> tuple[Span, ...]:
    """Return the matches of a query in a record's body, title or metadata."""
    text = record.body if field == "body" else record.title if field == "title" else record.metadata_text(field)
    language = record.metadata.language or UNDETERMINED
    return merge_spans(find_matches(query, text, language, field, exact=exact))


def _truncation_notes(truncated_expansions: Iterable[tuple[str, int]]) -> Iterator[str]:
    for pattern, terms in truncated_expansions:
        yield f"'{pattern}' stands for {terms:,} words; the most frequent were searched"


def _whole_value_notes(request: SearchRequest, index: Searcher, options: SearchOptions) -> Iterator[str]:
    """Yield a note for each flag whose whole value leaves out records that have its words among
    others.
    """
    for part in options.filters if options.advice else ():
        if isinstance(part, Phrase) and part.whole:
            words = Phrase(part.text, part.field)
            whole_count, words_count = index.count(
                [SearchRequest(query, 0, exact=request.exact, certain=request.certain) for query in (part, words)]
            )
            if whole_count < words_count:
                of = "1 record" if whole_count == 1 else f"{whole_count:,} records"
                yield (
                    f"'{part.text}' is the whole {part.field} of {of}; "
                    f"{printer.canonical(words)} matches {words_count:,}"
                )
