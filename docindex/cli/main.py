"""The command line: what was typed -> one call -> its answer shown -> an exit code. Only here: typer."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from docindex.cli.exit_codes import BUSY, FAILED, FOUND, INTERRUPTED, NO_INDEX, NOT_FOUND
from docindex.errors import DocindexError, IndexBusy, IndexMissing, IndexOutdated, OutputError, QueryError, RecordError

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
        if isinstance(error, OutputError):
            _nothing_more()
        sys.exit(_exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the answer has seen enough.
        _nothing_more()
        sys.exit(FOUND)
    sys.exit(ended)


def _run(arguments: Sequence[str]) -> int:
    """Run the command; a search for words alone without typer, which takes a quarter of its time to load.

    There are no flags to tell apart then, and all is as by default.
    """
    if asked := os.environ.get("_DOCINDEX_COMPLETE"):
        from docindex.cli import shell_completion

        return shell_completion.run(asked, arguments)
    command, *words = arguments or [""]
    if command == "search" and words and not any(word.startswith("-") for word in words):
        from docindex.cli import searching

        return searching.run(searching.Flags(words=words))
    from docindex.cli import app

    return app.run()


def _nothing_more() -> None:
    """What is left of the answer goes nowhere: it cannot be written, not even by the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit_code(error: DocindexError) -> int:
    if isinstance(error, IndexMissing | IndexOutdated):
        return NO_INDEX
    if isinstance(error, RecordError):
        return NOT_FOUND
    return BUSY if isinstance(error, IndexBusy) else FAILED


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
