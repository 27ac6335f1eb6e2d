"""Saved searches: `@name` in a query stands for the query of that name in the settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docindex.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LEVELS = 10
"""Saved searches within saved searches."""
MAX_EXPANDED_CHARACTERS = 100_000

_QUOTED_OR_NAMED = re.compile(r'"[^"]*"?|«[^»]*»?|“[^”]*”?|(?<![\w@])@(?P<name>[\w-]+)')


def expand(text: str, searches: Mapping[str, str]) -> str:
    """Return a query with each `@name` replaced by the saved search of that name, in brackets.

    Within quotes, and if no search has that name, it stays as typed. Raises UsageError for searches
    that hold each other.
    """
    for _ in range(MAX_LEVELS):
        expanded = _QUOTED_OR_NAMED.sub(lambda found: _replacement(found, searches), text)
        if expanded == text:
            return text
        text = expanded
        if len(text) > MAX_EXPANDED_CHARACTERS:
            break
    raise UsageError("saved searches hold each other, or too many others", "[searches] in docindex.toml")


def _replacement(found: re.Match[str], searches: Mapping[str, str]) -> str:
    saved = searches.get(found["name"] or "")
    return found[0] if saved is None else f"({saved})"
