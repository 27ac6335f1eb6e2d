"""Hyperlinks: the URI of a passage's file and line, as OSC 8 escapes carry it."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from urllib.parse import quote

from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    Link = Callable[[str, int], str]
    """A source's path and a line -> the URI."""

FIELDS = ("path", "line")
DEFAULT = "file://{path}"


def links(root: str, template: str | None) -> Link:
    """Return the function that links an index's sources below `root`.

    Raise UsageError for a bad template.
    """
    wanted = template or DEFAULT
    try:
        names = {
            f"{name}{form or ''}{conversion or ''}"
            for _, name, form, conversion in Formatter().parse(wanted)
            if name is not None
        }
    except ValueError as error:
        raise UsageError(f"editor URI '{wanted}': {error}", "vscode://file/{path}:{line}") from error
    if not names <= set(FIELDS) or not wanted.isprintable() or not wanted.isascii():
        raise UsageError(f"editor URI '{wanted}' cannot be filled in", "vscode://file/{path}:{line}")

    def link(path: str, line: int) -> str:
        # Quoted, a name holds no control character that could end the link.
        return wanted.format(path=quote(str(Path(root, path)), errors="surrogateescape"), line=line)

    return link
