"""The command line: what was typed -> one call -> its answer shown -> an exit code. Only here: typer."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NoReturn

import typer

from docindex import __version__, config
from docindex.errors import DocindexError, IndexBusy, IndexMissing, IndexOutdated, QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date as Day

    from rich.text import Text

    from docindex.config import Settings
    from docindex.engines.base import Engine
    from docindex.model import Report, Results
    from docindex.plan import Plan
    from docindex.query import Query

FOUND, NOT_FOUND, FAILED, NO_INDEX, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""Exit codes. A build that left something out ends with NOT_FOUND's 1 as well."""

FORMATS = ("text", "json", "jsonl")

EPILOG = """\b
Examples:
  docindex build
  docindex search "Belmokhtar"

\b
Exit codes:
  0    found; build: all is indexed
  1    nothing found; build: some sources failed (they are listed)
  2    wrong usage, or a failure
  3    no index, or one to be built anew
  75   another build is running
  130  interrupted"""

app = typer.Typer(
    name="docindex",
    help="Index the documents that a Markdown manifest lists, and search them.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

IndexFlag = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="The index's folder. Default: .docindex here or above."),
]
ColorFlag = Annotated[str | None, typer.Option("--color", metavar="WHEN", help="auto, always or never.")]
QuietFlag = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; only the exit code speaks.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"docindex {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Index the documents that a Markdown manifest lists, and search them."""


@app.command(epilog=EPILOG)
def build(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="A manifest (INDEX.md), a folder or one file. Default: seeds/INDEX.md, else INDEX.md, here.",
            show_default=False,
        ),
    ] = None,
    index: IndexFlag = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, whatever has changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Let the manifest name files outside its folder.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes that read. Default: one a core.")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=0.1, help="The longest that reading one source may take."),
    ] = 60.0,
    max_size: Annotated[
        int, typer.Option("--max-size", metavar="MB", min=1, help="The largest file that is read, in MB.")
    ] = 100,
    lock_timeout: Annotated[
        float, typer.Option("--lock-timeout", metavar="SECONDS", min=0, help="How long to wait for another build.")
    ] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON, on stdout.")] = False,
    quiet: QuietFlag = False,
    color: ColorFlag = None,
) -> None:
    """Bring the index in step with the manifest."""
    settings = config.resolve(color=color)
    from docindex import build as builder
    from docindex import engines, manifest, workers

    listed = manifest.load(source or manifest.find(Path.cwd()), allow_outside=allow_outside)
    folder = config.index_for_build(index, listed.root, manifest=listed.path)
    engine = engines.open_engine(folder)
    if dry_run:
        _show_plan(builder.dry_run(listed, engine, full=full))
        return
    with _progress(settings, quiet=quiet) as progress:
        report = builder.build(
            listed,
            engine,
            full=full,
            limits=workers.Limits(jobs or os.cpu_count() or 1, timeout, max_size * 1_000_000),
            progress=progress,
            lock_timeout=lock_timeout,
            waiting=lambda holder: None if quiet else _warn(f"waiting for another build ({holder})"),
        )
    _show_report(report, folder, settings, as_json=as_json, quiet=quiet)
    raise typer.Exit(NOT_FOUND if report.failures else FOUND)


