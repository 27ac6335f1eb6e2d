"""Records of searches: add searches to one, read it, and replay it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from docindex.api.arguments import recorded_arguments, search_options
from docindex.errors import QueryError
from docindex.proof import search_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    from docindex.api.index import Index
    from docindex.proof.search_record import RecordedSearch, Replay
    from docindex.search.search import SearchOptions


def check_record(file: str) -> None:
    """Raise OutputError if searches cannot be added to a record, before any is run for it."""
    search_record.check_writable(file)


def read_record(file: str | PathLike[str]) -> list[RecordedSearch]:
    """Return the searches of a record. Raises UsageError."""
    return search_record.load(str(file))


def add_to_record(
    index: Index, file: str, queries: Iterable[str], flags: Mapping[str, Any], options: SearchOptions
) -> None:
    """Add searches to a record. Refused queries are left out: the answer says so.

    `flags` are those of the queries, as the record names them. Raises OutputError.
    """
    fingerprint = search_record.index_fingerprint(index.snapshot)
    options = index.trusted(options)
    found = []
    for query in queries:
        with suppress(QueryError):
            found.append(search_record.recorded(query, flags, options, index.snapshot, index.freshness, fingerprint))
    search_record.append(file, found)


def replay(index: Index, searches: Iterable[RecordedSearch]) -> list[Replay]:
    """Run recorded searches again and compare. Raises UsageError for flags that mean nothing."""
    fingerprint = search_record.index_fingerprint(index.snapshot)
    return [
        search_record.replay(
            one,
            index.trusted(search_options(**recorded_arguments(one.query, one.flags))),
            index.snapshot,
            index.freshness,
            fingerprint,
        )
        for one in searches
    ]
