"""News of a watched list: the records that match its queries and were not shown before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.model.results import Results
from docindex.proof.seen_records import record_digest
from docindex.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docindex.engines.base import Searcher
    from docindex.model.documents import Record
    from docindex.model.results import Staleness
    from docindex.proof.seen_records import SeenRecords
    from docindex.query.name_list import ListedQuery
    from docindex.search.search import SearchOptions


class QueryNews(Struct, frozen=True):
    """The new records of one query, the latest first."""

    answer: Results  # its hits are the new records; `total` counts all new ones
    matching: int  # all records that match, new or not
    changed: frozenset[str]  # ids that were shown with another content
    digests: tuple[str, ...]  # of the hits

    def marks(self) -> Iterator[tuple[str, str, str]]:
        """Yield what `SeenRecords.add` takes of each hit."""
        for digest, hit in zip(self.digests, self.answer.hits, strict=True):
            yield self.answer.query, digest, hit.record.id


def find_news(
    queries: Sequence[ListedQuery],
    seen: SeenRecords,
    index: Searcher,
    options: SearchOptions,
    staleness: Staleness,
    *,
    limit: int | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Iterator[QueryNews]:
    """Yield the news of each query that has any, at most `limit` hits each. Nothing is marked.

    Copies of one content are one piece of news. Raises QueryError as `search` does.
    """
    for number, one in enumerate(queries, start=1):
        news = _news_of_query(one, seen, index, options, staleness, limit)
        if progress:
            progress(number, len(queries), one.text)
        if news.answer.total:
            yield news


def _news_of_query(
    one: ListedQuery,
    seen: SeenRecords,
    index: Searcher,
    options: SearchOptions,
    staleness: Staleness,
    limit: int | None,
) -> QueryNews:
    began = time.perf_counter()
    fresh: dict[str, str] = {}
    matching = 0

    def is_shown_now(record: Record) -> bool:
        nonlocal matching
        matching += 1
        digest = record_digest(record)
        if digest in fresh or seen.holds(one.text, digest):
            return False
        fresh[digest] = record.id
        return limit is None or len(fresh) <= limit

    hits = tuple(search.hits_where(one.query, index, options, is_shown_now))
    answer = Results(
        query=one.text,
        parsed=one.query,
        hits=hits,
        total=len(fresh),
        offset=0,
        limit=limit,
        elapsed_ms=(time.perf_counter() - began) * 1000,
        index=index.state,
        staleness=staleness,
    )
    shown = tuple(fresh)[: len(hits)]
    changed = frozenset(fresh[digest] for digest in shown) & seen.shown_ids(one.text)
    return QueryNews(answer, matching, changed, shown)


def mark_all_as_seen(queries: Sequence[ListedQuery], seen: SeenRecords, index: Searcher, options: SearchOptions) -> int:
    """Take all records that match now for shown, and return the number of those that were new."""
    marked = 0
    for one in queries:
        for record in search.records(one.query, index, options):
            digest = record_digest(record)
            marked += not seen.holds(one.text, digest)
            seen.add(one.text, digest, record.id)
    return marked
