"""Several queries in one run: their sources, and their answers one after the other."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.cli.console import say, warn, write
from docindex.cli.exit_codes import FAILED, FOUND, NO_INDEX, NOT_FOUND
from docindex.errors import IndexMissing, QueryError, UsageError
from docindex.model.documents import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from docindex.api.arguments import SearchOptions
    from docindex.api.index import Index
    from docindex.config import Settings
    from docindex.model.results import Results

MAX_LINE_CHARS = 1_000_000  # a longer line is split into pieces, each too long for a query


class Asked(Struct, frozen=True):
    """Query as typed, and its place for messages."""

    text: str
    place: str


def queries(
    words: Sequence[str], expressions: Sequence[str], file: str | None, as_query: Callable[[str], str]
) -> list[Asked] | Iterator[Asked]:
    """Return the queries of the command line, then those of the file, one a line.

    `as_query` reads a line of the file as a query. Raises UsageError if there is no query.
    """
    if not words and not expressions and file is None:
        raise UsageError("no query was given", "docindex search QUERY, -e QUERY, or -f FILE")
    asked = [Asked(" ".join(words), "query")] if words else []
    asked += [Asked(text, f"-e {number}") for number, text in enumerate(expressions, start=1)]
    return asked if file is None else _with_file(asked, file, as_query)


def _with_file(asked: list[Asked], file: str, as_query: Callable[[str], str]) -> Iterator[Asked]:
    yield from asked
    try:
        with nullcontext(sys.stdin) if file == "-" else open(file, encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE_CHARS), ""), start=1):
                if line.strip():
                    yield Asked(as_query(line.rstrip("\r\n")), f"{'stdin' if file == '-' else file}:{number}")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}", "a file with a query a line") from error


class _Run:
    """Run of several queries. It counts the matched and the refused ones."""

    def __init__(self, index: Index, options: SearchOptions, settings: Settings, *, counts_only: bool) -> None:
        self.index = index
        self.counts_only = counts_only
        self.options = options
        self.settings = settings
        self.asked = self.matched = self.refused = 0
        self.last: Results | None = None

    def answers(self, asked: Iterable[Asked]) -> Iterator[Results]:
        """Yield the answers. Refused queries and notes on a query are written to stderr."""
        from docindex.render.query_notes import notes

        for one in asked:
            self.asked += 1
            try:
                found = self.index.answer(one.text, self.options)
                answer = found.counts if self.counts_only else found.results
            except QueryError as error:
                self.refused += 1
                warn(f"{one.place}: {error.message}, at character {error.position + 1}")
                continue
            self.matched += bool(answer.listed)
            self.last = answer
            if self.options.advice:
                say(self.settings, notes(answer, place=f"{one.place}: "))
            yield answer


def run(
    asked: Iterable[Asked],
    index: Index,
    options: SearchOptions,
    settings: Settings,
    show: Callable[[Iterable[Results]], None] | None,
    *,
    counts_only: bool,
    require_fresh: bool,
) -> int:
    """Answer the queries and show each answer when it is ready. Return the exit code.

    Without `show`, stop at the first query with a match.
    """
    from docindex.render import results

    going = _Run(index, options, settings, counts_only=counts_only)
    if require_fresh and not index.freshness.fresh:
        say(settings, results.staleness_lines(index.freshness, index.state))
        return NO_INDEX
    if show is None:
        any(answer.listed for answer in going.answers(asked))
    else:
        show(going.answers(asked))
        if going.last:
            say(settings, results.batch_footer(going.last, going.asked, going.matched, going.refused))
    if going.matched:
        return FOUND
    return FAILED if going.refused else NOT_FOUND


def explain(
    asked: Iterable[Asked], index: Path | None, options: SearchOptions, settings: Settings, *, as_json: bool
) -> None:
    """Write the explanation of each query in the languages of the index, if there is one."""
    from docindex.api.index import explain_query, open_index
    from docindex.cli.console import color_of, styled
    from docindex.render import json_output
    from docindex.render.query_notes import explanation

    try:
        with open_index(index) as opened:
            languages = list(opened.languages)
    except IndexMissing:
        languages = [UNDETERMINED]
    for number, one in enumerate(asked):
        understood = explain_query(one.text, languages, options)
        if as_json:
            write(json_output.text(json_output.explanation(understood)) + "\n")
        else:
            write(("\n" if number else "") + styled(explanation(understood), settings, color=color_of(settings)))
