"""Theme: styles by meaning. Only this file decides how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.errors import StyleSyntaxError
from rich.style import Style
from rich.theme import Theme

from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

THEME = Theme(
    {
        "rank": "dim",
        "title": "bold",
        "match": "bold red",
        "date": "cyan",
        "publisher": "default",
        "creator": "default",
        "language": "dim",
        "path": "green",
        "part": "dim",
        "alike": "dim",
        "ocr": "yellow",
        "subject": "default",
        "collection": "default",
        "line": "dim",
        "faint": "dim",
        "added": "green",
        "changed": "yellow",
        "removed": "magenta",
        "failed": "bold red",
        "warning": "yellow",
        "error": "bold red",
        "hint": "cyan",
    },
    inherit=False,
)


def theme_with(styles: Mapping[str, str]) -> Theme:
    """Return the theme with the user's styles. Raise UsageError for an unknown name or style."""
    unknown = sorted(styles.keys() - THEME.styles.keys())
    if unknown:
        raise UsageError(f"theme: unknown name '{unknown[0]}'", ", ".join(THEME.styles))
    try:
        return Theme({**THEME.styles, **{name: Style.parse(style) for name, style in styles.items()}}, inherit=False)
    except StyleSyntaxError as error:
        raise UsageError(f"theme: {error}", "such as bold red, dim, #ffaf00 on grey11, underline") from error


def console(
    stream: IO[str], *, color: bool, width: int | None = None, styles: Mapping[str, str] | None = None
) -> Console:
    """Return a console without guesses: no markup, no emoji, no colouring of numbers."""
    return Console(
        file=stream,
        theme=theme_with(styles) if styles else THEME,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        width=width or (80 if color else 10_000),
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
        legacy_windows=False,
    )
