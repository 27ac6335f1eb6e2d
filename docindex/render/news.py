"""News of a watched list for people and scripts: text, JSON, Markdown.

Each query's new records are drawn as the hits of a search are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docindex.render import results as render_results
from docindex.render.json_output import SCHEMA, hit_fields
from docindex.render.json_output import text as json_text
from docindex.render.layout import DOT
from docindex.render.markdown_output import escape_markup, hit_entries
from docindex.render.passages import one_line
from docindex.render.sanitize import bidi_isolate
from docindex.render.styled_text import Text
from docindex.render.summary import plural, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docindex.model.documents import IndexState
    from docindex.model.results import Staleness
    from docindex.proof.news import QueryNews
    from docindex.render.hyperlinks import Link


def rows(news: QueryNews, *, first: bool, width: int | None, plain: bool, link: Link | None = None) -> Iterator[Text]:
    """Yield the lines of one query's news: a heading, then its new records."""
    if not first:
        yield Text()
    head = Text("== ", "faint").append(bidi_isolate(shorten(news.answer.query, 200)), "title")
    yield head.append(f"{DOT}{_counts_in_words(news)}", "faint")
    yield Text()
    yield from render_results.hits(news.answer, width=width, plain=plain, link=link)


def _counts_in_words(news: QueryNews) -> str:
    """Return how many records are new, changed, and left for the next run."""
    shown = len(news.answer.hits)
    parts = [f"{news.answer.total:,} new of {plural(news.matching, 'match', 'matches')}"]
    if news.changed:
        parts.append(f"{len(news.changed):,} of them shown before and changed since")
    if news.answer.total > shown:
        parts.append(f"{news.answer.total - shown:,} more next time")
    return DOT.join(parts)


def footer(
    shown: int, telling: int, asked: int, index: IndexState, staleness: Staleness, *, apart: bool
) -> Iterator[Text]:
    """Yield the lines for stderr: the counts, and what a search of this index could not see."""
    if apart:
        yield Text()
    said = f"{plural(shown, 'new record')} for {telling:,} of {asked:,}" if shown else f"nothing new for {asked:,}"
    lines = "line" if asked == 1 else "lines"
    yield Text(f"{said} {lines} of the list{DOT}{plural(index.records, 'record')} indexed", "faint")
    yield from render_results.unsearched(index, staleness)


def json_pieces(news: Iterable[QueryNews], list_name: str, asked: int, index: IndexState) -> Iterator[str]:
    """Yield the news as one JSON document, query by query. The counts are its last keys."""
    head = {
        "schema": SCHEMA,
        "list": list_name,
        "asked": asked,
        "index": {"records": index.records, "sources": index.sources, "built": index.built},
    }
    yield json_text(head)[:-1] + ', "queries": ['
    shown = 0
    for number, one in enumerate(news):
        shown += len(one.answer.hits)
        yield (", " if number else "") + json_text(
            {
                "query": one.answer.query,
                "parsed": one.answer.parsed,
                "matching": one.matching,
                "new": one.answer.total,
                "hits": [
                    {**hit_fields(rank, hit), "changed": hit.record.id in one.changed}
                    for rank, hit in one.answer.ranked()
                ],
            }
        )
    yield f'], "shown": {shown}}}\n'


def markdown(news: Iterable[QueryNews]) -> Iterator[str]:
    """Yield the news as Markdown: a heading for each query, an entry for each new record."""
    for number, one in enumerate(news):
        yield "\n" if number else ""
        yield f"# {escape_markup(one_line(one.answer.query).strip())}\n\n{escape_markup(_counts_in_words(one))}\n"
        yield from hit_entries(one.answer)
