"""`docindex show`: one record whole."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, page, styled, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import typed
from docindex.errors import RecordError, UsageError
from docindex.model.documents import METADATA_FIELDS
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from docindex.cli.options import ShowFlags
    from docindex.config import Settings
    from docindex.model.documents import Record, Span
    from docindex.search.record_lines import RecordLine


def run(flags: ShowFlags) -> int:
    """Write one record. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import freshness
    from docindex.search import last_search, record_lines, record_lookup, search

    asked = None if flags.asked is None else typed(flags.asked)
    if flags.context is not None and asked is None:
        raise UsageError("-C is about matches", "name them with --query")
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        record = record_lookup.find_record(typed(flags.name), snapshot, last_search.load(folder))
        marks: tuple[Span, ...] = ()
        title_marks: tuple[Span, ...] = ()
        described_marks: dict[str, tuple[Span, ...]] = {}
        if asked is not None:
            options = without_foreign_aliases(flags.search_options(), snapshot.state, folder)
            tell = search.match_finder(asked, options, snapshot)
            marks, title_marks = tell(record, "body"), tell(record, "title")
            described_marks = {name: found for name in METADATA_FIELDS if (found := tell(record, name))}
        shown = record_lines.numbered_lines(record, marks)
        if flags.chosen is not None:
            every, shown = shown, record_lines.lines_in_range(shown, *record_lines.parse_line_range(flags.chosen))
            if not shown:
                there = f"{every[0].number} to {every[-1].number}" if every else "none"
                raise RecordError(f"{record.id} has no lines {flags.chosen}", f"it has {there}")
        if flags.context is not None:
            shown = record_lines.lines_around_matches(shown, flags.context)
        if flags.as_json:
            from docindex.render import json_output

            write(json_output.text(json_output.record(record, title_marks, shown, described_marks)) + "\n")
        else:
            _show(record, title_marks, described_marks, shown, settings, paged=not flags.no_pager)
        staleness = freshness.staleness(snapshot, folder)
        if record.path in (*staleness.changed, *staleness.gone):
            warn(f"{record.path} has changed since it was indexed; docindex build brings the index in step")
        if asked is not None and not (marks or title_marks or described_marks):
            warn(f"no match for {asked} in {record.id}")
            return NOT_FOUND
        return FOUND


def _show(
    record: Record,
    marks: tuple[Span, ...],
    described_marks: dict[str, tuple[Span, ...]],
    shown: list[RecordLine],
    settings: Settings,
    *,
    paged: bool,
) -> None:
    from docindex.render import record as render_record

    terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size()
    color = color_of(settings, sys.stdout)
    width = size.columns if terminal else None
    rows = list(render_record.rows(record, marks, shown, width=width, plain=not color, metadata_marks=described_marks))
    text = styled((row for row, _ in rows), settings, color=color)
    if paged and terminal and len(rows) >= size.lines:
        first = next((number for number, (_, matched) in enumerate(rows) if matched), 0)
        # Some lines before the match say where it stands.
        page(text, settings, line=first - 3 if first >= size.lines - 1 else 1)
    else:
        write(text)
