"""Count of the changes that a watcher was told of, and the names of what has changed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAMES = 50_000  # of what has changed since the last build


class ChangeLog:
    """Counts changes. One thread adds them, others wait for them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0
        self._last = 0.0
        self._overflows = 0
        self._names: set[str] = set()

    @property
    def count(self) -> int:
        """The number of changes so far."""
        with self._condition:
            return self._count

    def take(self) -> tuple[set[str], int, int]:
        """Return the names that changed since the last call, how often changes were lost, and the
        number of all changes so far.
        """
        with self._condition:
            taken = self._names, self._overflows, self._count
            self._names, self._overflows = set(), 0
            return taken

    def put_back(self, names: Iterable[str]) -> None:
        """Keep names that were taken for the next call."""
        with self._condition:
            self._names.update(names)

    def add(self, name: str = "", *, is_overflow: bool = False) -> None:
        """Count a change of a file or folder of a name."""
        with self._condition:
            self._count += 1
            self._overflows += is_overflow
            if name and len(self._names) < MAX_NAMES:
                self._names.add(name)
            self._last = time.monotonic()
            self._condition.notify_all()

    def wait_for_change(self, seen: int, timeout: float | None = None) -> bool:
        """Wait until there are more changes than were seen. Return False if none came in time."""
        with self._condition:
            return self._condition.wait_for(lambda: self._count > seen, timeout)

    def wait_for_quiet(self, quiet: float, longest: float) -> None:
        """Wait until no change has come for some seconds, but no longer than `longest` seconds."""
        with self._condition:
            last = time.monotonic() + longest
            while (left := min(self._last + quiet, last) - time.monotonic()) > 0:
                self._condition.wait(left)
