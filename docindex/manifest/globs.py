"""Glob patterns of paths: `press/*.txt`, `**/*.md`. Pure.

Matching time is linear in the path's length for every pattern: all partial matches are followed at
once.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable, Sequence

WILDCARDS = frozenset("*?[")
_ANY_FOLDERS = "**"

States = frozenset[int]
"""Numbers of a pattern's parts that a path may have matched so far."""


class Glob:
    """Pattern in parts between slashes. `**` matches any number of folders; at the end, everything
    below.

    With `hidden`, wildcards also match names that begin with a dot.
    """

    def __init__(self, parts: Sequence[str], *, hidden: bool = False) -> None:
        self._parts = [part if part.strip("*") or len(part) < 2 else _ANY_FOLDERS for part in parts]
        self._parts += ["*"] * (self._parts[-1] == _ANY_FOLDERS)
        self._tests = [re.compile(fnmatch.translate(unicodedata.normalize("NFC", part))).match for part in self._parts]
        self._hidden = hidden
        self.last = len(self._parts)  # the state of a match
        self.first = self._with_skipped({0})

    def matches(self, names: Iterable[str]) -> bool:
        """Return True if the whole path, given by its parts, matches."""
        states = self.first
        for name in names:
            states = self.after(states, name)
            if not states:
                return False
        return self.last in states

    def after(self, states: States, name: str, *, linked: bool = False) -> States:
        """Return the states after one more part of a path.

        A `linked` folder must be named without wildcards.
        """
        dotted = name.startswith(".") and not self._hidden
        name = unicodedata.normalize("NFC", name)
        found: set[int] = set()
        for state in states - {self.last}:
            part = self._parts[state]
            if linked and WILDCARDS & set(part):
                continue
            if part == _ANY_FOLDERS:
                found |= set() if dotted else {state}
            elif self._tests[state](name) and (part.startswith(".") or not dotted):
                found.add(state + 1)
        return self._with_skipped(found) if found else frozenset()

    def _with_skipped(self, states: set[int]) -> States:
        for state in range(self.last):
            if state in states and self._parts[state] == _ANY_FOLDERS:
                states.add(state + 1)
        return frozenset(states)
