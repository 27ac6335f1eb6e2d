"""`docindex search`: one query or several, and the formats of their answers. It loads no typer."""

from __future__ import annotations

import io
import shutil
import sys
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Literal

from docindex import config
from docindex.cli.console import color_of, links_of, say, say_index, show, styled, write
from docindex.cli.exit_codes import FOUND, NO_INDEX, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.errors import UsageError
from docindex.render import formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docindex.api.answer import Answer
    from docindex.api.arguments import SearchOptions
    from docindex.cli.options import SearchFlags
    from docindex.config import Settings
    from docindex.model.results import Results
    from docindex.render.styled_text import Text
    from docindex.render.table_output import Template


FEW_RECORDS = 2
"""Records with all words, up to which the number of those with some of the words is said."""


def run(flags: SearchFlags) -> int:
    """Answer the query or queries. Return the exit code."""
    settings = config.resolve(color=flags.color, limit=flags.limit, hyperlink=flags.hyperlink)
    from docindex.api.index import open_index

    form = _form(flags)
    line = _template(flags.template)
    options = _options(flags, form, settings.limit)
    as_query = partial(query_text, searches=settings.searches, literal=flags.literal)
    words = [*map(as_query, flags.words or [])]
    several = bool(flags.expressions) or flags.file is not None
    record = flags.record or settings.record
    if several or flags.explain_query or not words or record:
        from docindex.cli import search_many

        asked = search_many.queries(words, [*map(as_query, flags.expressions or [])], flags.file, as_query)
    if flags.explain_query:
        search_many.explain(asked, flags.index, options, settings, as_json=form == "--json")
        return FOUND
    folder = config.index_for_search(flags.index)
    if record:
        from docindex.api import search_record  # few searches are recorded

        search_record.check_record(record)
        asked = list(asked) if several else [search_many.Asked(" ".join(words), "query")]
    if flags.refresh:
        from docindex.api import collection

        collection.refresh(folder)
    with open_index(folder, complete=flags.require_fresh) as index:
        if record:
            search_record.add_to_record(index, record, [one.text for one in asked], flags.recorded(), options)
        if several:
            write = partial(_write_pieces, form=form, line=line, null=flags.null, bom=flags.bom, several=True)
            text = partial(_show_each, settings=settings)
            show = None if flags.quiet else text if form == "text" else write
            code = search_many.run(
                asked,
                index,
                options,
                settings,
                show,
                counts_only=flags.count or flags.quiet,
                require_fresh=flags.require_fresh,
            )
            if not flags.quiet:
                say_index(flags.index, settings)
            return code
        answer = index.answer(" ".join(words), options)
        results = answer.counts if flags.count or flags.quiet else answer.results
        if flags.require_fresh and not results.staleness.fresh:
            say(settings, _footer(results))
            return NO_INDEX
        if form == "text" and results.hits:
            index.save_last_ranks(results)
        if not flags.quiet:
            if form == "text":
                _show(results, settings, paged=not flags.no_pager)
            else:
                _write_pieces([results], form, line=line, null=flags.null, bom=flags.bom)
            if not flags.count or results.listed == 0:
                command = _corrected(answer, words) or _any_word(answer)
                say(settings, _footer(results, command))
                if answer.undated:
                    say(settings, [_undated(answer.undated)])
                say_index(flags.index, settings)
        return FOUND if results.listed else NOT_FOUND


def _form(flags: SearchFlags) -> str:
    """Return the format of the answer. Raises UsageError."""
    instead = {
        "--json": flags.as_json,
        "--jsonl": flags.as_jsonl,
        "--template": flags.template is not None,
        "-l": flags.files,
        "-c": flags.count and not (flags.as_json or flags.as_jsonl or flags.form in ("json", "jsonl")),
    }
    form = _chosen(flags.form, instead)
    if flags.count and form in ("--jsonl", "jsonl"):
        form = "--json"  # a document on one line, without hits
    if flags.null and form not in ("-l", "--template"):
        raise UsageError("-0 is for lines", "with -l or --template")
    return form


def _options(flags: SearchFlags, form: str, limit: int) -> SearchOptions:
    from docindex.api.arguments import search_options

    return search_options(
        limit=flags.limit or 0 if flags.files else limit,
        offset=flags.offset,
        sort=flags.sort,
        reverse=flags.reverse,
        facets=flags.facets or (),
        passages=0 if flags.files else _passages(flags.passages),
        why=flags.why,
        advice=not flags.quiet,
        thread=flags.thread,
        alike=flags.alike or ("fold" if form == "text" and not (flags.quiet or flags.thread) else "show"),
        **flags.arguments(),
    )


