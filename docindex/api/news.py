"""News of a watched list of names or queries: the records that were not shown before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docindex.api.arguments import search_options
from docindex.errors import QueryError, UsageError
from docindex.proof import news, seen_records
from docindex.query import name_list
from docindex.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from os import PathLike
    from typing import Unpack

    from docindex.api.argument_types import QueryArguments
    from docindex.api.index import Index
    from docindex.proof.news import QueryNews as QueryNews
    from docindex.proof.seen_records import SeenRecords as SeenRecords

NEW_PASSAGES = 3
"""Passages of each new record."""


class WatchedList:
    """The queries of a list. They are checked before anything is shown."""

    def __init__(
        self,
        file: str | PathLike[str],
        *,
        column: str | None = None,
        as_query: Callable[[str], str] = str,
        **arguments: Unpack[QueryArguments],
    ) -> None:
        """Read the list. `as_query` reads a cell as a query. Raises UsageError."""
        self.queries = name_list.read_queries(Path(file), column, as_query)
        self._file = str(file)
        self._options = search_options(sort="date", passages=NEW_PASSAGES, advice=False, **arguments)
        for one in self.queries:
            try:
                search.parse_query(one.query, self._options)
            except QueryError as error:
                raise UsageError(f"{self._file}: '{one.text[:80]}': {error.message}", "mend the line") from error

    def open_seen_records(self) -> AbstractContextManager[SeenRecords]:
        """Open the record of what was shown. No other run can open it meanwhile."""
        return seen_records.open_seen_records(self._file)

    def news(
        self,
        index: Index,
        seen: SeenRecords,
        *,
        limit: int = 0,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> Iterator[QueryNews]:
        """Yield the news of each query that has any, at most `limit` hits each. Nothing is marked.

        0 = all.
        """
        options = index.trusted(self._options)
        return news.find_news(
            self.queries, seen, index.snapshot, options, index.freshness, limit=limit or None, progress=progress
        )

    def skip_to_now(self, index: Index, seen: SeenRecords) -> int:
        """Take all records that match now for shown, and return the number of new ones."""
        marked = news.mark_all_as_seen(self.queries, seen, index.snapshot, index.trusted(self._options))
        seen.save()
        return marked
