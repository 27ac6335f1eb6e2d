"""`docindex timeline`."""

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from docindex import config
from docindex.cli import completion, query_options
from docindex.cli.console import say, show, warn, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import (
    AnyFlag,
    CertainFlag,
    CollectionFlag,
    ColorFlag,
    CreatorFlag,
    ExactFlag,
    IndexFlag,
    JsonFlag,
    LangFlag,
    LiteralFlag,
    MoreFlag,
    NoPagerFlag,
    PublisherFlag,
    SinceFlag,
    StrictFlag,
    SubjectFlag,
    UntilFlag,
    format_flag,
    query_argument,
)
from docindex.cli.query_options import one_of
from docindex.errors import UsageError
from docindex.model import Record

if TYPE_CHECKING:
    from docindex.config import Settings
    from docindex.results import Results
    from docindex.search.timeline import Timeline

FORMATS = ("text", "json", "csv", "tsv", "svg")
PIPED = 80  # columns, where no terminal says how many


def timeline(
    words: Annotated[list[str] | None, query_argument("As for search.")] = None,
    more: MoreFlag = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="UNIT",
            help="year, month or day. Default: what suits the span.",
            autocompletion=completion.choices("year", "month", "day"),
        ),
    ] = "auto",
    since: SinceFlag = None,
    until: UntilFlag = None,
    certain: CertainFlag = False,
    lang: LangFlag = None,
    publisher: PublisherFlag = None,
    collection: CollectionFlag = None,
    creator: CreatorFlag = None,
    subject: SubjectFlag = None,
    any_word: AnyFlag = False,
    exact: ExactFlag = False,
    literal: LiteralFlag = False,
    strict: StrictFlag = False,
    index: IndexFlag = None,
    form: Annotated[str, format_flag(*FORMATS)] = "text",
    as_json: JsonFlag = False,
    no_pager: NoPagerFlag = False,
    color: ColorFlag = None,
) -> None:
    """Draw the matches over time. The first and the last of them are named."""
    settings = config.resolve(color=color)
    from docindex.engines import registry
    from docindex.search import search
    from docindex.search import timeline as timelines

    form = one_of("format", "json" if as_json else form, FORMATS)
    unit = None if by == "auto" else one_of("unit", by, timelines.UNITS)
    queries = [" ".join(words)] if words else []
    queries = [*map(query_options.typed, [*queries, *(more or [])])]
    if not queries:
        raise UsageError("no query", "docindex timeline Belmokhtar -e otages")
    options = search.SearchOptions(
        limit=0,
        filters=query_options.filters(since, until, lang, publisher, collection, creator, subject),
        any=any_word,
        literal=literal,
        strict=strict,
        exact=exact,
        certain=certain,
        passages=0,
    )
    with registry.open_engine(config.index_for_search(index)).searcher() as snapshot:
        answers = [search.search(query, snapshot, options) for query in queries]
        found = timelines.build_timeline(
            [[*map(_without_text, search.records(query, snapshot, options))] for query in queries], unit
        )
        _write(answers, found, form, settings, paged=not no_pager)
        _tell(answers, settings)
        raise typer.Exit(FOUND if any(answer.total for answer in answers) else NOT_FOUND)


def _without_text(record: "Record") -> "Record":
    """What a timeline asks of a record: many of them may match, and their texts need not all be held."""
    from docindex.model import Record

    return Record(record.path, record.part, record.metadata, record.collection, "", ())


def _write(answers: "list[Results]", found: "Timeline", form: str, settings: "Settings", *, paged: bool) -> None:
    from docindex.render import json_output, table_output
    from docindex.render.timeline import rows, svg, table, value

    if form == "text":
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED
        if any(answer.total for answer in answers):
            show(rows(answers, found, width=columns), settings, paged=paged)
    elif form == "json":
        write(json_output.text(value(answers, found)) + "\n")
    elif form == "svg":
        write(svg(answers, found))
    else:
        write("".join((table_output.csv_lines if form == "csv" else table_output.tsv_lines)(table(answers, found))))


def _tell(answers: "list[Results]", settings: "Settings") -> None:
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
