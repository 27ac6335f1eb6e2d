"""`docindex timeline`: the matches of queries over time."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import say, say_index, show, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.errors import UsageError
from docindex.render import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docindex.api.timeline import TimelineAnswer
    from docindex.cli.options import TimelineFlags
    from docindex.config import Settings
    from docindex.model.results import Results

PIPED_COLUMNS = 80  # no terminal says how many


def run(flags: TimelineFlags) -> int:
    """Draw the timeline. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api.index import open_index

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("timeline"))
    queries = [" ".join(flags.words)] if flags.words else []
    queries = [query_text(query, settings.searches, literal=flags.literal) for query in [*queries, *(flags.more or [])]]
    if not queries:
        raise UsageError("no query", "docindex timeline Belmokhtar -e otages")
    with open_index(flags.index) as index:
        found = index.timeline(*queries, by=flags.by, by_form=flags.by_form, thread=flags.thread, **flags.arguments())
    _write(found, form, settings, paged=not flags.no_pager)
    _tell(found.results, settings)
    say_index(flags.index, settings)
    return NOT_FOUND if found.is_empty else FOUND


def _write(found: TimelineAnswer, form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import timeline

    results = found.results
    if form == "text":
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED_COLUMNS
        if not found.is_empty:
            show(timeline.rows(results, found.timeline, width=columns), settings, paged=paged)
    elif form == "svg":
        write(found.svg())
    else:
        lines, rows = timeline.values(results, found.timeline), timeline.table(results, found.timeline)
        write(formats.data(form, found.to_dict(), lines, rows))


def _tell(answers: Sequence[Results], settings: Settings) -> None:
    from docindex.render import results

    for answer in answers[:-1]:
        for repair in answer.repairs:
            warn(f"query: {repair}")
    many = len(answers) > 1
    counts = [_count(answer) + (f" for {answer.query}" if many and answer.total else "") for answer in answers]
    apart = sys.stdout.isatty() and sys.stderr.isatty() and any(answer.total for answer in answers)
    say(settings, results.footer(answers[-1], apart=apart, count=", ".join(counts)))


def _count(answer: Results) -> str:
    """Return the number of matches, and of their conversations if these are counted."""
    from docindex.render.summary import match_count, plural

    if not answer.total:
        return match_count(answer)
    matches = plural(answer.total, "match", "matches")
    return f"{plural(answer.groups.count, 'conversation')}, {matches}" if answer.groups else matches
