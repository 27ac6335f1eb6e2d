"""The command line: run the command that was typed, report an error, and end with an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from docindex.cli.exit_codes import FAILED, FOUND, INTERRUPTED
from docindex.errors import DocindexError, OutputError, QueryError, ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> NoReturn:
    """Run the command line; end the process with one of its exit codes."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever began this, as some do who want only the exit code
            setattr(sys, name, open(os.devnull, "r+", encoding="utf-8"))  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # what an old terminal's encoding lacks is shown as ?
    try:
        ended = _run(sys.argv[1:])
    except DocindexError as error:
        _complain(error)
        if isinstance(error, OutputError | ReportError):
            _nothing_more()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except RecursionError:
        _complain(DocindexError("what is read is nested too deeply", "name the file by itself to find it"))
        sys.exit(FAILED)
    except MemoryError:
        _complain(DocindexError("there is not enough memory", "index fewer files at once, or with fewer --jobs"))
        sys.exit(FAILED)
    except BrokenPipeError:
        # Whoever read the answer has seen enough.
        _nothing_more()
        sys.exit(FOUND)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _complain(DocindexError(f"{where}{error.strerror or error}", "check the disk, and the permissions"))
        sys.exit(FAILED)
    sys.exit(ended)


def _run(arguments: Sequence[str]) -> int:
    """Run the command. Return its exit code.

    A search of words alone has every flag at its default and does without typer, which takes a
    tenth of its time to load.
    """
    if asked := os.environ.get("_DOCINDEX_COMPLETE"):
        from docindex.cli import shell_completion

        return shell_completion.run(asked, arguments)
    command, *words = arguments or [""]
    if command == "search" and words and not any(word.startswith("-") for word in words):
        from docindex.cli import search
        from docindex.cli.options import SearchFlags

        return search.run(SearchFlags(words=words))
    from docindex.cli import typer_app

    return typer_app.run()


def _nothing_more() -> None:
    """Discard the rest of the answer. Else the interpreter would fail to flush it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(error: DocindexError) -> None:
    from docindex.render.layout import cell_len
    from docindex.render.sanitize import escape_controls

    print(f"docindex: {escape_controls(error.message)}", file=sys.stderr)
    if isinstance(error, QueryError) and error.text:
        # A window of the text, so that the finger and what it points at stand on one line.
        start = max(0, error.position - 50)
        text = escape_controls(error.text[start : error.position + 20])
        before = cell_len(text[: error.position - start])
        print(f"  {text}\n  {' ' * before}^", file=sys.stderr)
    if error.hint:
        print(f"  try: {escape_controls(error.hint)}", file=sys.stderr)
