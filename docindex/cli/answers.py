"""How the answer to a search leaves the program: which format was asked for, and its pieces to stdout."""

from __future__ import annotations

import io
import shutil
import sys
from itertools import chain
from typing import TYPE_CHECKING

from docindex.cli.console import color_of, links_of, page, styled, write
from docindex.cli.query_options import one_of
from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docindex.config import Settings
    from docindex.render.styled_text import Text
    from docindex.render.table_output import Template
    from docindex.results import Results

FORMATS = ("text", "json", "jsonl", "csv", "tsv", "md", "html")


def chosen(form: str, instead: Mapping[str, object]) -> str:
    """The one format asked for: by --format, or by one of the flags that stand for one. Raises UsageError."""
    one_of("format", form, FORMATS)
    asked = [flag for flag, value in instead.items() if value] + ([f"--format {form}"] if form != "text" else [])
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked[:2])} ask for different answers", "one of them")
    return asked[0].removeprefix("--format ") if asked else "text"


def line_of(template: str | None) -> Template | None:
    """The user's own layout, if there is one. Raises UsageError."""
    if template is None:
        return None
    from docindex.render.table_output import Template

    return Template(template)


def write_pieces(
    found: Iterable[Results], form: str, *, line: Template | None, null: bool, bom: bool, several: bool = False
) -> None:
    """What scripts read, as it becomes ready. `several`: there may be more than one answer."""
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
        from docindex.render.formats import PIECES

        pieces = PIECES[form.removeprefix("--")](found)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # whatever a terminal would want
    if bom:
        write("\ufeff")
    for piece in _gathered(pieces):
        write(piece)


def _gathered(pieces: Iterable[str], size: int = 1 << 16) -> Iterator[str]:
    """The pieces in larger ones: each is a system call."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


def show_each(found: Iterable[Results], settings: Settings) -> None:
    """What people read of many queries: each answer below its query."""
    from docindex.render import results as render_results
    from docindex.render.styled_text import Text

    color = color_of(settings, sys.stdout)
    for number, answer in enumerate(found):
        above = [Text()] if number else []
        below = [Text()] if answer.hits or answer.facets else []
        lines = chain(above, [render_results.heading(answer)], below, _lines(answer, settings, color))
        write(styled(lines, settings, color=color))


def show(results: Results, settings: Settings, *, paged: bool) -> None:
    """What people read, in the pager where it is longer than the screen."""
    color = color_of(settings, sys.stdout)
    text = styled(_lines(results, settings, color), settings, color=color)
    if paged and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        page(text, settings)
    else:
        write(text)


def _lines(results: Results, settings: Settings, color: bool) -> Iterator[Text]:
    from docindex.render import results as render_results

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    link = None
    if links_of(settings):
        from docindex.render.hyperlinks import links

        link = links(results.index.root, settings.editor_uri)
    yield from render_results.hits(results, width=width, plain=not color, link=link)
    yield from render_results.facets(results, width=width)
