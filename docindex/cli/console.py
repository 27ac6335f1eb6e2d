"""Console output: answers to stdout, messages to stderr, with colour and a pager on a terminal."""

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
    """Write a message to stderr, so that stdout holds only answers."""
    from docindex.render.layout import wrap_lines

    if sys.stderr.isatty():
        lines = wrap_lines(lines, shutil.get_terminal_size().columns)
    sys.stderr.write(styled(lines, settings, color=color_of(settings, sys.stderr), stream=sys.stderr))


def say_index(flag: Path | None, settings: Settings) -> None:
    """Name the searched index on stderr, if it is another one than the nearest."""
    from docindex.config import index_elsewhere
    from docindex.render.sanitize import bidi_isolate, escape_controls
    from docindex.render.styled_text import Text

    if found := index_elsewhere(flag):
        path, named_by = found
        say(settings, [Text(f"index: {bidi_isolate(escape_controls(str(path)))}, as {named_by} says", "faint")])


def color_of(settings: Settings, stream: IO[str] | None = None) -> bool:
    """Return True if output to a stream is coloured. The default is stdout."""
    from docindex.render.color import wants_color

    return wants_color(settings.color, stream or sys.stdout, os.environ)


def columns() -> int | None:
    """Return the width of the terminal, or None if stdout is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def links_of(settings: Settings) -> bool:
    """Return True if paths in the answer are hyperlinks."""
    from docindex.render.color import wants_links

    return wants_links(settings.hyperlink, sys.stdout, os.environ)


def styled(lines: Iterable[Text], settings: Settings, *, color: bool, stream: IO[str] | None = None) -> str:
    """Return the lines as output for a stream. The default is stdout.

    Without colour Rich is not imported. Right-to-left text is put in display order for a terminal
    that does not do so.
    """
    if (stream or sys.stdout).isatty():
        lines = map(_in_display_order(settings), lines)
    if not color:
        return "".join(f"{_linked(line)}\n" for line in lines)
    from docindex.render import theme

    text = io.StringIO()
    console = theme.console(text, color=True, styles=settings.theme)
    for line in lines:
        console.print(line)
    return text.getvalue()


def _in_display_order(settings: Settings) -> Callable[[Text], Text]:
    def visual(line: Text) -> Text:
        if line.plain.isascii():
            return line
        from docindex.render import bidi

        return line if bidi.terminal_reorders(settings.bidi, os.environ) else bidi.visual(line)

    return visual


def _linked(line: Text) -> str:
    """Return a line without styles, with its links as OSC 8 sequences."""
    shown: list[str] = []
    done = 0
    for span in line.spans:
        if span.link and span.start >= done:
            shown += [line.plain[done : span.start], f"\x1b]8;;{span.link}\x1b\\", line.plain[span.start : span.end]]
            shown.append("\x1b]8;;\x1b\\")
            done = span.end
    return "".join([*shown, line.plain[done:]])


def page(text: str, settings: Settings, *, line: int = 1) -> None:
    """Show a text in the pager, less from a line on. Without a pager, write it."""
    import shlex
    import subprocess

    try:
        command = shlex.split(settings.pager or "less -FIRX")
    except ValueError:  # an unclosed quotation mark
        command = []
    if not command:
        write(text)
        return
    if line > 1 and Path(command[0]).name == "less":
        command.append(f"+{line}g")
    # The pager handles Ctrl-C. Leaving before it would leave the terminal in the pager's mode.
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


def show(lines: Iterable[Text], settings: Settings, *, paged: bool, count: str | None = None) -> None:
    """Show an answer for people, in the pager if it is longer than the terminal.

    In the pager, `count` comes first: the message on stderr appears when the pager has ended.
    """
    color = color_of(settings)
    text = styled(lines, settings, color=color)
    if paged and sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        page((styled(_heading(count), settings, color=color) if count else "") + text, settings)
    else:
        write(text)


def _heading(text: str) -> Iterator[Text]:
    from docindex.render.styled_text import Text

    yield from (Text(text, "faint"), Text())


def write(text: str) -> None:
    """Write an answer or a piece of one.

    Raises OutputError if that fails, except for a closed pipe.
    """
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
    """Return a path relative to the current folder if it lies below, else as given."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@contextmanager
def progress(
    settings: Settings, *, quiet: bool, work: str = "reading", last_work: str = ""
) -> Iterator[Callable[[int, int, str], None] | None]:
    """Show a progress bar on stderr if that is a terminal.

    `work` says what is done, `last_work` what is done after all sources.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from docindex.render import theme
    from docindex.render.sanitize import escape_controls

    columns = (
        TextColumn("{task.fields[work]}", markup=False),
        BarColumn(24, style="faint", complete_style="added", finished_style="added", pulse_style="faint"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.description}", markup=False),
    )
    console = theme.console(sys.stderr, color=color_of(settings, sys.stderr), width=shutil.get_terminal_size().columns)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, work=work, left="")

        def tell(done: int, total: int, path: str) -> None:
            seconds = bar.tasks[0].time_remaining
            bar.update(
                task,
                completed=done,
                total=total,
                description=escape_controls(path),
                work=work if path else last_work,
                left=f"{_duration(seconds)} left" if path and seconds else "",
            )

        yield tell


def _duration(seconds: float) -> str:
    """Return a time span as `12 s` or `3:05 min`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes else f"{rest} s"