def _passages(value: str) -> int | Literal["all"]:
    """Return the number of passages. Raises UsageError."""
    if value == "all":
        return "all"
    if value.isdecimal():
        return int(value)
    raise UsageError(f"unknown number of passages '{value}'", "a number, or all")


def _footer(results: Results, command: str | None = None) -> Iterable[Text]:
    from docindex.render.results import footer

    # On a screen where both streams meet, a blank line keeps the talk apart from the answer.
    apart = bool(results.hits) and sys.stdout.isatty() and sys.stderr.isatty()
    return footer(results, apart=apart, command=command)


def _undated(count: int) -> Text:
    from docindex.render.styled_text import Text
    from docindex.render.summary import plural

    left_out = "has no date and is left out" if count == 1 else "have no date and are left out"
    return Text(f"{plural(count, 'more match', 'more matches')} {left_out}", "faint")


def _corrected(answer: Answer, words: Sequence[str]) -> str | None:
    """Return the typed command with its misspelt words corrected, or None.

    Each word must have one clear candidate, and the corrected query must have matches.
    """
    if not answer.corrections:
        return None
    import shlex

    return shlex.join(["docindex", *(answer.correct(one) if one in words else one for one in sys.argv[1:])])


def _any_word(answer: Answer) -> str | None:
    """Return the command that was typed with --any and its count, if all words together find few
    records.
    """
    if answer.total > FEW_RECORDS or sys.argv[1:2] != ["search"]:
        return None
    records = answer.any_word_total
    if records is None or records <= answer.total:
        return None
    import shlex

    said = "1 record has" if records == 1 else f"{records:,} records have"
    return f"{shlex.join(['docindex', 'search', '--any', *sys.argv[2:]])}  # {said} some of the words"


def _chosen(form: str, instead: Mapping[str, object]) -> str:
    """Return the format named by --format or by a flag for one.

    Raises UsageError for more than one.
    """
    one_of("format", form, formats.names("search"))
    asked = [flag for flag, value in instead.items() if value] + ([f"--format {form}"] if form != "text" else [])
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked[:2])} ask for different answers", "one of them")
    return asked[0].removeprefix("--format ") if asked else "text"


def _template(template: str | None) -> Template | None:
    """Return the user's own template, if there is one. Raises UsageError."""
    if template is None:
        return None
    from docindex.render.table_output import Template

    return Template(template)


def _write_pieces(
    found: Iterable[Results], form: str, *, line: Template | None, null: bool, bom: bool, several: bool = False
) -> None:
    """Write the answers for scripts, each as it becomes ready. `several` allows more than one."""
    from docindex.render.passages import one_line

    end = "\0" if null else "\n"
    pieces: Iterable[str]
    if form == "-c":
        pieces = (f"{answer.listed}" + (f"\t{one_line(answer.query)}" if several else "") + "\n" for answer in found)
    elif form == "-l":
        from docindex.render.sanitize import escape_controls

        # To a pipe, names go as they are: programs open them.
        name = escape_controls if sys.stdout.isatty() else str
        paths = dict.fromkeys(hit.record.path for answer in found for hit in answer.hits)
        pieces = (name(path) + end for path in paths)
    elif line is not None:
        pieces = (text + end for answer in found for text in line.lines(answer))
    else:
        pieces = formats.answers(form.removeprefix("--"), found)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever a terminal would want
    if bom:
        write("\ufeff")
    for piece in _buffered(pieces):
        write(piece)


def _buffered(pieces: Iterable[str], size: int = 1 << 16) -> Iterator[str]:
    """Yield the pieces joined to larger ones, because writing each takes a system call."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


def _show_each(found: Iterable[Results], settings: Settings) -> None:
    """Show the answers to several queries to people, each below its query."""
    from docindex.render import results as render_results
    from docindex.render.styled_text import Text

    color = color_of(settings, sys.stdout)
    for number, answer in enumerate(found):
        above = [Text()] if number else []
        below = [Text()] if answer.hits or answer.facets else []
        lines = chain(above, [render_results.heading(answer)], below, _lines(answer, settings, color))
        write(styled(lines, settings, color=color))


def _show(results: Results, settings: Settings, *, paged: bool) -> None:
    """Show the answer to people, in the pager if it is longer than the terminal."""
    from docindex.render.summary import match_count

    lines = _lines(results, settings, color_of(settings, sys.stdout))
    show(lines, settings, paged=paged, count=match_count(results))


def _lines(results: Results, settings: Settings, color: bool) -> Iterator[Text]:
    from docindex.render import results as render_results

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    link = None
    if links_of(settings):
        from docindex.render.hyperlinks import links

        link = links(results.index.root, settings.editor_uri)
    yield from render_results.hits(results, width=width, plain=not color, link=link)
    yield from render_results.facets(results, width=width)
