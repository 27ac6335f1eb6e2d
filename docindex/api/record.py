"""A record with its lines, and the matches of a query in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.errors import RecordError, UsageError
from docindex.model.documents import METADATA_FIELDS, Record, Span
from docindex.search import record_lines, record_lookup, search
from docindex.search.record_lines import RecordLine

if TYPE_CHECKING:
    from docindex.engines.base import Searcher
    from docindex.model.results import Staleness
    from docindex.search.search import SearchOptions


class ShownRecord(Struct, frozen=True):
    """A record, the lines of it that were asked for, and the matches in it."""

    record: Record
    lines: tuple[RecordLine, ...]
    marks: tuple[Span, ...]  # matches within the whole body
    title_marks: tuple[Span, ...]
    metadata_marks: Mapping[str, tuple[Span, ...]]  # of the fields with a match
    stale: bool  # the file has changed since it was indexed

    @property
    def id(self) -> str:
        """The record's id: `path`, or `path#part`."""
        return self.record.id

    @property
    def title(self) -> str:
        """The record's title, or else the file's name."""
        return self.record.title

    @property
    def text(self) -> str:
        """The lines, joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def has_match(self) -> bool:
        """True if the query matches the body, the title or the metadata."""
        return bool(self.marks or self.title_marks or self.metadata_marks)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as a dictionary, with the keys of `docindex show --json`."""
        from docindex.render import json_output

        return json_output.record(self.record, self.title_marks, self.lines, self.metadata_marks)


def find_shown(
    name: str,
    query: str | None,
    index: Searcher,
    options: SearchOptions,
    freshness: Staleness,
    ids_by_rank: Mapping[int, str],
    *,
    lines: str | None,
    context: int | None,
) -> ShownRecord:
    """Return the record that a name means. Raises RecordError, QueryError or UsageError."""
    if context is not None and query is None:
        raise UsageError("-C is about matches", "name them with --query")
    record = record_lookup.find_record(name, index, ids_by_rank)
    marks: tuple[Span, ...] = ()
    title_marks: tuple[Span, ...] = ()
    metadata_marks: dict[str, tuple[Span, ...]] = {}
    if query is not None:
        find = search.match_finder(query, options, index)
        marks, title_marks = find(record, "body"), find(record, "title")
        metadata_marks = {name: found for name in METADATA_FIELDS if (found := find(record, name))}
    shown = every = record_lines.numbered_lines(record, marks)
    if lines is not None:
        shown = record_lines.lines_in_range(every, *record_lines.parse_line_range(lines))
        if not shown:
            there = f"{every[0].number} to {every[-1].number}" if every else "none"
            raise RecordError(f"{record.id} has no lines {lines}", f"it has {there}")
    if context is not None:
        shown = record_lines.lines_around_matches(shown, context)
    stale = record.path in (*freshness.changed, *freshness.gone)
    return ShownRecord(record, tuple(shown), marks, title_marks, metadata_marks, stale)
