"""`docindex show`."""

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from docindex import config
from docindex.cli import completion, wanted
from docindex.cli.codes import FOUND, NOT_FOUND
from docindex.cli.flags import (
    AnyFlag,
    ColorFlag,
    ExactFlag,
    IndexFlag,
    JsonFlag,
    LiteralFlag,
    NoPagerFlag,
    StrictFlag,
)
from docindex.cli.output import color_of, page, styled, warn, write
from docindex.errors import RecordError, UsageError
from docindex.model import DESCRIBED

if TYPE_CHECKING:
    from docindex.config import Settings
    from docindex.lines import Line
    from docindex.model import Record, Span


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A record's id, the beginning of one, or its rank in the last search.",
            autocompletion=completion.ids,
        ),
    ],
    asked: Annotated[str | None, typer.Option("--query", metavar="QUERY", help="Mark what this matches.")] = None,
    chosen: Annotated[
        str | None, typer.Option("--lines", metavar="A:B", help="Only these lines of the file: 10:20, 10:, :20 or 10.")
    ] = None,
    context: Annotated[
        int | None,
        typer.Option("-C", "--context", metavar="N", min=0, help="With --query: only N lines around each match."),
    ] = None,
    any_word: AnyFlag = False,
    exact: ExactFlag = False,
    literal: LiteralFlag = False,
    strict: StrictFlag = False,
    index: IndexFlag = None,
    as_json: JsonFlag = False,
    no_pager: NoPagerFlag = False,
    color: ColorFlag = None,
) -> None:
    """Print one record whole, its lines numbered. The pager opens at its first match."""
    settings = config.resolve(color=color)
    from docindex import engines, freshness, lines, lookup, ranks, search

    if context is not None and asked is None:
        raise UsageError("-C is about matches", "name them with --query")
    folder = config.index_for_search(index)
    engine = engines.open_engine(folder)
    record = lookup.record(wanted.typed(name), engine, ranks.recall(folder))
    marks: tuple[Span, ...] = ()
    title_marks: tuple[Span, ...] = ()
    described_marks: dict[str, tuple[Span, ...]] = {}
    if asked is not None:
        asked = wanted.typed(asked)
        options = search.Options(any=any_word, exact=exact, literal=literal, strict=strict)
        tell = search.marker(asked, options)
        marks, title_marks = tell(record, "body"), tell(record, "title")
        described_marks = {name: found for name in DESCRIBED if (found := tell(record, name))}
    shown = lines.lines(record, marks)
    if chosen is not None:
        every, shown = shown, lines.between(shown, *lines.bounds(chosen))
        if not shown:
            there = f"{every[0].number} to {every[-1].number}" if every else "none"
            raise RecordError(f"{record.id} has no lines {chosen}", f"it has {there}")
    if context is not None:
        shown = lines.around(shown, context)
    if as_json:
        from docindex.render import machine

        write(machine.record(record, title_marks, shown, described_marks) + "\n")
    else:
        _show(record, title_marks, described_marks, shown, settings, paged=not no_pager)
    behind = freshness.behind(engine.indexed(), engine.sources())
    if record.path in (*behind.changed, *behind.gone):
        warn(f"{record.path} has changed since it was indexed; docindex build brings the index in step")
    if asked is not None and not (marks or title_marks or described_marks):
        warn(f"no match for {asked} in {record.id}")
        raise typer.Exit(NOT_FOUND)
    raise typer.Exit(FOUND)


def _show(
    record: "Record",
    marks: "tuple[Span, ...]",
    described_marks: "dict[str, tuple[Span, ...]]",
    shown: "list[Line]",
    settings: "Settings",
    *,
    paged: bool,
) -> None:
    from docindex.render import whole

    terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size()
    color = color_of(settings, sys.stdout)
    width = size.columns if terminal else None
    rows = list(whole.rows(record, marks, shown, width=width, plain=not color, described_marks=described_marks))
    text = styled((row for row, _ in rows), settings, color=color)
    if paged and terminal and len(rows) >= size.lines:
        first = next((number for number, (_, matched) in enumerate(rows) if matched), 0)
        # Some lines before the match say where it stands.
        page(text, settings, line=first - 3 if first >= size.lines - 1 else 1)
    else:
        write(text)
