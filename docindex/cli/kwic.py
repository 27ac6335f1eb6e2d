"""`docindex kwic`: the concordance, and the collocates of a query."""

from __future__ import annotations

import itertools
import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, say, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.render import formats
from docindex.search.manifest_aliases import without_foreign_aliases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.cli.options import KwicFlags
    from docindex.config import Settings
    from docindex.model.results import Results
    from docindex.render.styled_text import Text
    from docindex.search.collocates import Collocate
    from docindex.search.concordance import ConcordanceLine


def run(flags: KwicFlags) -> int:
    """Write the concordance. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.engines import registry
    from docindex.indexing import freshness
    from docindex.search import concordance, search

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("kwic"))
    sort = flags.sort.upper() if flags.sort.upper() in concordance.CONTEXT_SORTS else flags.sort
    one_of("sort", sort, concordance.SORTS)
    limit = flags.limit
    options = flags.search_options(limit=0, passages=0)
    text = query_text(" ".join(flags.words), settings.searches, literal=flags.literal)
    folder = config.index_for_search(flags.index)
    with registry.open_engine(folder).searcher() as snapshot:
        staleness = freshness.staleness(snapshot, folder)
        options = without_foreign_aliases(options, snapshot.state, folder)
        results = search.search(text, snapshot, options, staleness=staleness)
        tell = search.match_finder(text, options, snapshot)
        marked = ((record, tell(record, "body")) for record in search.records(text, snapshot, options))
        if flags.collocates:
            from docindex.search.collocates import find_collocates

            near = find_collocates(marked, flags.window)
            _write_collocates(results, near[: limit or None], form, settings, paged=not flags.no_pager)
            say(settings, _footer(results, len(near), "collocate", limit, sort=""))
            return FOUND if near else NOT_FOUND
        context_chars = max(concordance.CONTEXT_CHARS, flags.width or 0)
        every = (
            line for record, marks in marked for line in concordance.concordance_lines(record, marks, context_chars)
        )
        counting = itertools.count()
        counted: Iterable[ConcordanceLine] = (line for line, _ in zip(every, counting, strict=False))
        if sort == "rank" and not flags.reverse:
            # The rest of the records need not be read to know the first lines, and whether there
            # are more.
            counted = itertools.islice(counted, limit + 1 if limit else None)
        found = concordance.sort_lines(counted, sort, reverse=flags.reverse, limit=limit + 1 if limit else None)
        _write_lines(
            results, found[: limit or None], form, settings, sort=sort, width=flags.width, paged=not flags.no_pager
        )
        say(settings, _footer(results, next(counting), "line", limit, sort=sort if not flags.reverse else ""))
        return FOUND if found else NOT_FOUND


def _write_lines(
    results: Results,
    found: list[ConcordanceLine],
    form: str,
    settings: Settings,
    *,
    sort: str,
    width: int | None,
    paged: bool,
) -> None:
    from docindex.render import concordance as render_concordance

    if form == "text":
        columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else render_concordance.PIPED)
        plain = not color_of(settings)
        rows = render_concordance.rows(found, width=columns, plain=plain, is_dated=sort == "date")
        show(rows, settings, paged=paged)
    elif form in ("csv", "tsv"):
        table = [render_concordance.COLUMNS, *(render_concordance.cells_of(results.query, line) for line in found)]
        write(formats.table(form, table))
    else:
        _write_json(results, "lines", [render_concordance.value(line) for line in found], form)


def _write_collocates(results: Results, found: list[Collocate], form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import concordance as render_concordance

    columns = "word near all likelihood".split()
    values = [dict(zip(columns, (one.word, one.near, one.all, round(one.likelihood, 4)), strict=True)) for one in found]
    if form == "text":
        show(render_concordance.collocates(found) if found else (), settings, paged=paged)
    elif form in ("csv", "tsv"):
        rows = ([str(cell) for cell in value.values()] for value in values)
        write(formats.table(form, [columns, *rows]))
    else:
        _write_json(results, "collocates", values, form)


def _footer(results: Results, count: int, what: str, limit: int, *, sort: str) -> Iterable[Text]:
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


def _write_json(results: Results, name: str, values: list[dict[str, object]], form: str) -> None:
    from docindex.render import json_output

    if form == "jsonl":
        write("".join(json_output.text({"query": results.query, **value}) + "\n" for value in values))
    else:
        head = {"schema": json_output.SCHEMA, "query": results.query, "parsed": results.parsed, "total": results.total}
        write(json_output.text({**head, "repairs": list(results.repairs), name: values}) + "\n")