@app.command(epilog=EPILOG)
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...",
            help='Words; "a phrase"; AND OR NOT ( ); -not; pre*; fuzzy~; field:word; date:2012..2013',
        ),
    ],
    index: IndexFlag = None,
    limit: Annotated[
        int | None, typer.Option("-n", "--limit", metavar="N", help="Matches to show; 0 = all. Default: 10.")
    ] = None,
    offset: Annotated[int, typer.Option("--offset", metavar="N", min=0, help="Matches to skip.")] = 0,
    sort: Annotated[
        str, typer.Option("--sort", metavar="KEY", help="score, date (latest first), title or path.")
    ] = "score",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Dated then or later.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Dated then or earlier.")] = None,
    lang: Annotated[
        list[str] | None, typer.Option("--lang", metavar="CODE", help="In this language (repeatable).")
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", metavar="P", help="From this publisher.")] = None,
    collection: Annotated[str | None, typer.Option("--collection", metavar="C", help="From this collection.")] = None,
    any_word: Annotated[bool, typer.Option("--any", help="Rank by any of the words, not all.")] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Words as typed: no stems, no folding.")] = False,
    literal: Annotated[bool, typer.Option("-F", "--literal", help="No operators: every word is a word.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A broken query is an error, not repaired.")] = False,
    passages: Annotated[
        str, typer.Option("--passages", metavar="N", help="Passages of each record: a number or all.")
    ] = "3",
    files: Annotated[
        bool, typer.Option("-l", "--files-with-matches", help="Only the paths of the files, each once.")
    ] = False,
    null: Annotated[bool, typer.Option("-0", "--null", help="With -l: end each path with a NUL.")] = False,
    count: Annotated[bool, typer.Option("-c", "--count", help="Only the number of matches.")] = False,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, json or jsonl.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON document a match.")] = False,
    require_fresh: Annotated[
        bool, typer.Option("--require-fresh", help="Exit 3 if files have changed since the build.")
    ] = False,
    quiet: QuietFlag = False,
    no_pager: Annotated[bool, typer.Option("-P", "--no-pager", help="Never page.")] = False,
    color: ColorFlag = None,
) -> None:
    """Print the records that match, best first."""
    settings = config.resolve(color=color, limit=limit)
    from docindex import engines
    from docindex import search as searching
    from docindex.engines.base import SORTS

    form = _one_of("format", "json" if as_json else "jsonl" if as_jsonl else form, FORMATS)
    options = searching.Options(
        limit=0 if count or quiet else (settings.limit or None) if not files else None,
        offset=offset,
        sort=_one_of("sort", sort, SORTS),
        reverse=reverse,
        filters=_filters(since, until, lang or [], publisher, collection),
        any=any_word,
        literal=literal,
        strict=strict,
        exact=exact,
        passages=0 if files else _passages(passages),
    )
    engine: Engine = engines.open_engine(config.index_for_search(index))
    results = searching.search(" ".join(words), engine, options)
    if require_fresh and results.behind:
        _say(settings, _footer(results))
        raise typer.Exit(NO_INDEX)
    if not quiet:
        if count:
            _write(f"{results.total}\n")
        elif files:
            _write("".join(f"{path}{chr(0) if null else chr(10)}" for path in _paths(results)))
        else:
            _show(results, form, settings, paged=not no_pager)
        if not count or results.total == 0:
            _say(settings, _footer(results))
    raise typer.Exit(FOUND if results.total else NOT_FOUND)


def main() -> NoReturn:
    """Run the command line; end the process with one of its exit codes."""
    try:
        app()
    except DocindexError as error:
        _complain(error)
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the answer has seen enough. Nothing more can be written, not even by the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FOUND)
    sys.exit(FOUND)


def _warn(message: str) -> None:
    print(f"docindex: {message}", file=sys.stderr, flush=True)


def _exit_code(error: DocindexError) -> int:
    if isinstance(error, IndexMissing | IndexOutdated):
        return NO_INDEX
    return BUSY if isinstance(error, IndexBusy) else FAILED


def _complain(error: DocindexError) -> None:
    from docindex.render.safe import shown

    print(f"docindex: {shown(error.message)}", file=sys.stderr)
    if isinstance(error, QueryError) and error.text:
        print(f"  {shown(error.text)}\n  {' ' * error.position}^", file=sys.stderr)
    if error.hint:
        print(f"  try: {shown(error.hint)}", file=sys.stderr)


# What was typed -> what it means


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise UsageError(f"unknown {name} '{value}'", ", ".join(known))
    return value


def _passages(value: str) -> int | None:
    if value == "all":
        return None
    if value.isdecimal():
        return int(value)
    raise UsageError(f"unknown number of passages '{value}'", "a number, or all")


