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
from docindex.render import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docindex.api.index import Index
    from docindex.api.news import QueryNews, SeenRecords, WatchedList
    from docindex.cli.options import WatchFlags
    from docindex.config import Settings
    from docindex.render.styled_text import Text


def run(flags: WatchFlags) -> int:
    """Print the news of a list, then take it for shown. Return the exit code."""
    settings = config.resolve(color=flags.color, hyperlink=flags.hyperlink)
    from docindex.api.index import open_index
    from docindex.api.news import WatchedList

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("watch"))
    as_query = partial(query_text, searches=settings.searches, literal=flags.literal)
    watched = WatchedList(flags.names, column=flags.column, as_query=as_query, **flags.arguments())
    folder = config.index_for_search(flags.index)
    with watched.open_seen_records() as seen, open_index(folder) as index:
        if flags.from_now:
            marked = watched.skip_to_now(index, seen)
            if not flags.quiet:
                say(settings, [_skipped_in_words(marked)])
            return NOT_FOUND
        return _NewsWriter(flags, settings, form).show(watched, seen, index)


def _skipped_in_words(marked: int) -> Text:
    """Return the line that --from-now prints."""
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    return Text(f"{plural(marked, 'match', 'matches')} taken for shown; news begin from now", "faint")


class _NewsWriter:
    """Writer of one run: keeps in mind what is to be marked as seen."""

    def __init__(self, flags: WatchFlags, settings: Settings, form: str) -> None:
        self._flags = flags
        self._settings = settings
        self._form = form
        self._marks: list[tuple[str, str, str]] = []
        self._telling = 0

    def show(self, watched: WatchedList, seen: SeenRecords, index: Index) -> int:
        """Write the news, then mark it as seen. Return the exit code.

        What was not written is not marked: a run that is killed in between shows it again.
        """
        from docindex.render import news as render_news

        asked = len(watched.queries)
        with progress(self._settings, quiet=self._flags.quiet or sys.stdout.isatty()) as told:
            found = watched.news(index, seen, limit=self._flags.limit, progress=told)
            if self._flags.quiet:
                return FOUND if any(True for _ in found) else NOT_FOUND
            for piece in self._answer_pieces(self._with_marks_noted(found), asked, index):
                write(piece)
        _flush_to_disk()
        for mark in self._marks:
            seen.add(*mark)
        seen.save()
        shown = len(self._marks)
        apart = bool(shown) and sys.stdout.isatty() and sys.stderr.isatty()
        say(
            self._settings,
            render_news.footer(shown, self._telling, asked, index.state, index.freshness, apart=apart),
        )
        return FOUND if shown else NOT_FOUND

    def _with_marks_noted(self, found: Iterable[QueryNews]) -> Iterator[QueryNews]:
        """Yield the news and note what each piece of it marks as seen."""
        for one in found:
            self._marks += one.marks()
            self._telling += 1
            yield one

    def _answer_pieces(self, found: Iterator[QueryNews], asked: int, index: Index) -> Iterator[str]:
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
        return self._text_pieces(found, index)

    def _text_pieces(self, found: Iterable[QueryNews], index: Index) -> Iterator[str]:
        """Yield the news for people, query by query."""
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
