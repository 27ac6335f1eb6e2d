"""`docindex watch`: the news of a list of names or queries."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, links_of, progress, say, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.errors import QueryError, UsageError
from docindex.render import formats
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from docindex.cli.options import WatchFlags
    from docindex.config import Settings
    from docindex.engines.base import Searcher
    from docindex.proof.news import QueryNews
    from docindex.proof.seen_records import SeenRecords
    from docindex.query.name_list import ListedQuery
    from docindex.search.search import SearchOptions

NEW_PASSAGES = 3
"""Passages of each new record."""


def run(flags: WatchFlags) -> int:
    """Print the news of a list, then take it for shown. Return the exit code."""
    settings = config.resolve(color=flags.color, hyperlink=flags.hyperlink)
    from docindex.engines import registry
    from docindex.proof import seen_records
    from docindex.query import name_list

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("watch"))
    as_query = partial(query_text, searches=settings.searches, literal=flags.literal)
    queries = name_list.read_queries(flags.names, flags.column, as_query)
    options = flags.search_options(limit=None, sort="date", passages=NEW_PASSAGES, advice=False)
    _check_queries(queries, options, str(flags.names))
    folder = config.index_for_search(flags.index)
    with seen_records.open_seen_records(str(flags.names)) as seen, registry.open_engine(folder).searcher() as index:
        options = without_foreign_aliases(options, index.state, folder)
        if flags.from_now:
            return _skip_to_now(queries, seen, index, options, settings, quiet=flags.quiet)
        writer = _NewsWriter(flags, settings, form, folder)
        return writer.show(queries, seen, index, options)


def _check_queries(queries: Sequence[ListedQuery], options: SearchOptions, list_name: str) -> None:
    """Raise UsageError for the first broken query, before anything is shown."""
    from docindex.search import search

    for one in queries:
        try:
            search.explain(one.query, (), options)
        except QueryError as error:
            raise UsageError(f"{list_name}: '{one.text[:80]}': {error.message}", "mend the line") from error


def _skip_to_now(
    queries: Sequence[ListedQuery],
    seen: SeenRecords,
    index: Searcher,
    options: SearchOptions,
    settings: Settings,
    *,
    quiet: bool,
) -> int:
    from docindex.proof import news
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    marked = news.mark_all_as_seen(queries, seen, index, options)
    seen.save()
    if not quiet:
        say(settings, [Text(f"{plural(marked, 'match', 'matches')} taken for shown; news begin from now", "faint")])
    return NOT_FOUND


class _NewsWriter:
    """Writer of one run: keeps in mind what is to be marked as seen."""

    def __init__(self, flags: WatchFlags, settings: Settings, form: str, folder: Path) -> None:
        self._flags = flags
        self._settings = settings
        self._form = form
        self._folder = folder
        self._marks: list[tuple[str, str, str]] = []
        self._telling = 0

    def show(self, queries: Sequence[ListedQuery], seen: SeenRecords, index: Searcher, options: SearchOptions) -> int:
        """Write the news, then mark it as seen. Return the exit code.

        What was not written is not marked: a run that is killed in between shows it again.
        """
        from docindex.indexing import freshness
        from docindex.proof import news
        from docindex.render import news as render_news

        staleness = freshness.staleness(index, self._folder)
        with progress(self._settings, quiet=self._flags.quiet or sys.stdout.isatty()) as told:
            found = news.find_news(
                queries, seen, index, options, staleness, limit=self._flags.limit or None, progress=told
            )
            if self._flags.quiet:
                return FOUND if any(True for _ in found) else NOT_FOUND
            for piece in self._pieces(self._noted(found), len(queries), index):
                write(piece)
        _flush_to_disk()
        for mark in self._marks:
            seen.add(*mark)
        seen.save()
        shown = len(self._marks)
        apart = bool(shown) and sys.stdout.isatty() and sys.stderr.isatty()
        say(self._settings, render_news.footer(shown, self._telling, len(queries), index.state, staleness, apart=apart))
        return FOUND if shown else NOT_FOUND

    def _noted(self, found: Iterable[QueryNews]) -> Iterator[QueryNews]:
        for one in found:
            self._marks += one.marks()
            self._telling += 1
            yield one

    def _pieces(self, found: Iterator[QueryNews], asked: int, index: Searcher) -> Iterator[str]:
        """Return an iterator of the answer's pieces, each of whole queries."""
        from docindex.render import news as render_news

        match self._form:
            case "json":
                return render_news.json_pieces(found, str(self._flags.names), asked, index.state)
            case "md":
                return render_news.markdown(found)
            case "atom":
                from datetime import UTC, datetime

                from docindex.render import atom

                return atom.feed(found, self._flags.names.name, datetime.now(UTC))
        return self._text(found, index)

    def _text(self, found: Iterable[QueryNews], index: Searcher) -> Iterator[str]:
        from docindex.render import news as render_news

        link = None
        if links_of(self._settings):
            from docindex.render.hyperlinks import links

            link = links(index.state.root, self._settings.editor_uri)
        color = color_of(self._settings)
        for number, one in enumerate(found):
            lines = render_news.rows(one, first=not number, width=columns(), plain=not color, link=link)
            yield styled(lines, self._settings, color=color)


def _flush_to_disk() -> None:
    """Wait until an answer that goes to a file is on the disk: it is marked as seen next."""
    with suppress(OSError, ValueError):  # a pipe or a terminal has no disk
        os.fsync(sys.stdout.fileno())
