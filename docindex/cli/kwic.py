"""`docindex kwic`: the concordance, and the collocates of a query."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, say, say_index, show, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import one_of, query_text
from docindex.render import formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docindex.api.concordance import Collocates, Concordance
    from docindex.cli.options import KwicFlags
    from docindex.config import Settings
    from docindex.model.results import Results
    from docindex.render.styled_text import Text


def run(flags: KwicFlags) -> int:
    """Write the concordance. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.api.index import open_index

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("kwic"))
    text = query_text(" ".join(flags.words), settings.searches, literal=flags.literal)
    limit, paged = flags.limit, not flags.no_pager
    with open_index(flags.index) as index:
        if flags.collocates:
            near = index.collocates(text, limit=limit, window=flags.window, thread=flags.thread, **flags.arguments())
            _write_collocates(near, form, settings, paged=paged)
            say(settings, _footer(near.results, near.count, "collocate", limit, sort=""))
            say_index(flags.index, settings)
            return FOUND if near.words else NOT_FOUND
        found = index.kwic(
            text,
            limit=limit,
            sort=flags.sort,
            reverse=flags.reverse,
            width=flags.width or 0,
            thread=flags.thread,
            **flags.arguments(),
        )
    _write_lines(found, form, settings, sort=flags.sort, width=flags.width, paged=paged)
    say(settings, _footer(found.results, found.count, "line", limit, sort=flags.sort if not flags.reverse else ""))
    say_index(flags.index, settings)
    return FOUND if found.lines else NOT_FOUND


def _write_lines(
    found: Concordance, form: str, settings: Settings, *, sort: str, width: int | None, paged: bool
) -> None:
    from docindex.render import concordance as render_concordance
    from docindex.render.summary import plural

    results, lines = found.results, found.lines
    if form == "text":
        columns = width or (shutil.get_terminal_size().columns if sys.stdout.isatty() else render_concordance.PIPED)
        plain = not color_of(settings)
        rows = render_concordance.rows(lines, width=columns, plain=plain, is_dated=sort == "date")
        show(rows, settings, paged=paged, count=plural(found.count, "line"))
        return
    values = found.to_dicts()
    table = [render_concordance.COLUMNS, *(render_concordance.cells_of(results.query, line) for line in lines)]
    document = render_concordance.document(results, "lines", values)
    write(formats.data(form, document, ({"query": results.query, **value} for value in values), table))


def _write_collocates(found: Collocates, form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import concordance as render_concordance

    if form == "text":
        show(render_concordance.collocates(found.words) if found.words else (), settings, paged=paged)
        return
    results = found.results
    values = [render_concordance.collocate_value(one) for one in found.words]
    table = [render_concordance.COLLOCATE_COLUMNS, *([str(cell) for cell in value.values()] for value in values)]
    document = render_concordance.document(results, "collocates", values)
    write(formats.data(form, document, ({"query": results.query, **value} for value in values), table))


def _footer(results: Results, count: int, what: str, limit: int, *, sort: str) -> Iterable[Text]:
    from docindex.render.results import footer
    from docindex.render.summary import plural

    threads = results.groups.count if results.by_thread and results.groups else None
    records = plural(results.total, "record") if threads is None else plural(threads, "conversation")
    if not count:
        said = f"no {what} in the text of {records} with {results.query}" if results.total else None
    elif limit and count > limit:
        of = "" if sort == "rank" else f" of {count:,}"
        said = f"the first {plural(limit, what)}{of} from {records}; -n 0 shows all"
    else:
        said = f"{plural(count, what)} from {records}"
    apart = bool(count) and sys.stdout.isatty() and sys.stderr.isatty()
    return footer(results, apart=apart, count=said)
