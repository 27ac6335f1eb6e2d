"""`docindex kwic`."""

import itertools
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from docindex import config
from docindex.cli import completion, query_options
from docindex.cli.console import color_of, say, show, write
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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.config import Settings
    from docindex.render.styled_text import Text
    from docindex.results import Results
    from docindex.search.collocates import Collocate
    from docindex.search.concordance import ConcordanceLine

FORMATS = ("text", "json", "jsonl", "csv", "tsv")
SIDES = ("L1", "L2", "L3", "R1", "R2", "R3")  # those that are offered


def kwic(
    words: Annotated[list[str], query_argument("As for search.")],
    limit: Annotated[
        int, typer.Option("-n", "--limit", metavar="N", min=0, help="Lines, or collocates, to show; 0 = all.")
    ] = 100,
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="rank; L1 to L5, R1 to R5: a word left or right; match, date, title or path.",
            autocompletion=completion.choices("rank", *SIDES, "match", "date", "title", "path"),
        ),
    ] = "rank",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    width: Annotated[
        int | None, typer.Option("--width", metavar="N", min=40, help="Columns of a line. Default: the terminal's.")
    ] = None,
    collocates: Annotated[
        bool, typer.Option("--collocates", help="Instead: the words near the matches, by log-likelihood.")
    ] = False,
    window: Annotated[
        int, typer.Option("--window", metavar="N", min=1, max=50, help="With --collocates: words on either side.")
    ] = 5,
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
    """Print every match in its line of text. The matches stand in one column."""
    settings = config.resolve(color=color)
    from docindex.engines import registry
    from docindex.search import concordance, search

    form = one_of("format", "json" if as_json else form, FORMATS)
    sort = one_of("sort", sort.upper() if sort.upper() in concordance.CONTEXT_SORTS else sort, concordance.SORTS)
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
    text = query_options.typed(" ".join(words))
    with registry.open_engine(config.index_for_search(index)).searcher() as snapshot:
        results = search.search(text, snapshot, options)
        tell = search.match_finder(text, options)
        marked = ((record, tell(record, "body")) for record in search.records(text, snapshot, options))
        if collocates:
            from docindex.search.collocates import find_collocates

            near = find_collocates(marked, window)
            _write_collocates(results, near[: limit or None], form, settings, paged=not no_pager)
            say(settings, _footer(results, len(near), "collocate", limit, sort=""))
            raise typer.Exit(FOUND if near else NOT_FOUND)
        context_chars = max(concordance.CONTEXT_CHARS, width or 0)
        every = (
            line for record, marks in marked for line in concordance.concordance_lines(record, marks, context_chars)
        )
        counting = itertools.count()
        counted: Iterable[ConcordanceLine] = (line for line, _ in zip(every, counting, strict=False))
        if sort == "rank" and not reverse:
            # The rest of the records need not be read to know the first lines, and whether there are more.
            counted = itertools.islice(counted, limit + 1 if limit else None)
        found = concordance.sort_lines(counted, sort, reverse=reverse, limit=limit + 1 if limit else None)
        _write_lines(results, found[: limit or None], form, settings, width=width, paged=not no_pager)
        say(settings, _footer(results, next(counting), "line", limit, sort=sort if not reverse else ""))
        raise typer.Exit(FOUND if found else NOT_FOUND)


def _write_lines(
    results: "Results",
    found: "list[ConcordanceLine]",
    form: str,
    settings: "Settings",
    *,
    width: int | None,
    paged: bool,
) -> None:
    from docindex.render import concordance as render_concordance

    if form == "text":
        columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else render_concordance.PIPED)
        show(render_concordance.rows(found, width=columns, plain=not color_of(settings)), settings, paged=paged)
    elif form in ("csv", "tsv"):
        table = [render_concordance.COLUMNS, *(render_concordance.cells_of(results.query, line) for line in found)]
        _write_table(table, form)
    else:
        _write_json(results, "lines", [render_concordance.value(line) for line in found], form)


def _write_collocates(
    results: "Results", found: "list[Collocate]", form: str, settings: "Settings", *, paged: bool
) -> None:
    from docindex.render import concordance as render_concordance

    columns = "word near all likelihood".split()
    values = [dict(zip(columns, (one.word, one.near, one.all, round(one.likelihood, 4)), strict=True)) for one in found]
    if form == "text":
        show(render_concordance.collocates(found) if found else (), settings, paged=paged)
    elif form in ("csv", "tsv"):
        _write_table([columns, *([str(cell) for cell in value.values()] for value in values)], form)
    else:
        _write_json(results, "collocates", values, form)


def _footer(results: "Results", count: int, what: str, limit: int, *, sort: str) -> "Iterable[Text]":
    from docindex.render.results import footer
    from docindex.render.summary import plural

    records = plural(results.total, "record")
    if not count:
        said = f"no {what} in the text of {records} with {results.query}" if results.total else None
    elif limit and count > limit:
        of = "" if sort == "rank" else f" of {count:,}"
        said = f"the first {plural(limit, what)}{of} from {records}; -n 0 shows all"
    else:
        said = f"{plural(count, what)} from {records}"
    apart = bool(count) and sys.stdout.isatty() and sys.stderr.isatty()
    return footer(results, apart=apart, count=said)


def _write_table(table: list[list[str]], form: str) -> None:
    from docindex.render import table_output

    write("".join((table_output.csv_lines if form == "csv" else table_output.tsv_lines)(table)))


def _write_json(results: "Results", name: str, values: list[dict[str, object]], form: str) -> None:
    from docindex.render import json_output

    if form == "jsonl":
        write("".join(json_output.text({"query": results.query, **value}) + "\n" for value in values))
    else:
        head = {"schema": json_output.SCHEMA, "query": results.query, "parsed": results.parsed, "total": results.total}
        write(json_output.text({**head, "repairs": list(results.repairs), name: values}) + "\n")
