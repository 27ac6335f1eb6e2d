"""`docindex timeline`: the matches of queries over time."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docindex import config
from docindex.cli.console import say, show, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.errors import UsageError
from docindex.model.documents import Record
from docindex.render import formats
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docindex.cli.options import TimelineFlags
    from docindex.config import Settings
    from docindex.model.results import Results
    from docindex.search.search import SearchOptions
    from docindex.search.timeline import Timeline

PIPED_COLUMNS = 80  # no terminal says how many


def run(flags: TimelineFlags) -> int:
    """Draw the timeline. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import freshness
    from docindex.search import search
    from docindex.search import timeline as timelines

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("timeline"))
    unit = None if flags.by == "auto" else one_of("unit", flags.by, timelines.UNITS)
    queries = [" ".join(flags.words)] if flags.words else []
    queries = [query_text(query, settings.searches, literal=flags.literal) for query in [*queries, *(flags.more or [])]]
    if not queries:
        raise UsageError("no query", "docindex timeline Belmokhtar -e otages")
    options = flags.search_options(limit=0, passages=0)
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        behind = freshness.staleness(snapshot, folder)
        options = without_foreign_aliases(options, snapshot.state, folder)
        asked = [(query, options) for query in queries]
        answers = [search.search(query, snapshot, options, staleness=behind) for query in queries]
        if flags.by_form:
            asked = [one for answer in answers for one in _by_form(answer, options)]
            told = [answer.expanded for answer in answers]
            answers = [search.search(query, snapshot, of_form, staleness=behind) for query, of_form in asked]
            labels = [of_form.expansion.only or query for query, of_form in asked]
            answers = [replace(answer, query=label, expanded=()) for answer, label in zip(answers, labels, strict=True)]
            answers[-1] = replace(answers[-1], expanded=tuple(one for expanded in told for one in expanded))
        found = timelines.build_timeline(
            [[*map(_without_text, search.records(query, snapshot, narrowed))] for query, narrowed in asked], unit
        )
        _write(answers, found, form, settings, paged=not flags.no_pager)
        _tell(answers, settings)
        return FOUND if any(answer.total for answer in answers) else NOT_FOUND


def _by_form(answer: Results, options: SearchOptions) -> Iterator[tuple[str, SearchOptions]]:
    """Yield the query once for each form of its words, the most frequent first, with the options
    that ask for it.
    """
    forms = [one for expansion in answer.expanded if expansion.searched for one in expansion.forms if one.records]
    for one in sorted(forms, key=lambda form: -form.records):
        yield answer.query, replace(options, expansion=replace(options.expansion, only=one.form))
    if not forms:
        yield answer.query, options


def _without_text(record: Record) -> Record:
    """Return a record without its text, so that the texts of all matches are not kept in memory."""
    return Record(record.path, record.part, record.metadata, record.collection, "", ())


def _write(answers: list[Results], found: Timeline, form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import json_output
    from docindex.render.timeline import rows, svg, table, value

    if form == "text":
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED_COLUMNS
        if any(answer.total for answer in answers):
            show(rows(answers, found, width=columns), settings, paged=paged)
    elif form == "json":
        write(json_output.text(value(answers, found)) + "\n")
    elif form == "svg":
        write(svg(answers, found))
    else:
        write(formats.table(form, table(answers, found)))


def _tell(answers: list[Results], settings: Settings) -> None:
    from docindex.render import results
    from docindex.render.summary import match_count, plural

    for answer in answers[:-1]:
        for repair in answer.repairs:
            warn(f"query: {repair}")
    many = len(answers) > 1
    counts = [
        plural(answer.total, "match", "matches") + (f" for {answer.query}" if many else "")
        if answer.total
        else match_count(answer)
        for answer in answers
    ]
    apart = sys.stdout.isatty() and sys.stderr.isatty() and any(answer.total for answer in answers)
    say(settings, results.footer(answers[-1], apart=apart, count=", ".join(counts)))
