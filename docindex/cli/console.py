"""How the command line speaks: answers to stdout, talk to stderr, colour and pager where someone is there to see."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docindex.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docindex.config import Settings
    from docindex.render.styled_text import Text


def warn(message: str) -> None:
    from docindex.render.sanitize import escape_controls

    print(f"docindex: {escape_controls(message)}", file=sys.stderr, flush=True)


def say(settings: Settings, lines: Iterable[Text]) -> None:
    """Talk: to stderr, so that answers stay clean."""
    from docindex.render.layout import wrap_lines

    if sys.stderr.isatty():
        lines = wrap_lines(lines, shutil.get_terminal_size().columns)
    sys.stderr.write(styled(lines, settings, color=color_of(settings, sys.stderr)))


def color_of(settings: Settings, stream: IO[str] | None = None) -> bool:
    """Whether to colour what goes to a stream, stdout unless said otherwise."""
    from docindex.render.color import wants_color

    return wants_color(settings.color, stream or sys.stdout, os.environ)


def columns() -> int | None:
    """How wide the terminal is that answers go to, if they go to one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def links_of(settings: Settings) -> bool:
    """Whether the answer's paths are to lead to their files."""
    from docindex.render.color import wants_links

    return wants_links(settings.hyperlink, sys.stdout, os.environ)


def styled(lines: Iterable[Text], settings: Settings, *, color: bool) -> str:
    """The lines as a terminal wants them; without colour nothing of Rich but its text is needed."""
    if not color:
        return "".join(f"{_linked(line)}\n" for line in lines)
    from docindex.render import theme

    text = io.StringIO()
    console = theme.console(text, color=True, styles=settings.theme)
    for line in lines:
        console.print(line)
    return text.getvalue()


def _linked(line: Text) -> str:
    """A line without styles, its links as OSC 8 has them."""
    shown: list[str] = []
    done = 0
    for span in line.spans:
        if span.link and span.start >= done:
            shown += [line.plain[done : span.start], f"\x1b]8;;{span.link}\x1b\\", line.plain[span.start : span.end]]
            shown.append("\x1b]8;;\x1b\\")
            done = span.end
    return "".join([*shown, line.plain[done:]])


def page(text: str, settings: Settings, *, line: int = 1) -> None:
    """Show a long text in the pager, from a line on if that is less; where there is none, as it is."""
    import shlex
    import subprocess

    try:
        command = shlex.split(settings.pager or "less -FIRX")
    except ValueError:  # a quotation mark without its other half
        command = []
    if not command:
        write(text)
        return
    if line > 1 and Path(command[0]).name == "less":
        command.append(f"+{line}g")
    # Ctrl-C is the pager's: if it were left behind, or killed, the terminal would stay as the pager had made it.
    usual = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        # The command is the user's own choice; a project's file cannot name it.
        ended = subprocess.run(command, input=text.encode("utf-8", "replace"), check=False)  # noqa: S603
    except OSError:
        write(text)
        return
    finally:
        signal.signal(signal.SIGINT, usual)
    if ended.returncode == -signal.SIGINT:
        raise KeyboardInterrupt


def show(lines: Iterable[Text], settings: Settings, *, paged: bool) -> None:
    """An answer for people: in the pager where someone is there to see and it is longer than the screen."""
    text = styled(lines, settings, color=color_of(settings))
    if paged and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        page(text, settings)
    else:
        write(text)


def write(text: str) -> None:
    """An answer, or a piece of one. Raises OutputError where it cannot be written; a closed pipe is no such case."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"the answer cannot be written: {error.strerror}", "make room, or send it elsewhere"
        ) from error


def near(path: Path) -> str:
    """A path as short as it can be said from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@contextmanager
def progress(settings: Settings, *, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """A bar on stderr while sources are read, if someone is there to see it."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from docindex.render import theme
    from docindex.render.sanitize import escape_controls

    columns = (
        BarColumn(24, style="faint", complete_style="added", finished_style="added", pulse_style="faint"),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    console = theme.console(sys.stderr, color=color_of(settings, sys.stderr), width=shutil.get_terminal_size().columns)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, path: bar.update(task, completed=done, total=total, description=escape_controls(path))
