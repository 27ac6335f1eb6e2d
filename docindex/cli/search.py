"""`docindex search`."""

import re
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from docindex import config
from docindex.cli import answers, completion, flags
from docindex.cli.flags import (
    FOUND,
    NO_INDEX,
    NOT_FOUND,
    AnyFlag,
    CertainFlag,
    CollectionFlag,
    ColorFlag,
    CreatorFlag,
    ExactFlag,
    HyperlinkFlag,
    IndexFlag,
    LangFlag,
    LiteralFlag,
    NoPagerFlag,
    PublisherFlag,
    QuietFlag,
    SinceFlag,
    StrictFlag,
    SubjectFlag,
    UntilFlag,
    one_of,
)
from docindex.cli.output import say
from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.engines.base import Engine
    from docindex.model import Results
    from docindex.render.text import Text
    from docindex.search import Options


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY...",
            help='Words; "a phrase"; AND OR NOT ( ); -not; pre*; fuzzy~; field:word; date:2012..2013',
            show_default=False,
            autocompletion=completion.words,
        ),
    ] = None,
    expressions: Annotated[
        list[str] | None, typer.Option("-e", "--query", metavar="QUERY", help="A query (repeatable).")
    ] = None,
    file: Annotated[
        str | None, typer.Option("-f", "--file", metavar="FILE", help="A query a line; - is standard input.")
    ] = None,
    index: IndexFlag = None,
    limit: Annotated[
        int | None, typer.Option("-n", "--limit", metavar="N", help="Matches to show; 0 = all. Default: 10.")
    ] = None,
    offset: Annotated[int, typer.Option("--offset", metavar="N", min=0, help="Matches to skip.")] = 0,
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="KEY",
            help="score, date (latest first), title or path.",
            autocompletion=completion.choices("score", "date", "title", "path"),
        ),
    ] = "score",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
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
    passages: Annotated[
        str, typer.Option("--passages", metavar="N", help="Passages of each record: a number or all.")
    ] = "3",
    files: Annotated[
        bool, typer.Option("-l", "--files-with-matches", help="Only the paths of the files, each once.")
    ] = False,
    null: Annotated[
        bool, typer.Option("-0", "--null", help="With -l or --template: end each line with a NUL.")
    ] = False,
    count: Annotated[bool, typer.Option("-c", "--count", help="Only the number of matches.")] = False,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=", ".join(answers.FORMATS[:-1]) + " or html.",
            autocompletion=completion.choices(*answers.FORMATS),
        ),
    ] = "text",
    template: Annotated[
        str | None, typer.Option("--template", metavar="TEXT", help="A line for each match, such as '{date} {title}'.")
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for old spreadsheets.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON document a match.")] = False,
    alike: Annotated[
        str | None,
        typer.Option(
            "--alike",
            metavar="HOW",
            help="Records nearly the same: fold (text's default), show (all else's) or only.",
            autocompletion=completion.choices("fold", "show", "only"),
        ),
    ] = None,
    facets: Annotated[
        str | None,
        typer.Option(
            "--facets",
            metavar="FIELDS",
            help="Count all matches by these: language,publisher,creator,collection,subject,year.",
            autocompletion=completion.listed("language", "publisher", "creator", "collection", "subject", "year"),
        ),
    ] = None,
    require_fresh: Annotated[
        bool, typer.Option("--require-fresh", help="Exit 3 if files have changed since the build.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="First bring the index in step.")] = False,
    explain_query: Annotated[
        bool, typer.Option("--explain-query", help="Say what is understood of the query; search nothing.")
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="Say what each part of the query finds by itself.")] = False,
    quiet: QuietFlag = False,
    no_pager: NoPagerFlag = False,
    color: ColorFlag = None,
    hyperlink: HyperlinkFlag = None,
) -> None:
    """Print the records that match, best first."""
    settings = config.resolve(color=color, limit=limit, hyperlink=hyperlink)
    from docindex import engines, ranks
    from docindex import search as searching
    from docindex.engines.base import ALIKE, SORTS

    instead = {"--json": as_json, "--jsonl": as_jsonl, "--template": template is not None, "-l": files, "-c": count}
    form = answers.chosen(form, instead)
    if null and form not in ("-l", "--template"):
        raise UsageError("-0 is for lines", "with -l or --template")
    line = answers.line_of(template)
    options = searching.Options(
        limit=0 if count or quiet else ((limit if files else settings.limit) or None),
        offset=offset,
        sort=one_of("sort", sort, SORTS),
        reverse=reverse,
        filters=flags.filters(since, until, lang, publisher, collection, creator, subject),
        any=any_word,
        literal=literal,
        strict=strict,
        exact=exact,
        certain=certain,
        facets=_facets(facets),
        passages=0 if files else _passages(passages),
        why=why,
        advice=not quiet,
        alike=one_of("alike", alike or ("fold" if form == "text" and not quiet else "show"), ALIKE),
    )
    several = bool(expressions) or file is not None
    if several or explain_query or not words:
        from docindex.cli import batch

        asked = batch.queries(words or [], expressions or [], file)
    if explain_query:
        batch.explain(asked, index, options, settings, as_json=form == "--json")
        raise typer.Exit(FOUND)
    folder = config.index_for_search(index)
    engine: Engine = engines.open_engine(folder)
    if refresh:
        _refresh(engine)
    if several:
        write = partial(answers.write_pieces, form=form, line=line, null=null, bom=bom, several=True)
        show = None if quiet else partial(answers.show_each, settings=settings) if form == "text" else write
        raise typer.Exit(batch.run(asked, engine, options, settings, show, require_fresh=require_fresh))
    results = searching.search(" ".join(words or []), engine, options)
    if require_fresh and results.behind:
        say(settings, _footer(results))
        raise typer.Exit(NO_INDEX)
    if form == "text" and results.hits and not files:
        firsts = {rank: hit.record.id for rank, hit in reversed([*results.ranked()])}
        ranks.keep(folder, [firsts[rank] for rank in sorted(firsts)], offset + 1)
    if not quiet:
        if form == "text":
            answers.show(results, settings, paged=not no_pager)
        else:
            answers.write_pieces([results], form, line=line, null=null, bom=bom)
        if not count or results.listed == 0:
            say(settings, _footer(results, _corrected(results, words or [], engine, options)))
    raise typer.Exit(FOUND if results.listed else NOT_FOUND)


def _passages(value: str) -> int | None:
    if value == "all":
        return None
    if value.isdecimal():
        return int(value)
    raise UsageError(f"unknown number of passages '{value}'", "a number, or all")


def _facets(value: str | None) -> tuple[str, ...]:
    """The facets named, in any order, each once."""
    from docindex.engines.base import FACETS

    names = [name.strip() for name in (value or "").split(",") if name.strip()]
    return tuple(dict.fromkeys(one_of("facet", name, FACETS) for name in names))


def _footer(results: "Results", command: str | None = None) -> "Iterable[Text]":
    from docindex.render import terminal

    # On a screen where both streams meet, a blank line keeps the talk apart from the answer.
    apart = bool(results.hits) and sys.stdout.isatty() and sys.stderr.isatty()
    return terminal.footer(results, apart=apart, command=command)


def _corrected(results: "Results", words: list[str], engine: "Engine", options: "Options") -> str | None:
    """The command that was typed, with the one candidate for each word that is not in the index, if that finds any."""
    if results.total or not results.suggestions or not all(found.clear for found in results.suggestions):
        return None
    import shlex

    from docindex.search import count

    meant = {found.word: found.instead[0].word for found in results.suggestions}
    wrong = re.compile(rf"\b(?:{'|'.join(map(re.escape, meant))})\b")
    better = {one: wrong.sub(lambda word: meant[word[0]], one) for one in words}
    if not count(" ".join(better[one] for one in words), engine, options):
        return None
    return shlex.join(["docindex", *(better.get(one, one) for one in sys.argv[1:])])


def _refresh(engine: "Engine") -> None:
    """Build again from where the index was built from."""
    from pathlib import Path

    from docindex import manifest
    from docindex.build import build

    state = engine.indexed()
    build(manifest.load(Path(state.manifest or state.root)), engine)
