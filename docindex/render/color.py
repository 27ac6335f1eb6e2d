"""What a stream is to get: colour, links. Apart from the styles, for a pipe needs none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO


def wants_color(when: str, stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to a stream: the setting, else FORCE_COLOR, else NO_COLOR, else is it a terminal."""
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
    """Whether paths lead to their files: the setting, else is it a terminal that knows more than text."""
    return when == "always" or (when == "auto" and stream.isatty() and environment.get("TERM") != "dumb")
