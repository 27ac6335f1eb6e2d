"""`docindex search`: its flags."""

from typing import Annotated

import typer

from docindex.cli import answers, completion, searching
from docindex.cli.options import (
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
    MoreFlag,
    NoPagerFlag,
    PublisherFlag,
    QuietFlag,
    SinceFlag,
    StrictFlag,
    SubjectFlag,
    UntilFlag,
    format_flag,
    query_argument,
)


def search(
    words: Annotated[
        list[str] | None,
        query_argument('Words; "a phrase"; AND OR NOT ( ); -not; pre*; fuzzy~; field:word; date:2012..2013'),
    ] = None,
    expressions: MoreFlag = None,
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
    form: Annotated[str, format_flag(*answers.FORMATS)] = "text",
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
    raise typer.Exit(searching.run(searching.Flags(**locals())))  # by their names, each of which is one of Flags'
