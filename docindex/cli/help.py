"""`docindex help`: the manual by topic."""

from __future__ import annotations

import shutil
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, page, write
from docindex.cli.exit_codes import FOUND
from docindex.errors import UsageError

if TYPE_CHECKING:
    from docindex.cli.options import HelpFlags
    from docindex.config import Settings

WIDEST = 100  # columns: longer lines are hard to read


def run(flags: HelpFlags) -> int:
    """Show a topic, the help of a command, or the list of topics. Return the exit code."""
    settings = config.resolve(color=flags.color)
    from docindex.cli.options import COMMANDS
    from docindex.render import manual

    topics = manual.topics()
    if flags.topic is None:
        column = max(map(len, topics)) + 2
        write("".join(f"{name:<{column}}{title}\n" for name, title in topics.items()))
        print("docindex help TOPIC shows one; docindex COMMAND --help lists the flags of a command", file=sys.stderr)
    elif flags.topic in topics:
        _show(manual.page(flags.topic), settings, paged=not flags.no_pager)
    elif flags.topic in COMMANDS:
        from docindex.cli import typer_app

        typer_app.command(flags.topic).main(["--help"], prog_name=f"docindex {flags.topic}", standalone_mode=False)
    else:
        near = get_close_matches(flags.topic, [*topics, *COMMANDS], 1)
        hint = f"docindex help {near[0]}" if near else ", ".join(topics)
        raise UsageError(f"there is no topic '{flags.topic}'", hint)
    return FOUND


def _show(markdown: str, settings: Settings, *, paged: bool) -> None:
    """Show a page: set for reading on a terminal, as Markdown elsewhere."""
    if not sys.stdout.isatty():
        write(markdown)
        return
    from docindex.render import manual

    width, height = shutil.get_terminal_size()
    shown = manual.for_terminal(markdown, width=min(width, WIDEST), color=color_of(settings))
    if paged and shown.count("\n") >= height:
        page(shown, settings)
    else:
        write(shown)