def _filters(
    since: str | None, until: str | None, languages: list[str], publisher: str | None, collection: str | None
) -> tuple[Query, ...]:
    from docindex.query import DateRange, Or, Phrase, Word

    filters: list[Query] = []
    if since or until:
        filters.append(DateRange(_day("--since", since, last=False), _day("--until", until, last=True)))
    if languages:
        codes = tuple(Word(code, "language") for code in languages)
        filters.append(Or(codes) if len(codes) > 1 else codes[0])
    if publisher:
        filters.append(Phrase(publisher, "publisher"))
    if collection:
        filters.append(Phrase(collection, "collection"))
    return tuple(filters)


def _day(flag: str, text: str | None, *, last: bool) -> Day | None:
    if text is None:
        return None
    from docindex import dates

    date = dates.parse(text)
    if date is None:
        raise UsageError(f"{flag} '{text}' is no date", "2013, 2013-01, 2013-01-17")
    return date.latest if last else date.earliest


# The answer -> what is seen


def _show(results: Results, form: str, settings: Settings, *, paged: bool) -> None:
    if form != "text":
        from docindex.render import machine

        _write(
            machine.document(results) + "\n"
            if form == "json"
            else "".join(f"{line}\n" for line in machine.lines(results))
        )
        return
    from docindex.render import terminal

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    color = _color(settings, sys.stdout)
    text = _styled(terminal.results(results, width=width, plain=not color), color=color)
    if paged and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        _page(text, settings)
    else:
        _write(text)


def _footer(results: Results) -> Iterable[Text]:
    from docindex.render import terminal

    # On a screen where both streams meet, a blank line keeps the talk apart from the answer.
    return terminal.footer(results, apart=bool(results.hits) and sys.stdout.isatty() and sys.stderr.isatty())


def _show_plan(plan: Plan) -> None:
    for sign, paths in (("+", plan.added), ("~", plan.changed), ("-", plan.removed)):
        _write("".join(f"{sign} {path}\n" for path in paths))
    _write(f"= {len(plan.unchanged)} unchanged\n")


def _show_report(report: Report, folder: Path, settings: Settings, *, as_json: bool, quiet: bool) -> None:
    from docindex.render import machine, terminal

    if as_json:
        _write(machine.report(report) + "\n")
    elif not quiet:
        _say(settings, terminal.report(report, _near(folder)))


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _paths(results: Results) -> Iterable[str]:
    return dict.fromkeys(hit.record.path for hit in results.hits)


@contextmanager
def _progress(settings: Settings, *, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """A bar on stderr while sources are read, if someone is there to see it."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from docindex.render import theme
    from docindex.render.safe import shown

    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    console = theme.console(sys.stderr, color=_color(settings, sys.stderr), width=shutil.get_terminal_size().columns)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, path: bar.update(task, completed=done, total=total, description=shown(path))


def _say(settings: Settings, lines: Iterable[Text]) -> None:
    """Talk: to stderr, so that answers stay clean."""
    from docindex.render import terminal

    if sys.stderr.isatty():
        lines = terminal.wrapped(lines, shutil.get_terminal_size().columns)
    sys.stderr.write(_styled(lines, color=_color(settings, sys.stderr)))


def _color(settings: Settings, stream: IO[str]) -> bool:
    from docindex.render import theme

    return theme.wants_color(settings.color, stream, os.environ)


def _styled(lines: Iterable[Text], *, color: bool) -> str:
    """The lines as a terminal wants them; without colour nothing of Rich but its text is needed."""
    if not color:
        return "".join(f"{line.plain}\n" for line in lines)
    from docindex.render import theme

    text = io.StringIO()
    console = theme.console(text, color=True)
    for line in lines:
        console.print(line)
    return text.getvalue()


def _page(text: str, settings: Settings) -> None:
    """Show a long text in the pager; where there is none, as it is."""
    command = shlex.split(settings.pager or "less -FIRX")
    try:
        # The command is the user's own choice; a project's file cannot name it.
        subprocess.run(command, input=text.encode("utf-8", "replace"), check=False)  # noqa: S603
    except OSError:
        _write(text)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
