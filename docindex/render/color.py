"""Decision on colour and hyperlinks for a stream. It loads no styles, because a pipe needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO


def wants_color(when: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Return True to colour a stream.

    The setting decides, then FORCE_COLOR, NO_COLOR, then the terminal.
    """
    if when != "auto":
        return when == "always"
    if environment.get("TERM") == "dumb":
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] != "0"
    if environment.get("NO_COLOR"):
        return False
    return stream.isatty()


def wants_links(when: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Return True to write hyperlinks: by the setting, else on a terminal that is not dumb."""
    return when == "always" or (when == "auto" and stream.isatty() and environment.get("TERM") != "dumb")
