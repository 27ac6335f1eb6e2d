"""Follower of a collection: it builds the index again whenever files change, and vouches for it.

The library's events only say that something changed. What has changed a plan of the whole
collection finds out, so that lost events cost time and never a document.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.errors import DocindexError
from docindex.indexing import freshness
from docindex.indexing.change_log import ChangeLog
from docindex.indexing.watch_server import WatchServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from pathlib import Path
    from typing import NoReturn

    from docindex.engines.base import Engine
    from docindex.indexing.inotify_events import InotifyEvents
    from docindex.manifest.load import Manifest
    from docindex.model.results import BuildReport

MAX_WALKS = 5  # until the folders found are all watched
CATCH_UP_SECONDS = 0.4  # that a search waits until all changes before it are counted


class Timing(Struct, frozen=True):
    """Waiting times of a follower, in seconds."""

    quiet: float = 1.6  # without a change before a build begins
    longest: float = 30.0  # that changes may put off a build
    poll: float = 60.0  # between two looks at folders whose changes are not told
    retry: float = 30.0  # after a build that failed
    full_poll: int = 10  # every so many looks a whole plan is made


class FollowedState(Struct, frozen=True):
    """News of a follower: a build, its failure, or the way in which it learns of changes."""

    report: BuildReport | None = None
    error: DocindexError | OSError | None = None
    folders: int = 0  # that are watched
    polled: str | None = None  # the reason why the folders are also looked at from time to time
    lost_changes: bool = False  # more came at once than the system keeps


class _Vouched(Struct, frozen=True):
    """A commit that holds all files as they were after so many changes."""

    generation: int
    changes: int


class Follower:
    """Keeper of one index: it builds whenever the files change.

    `load` lists the sources. `build` is given the list and the names that changed since the last
    build, whose files are read again whatever their time says.
    """

    def __init__(
        self,
        load: Callable[[], Manifest],
        build: Callable[[Manifest, AbstractSet[str]], BuildReport],
        engine: Engine,
        folder: Path,
        tell: Callable[[FollowedState], None],
        timing: Timing,
        events_of: Callable[[ChangeLog], InotifyEvents] | None,
    ) -> None:
        self._load = load
        self._build = build
        self._engine = engine
        self._folder = folder
        self._tell = tell
        self._timing = timing
        self._log = ChangeLog()
        self._events = events_of(self._log) if events_of else None
        self._poll_reason = None if events_of else "this system tells of no changes"
        self._vouched: _Vouched | None = None
        self._seen = 0
        self._is_all_watched = True
        self._last_failure = ""

    def follow(self) -> NoReturn:
        """Build, and build again after changes, until an exception such as KeyboardInterrupt.

        Raises the errors of the first build. Later ones are told, and the build is tried again.
        """
        with ExitStack() as stack:
            stack.callback(self._close_events)
            self._bring_in_step()
            server = WatchServer(self._folder, self.is_in_step)
            stack.callback(server.close)
            self._tell(FollowedState(folders=self._folder_count(), polled=self._poll_reason))
            is_failed = False
            while True:
                self._wait(is_failed=is_failed)
                try:
                    self._bring_in_step()
                except (DocindexError, OSError) as error:
                    if isinstance(error.__cause__, KeyboardInterrupt):  # after the commit
                        raise error.__cause__ from None
                    is_failed = True
                    if str(error) != self._last_failure:
                        self._tell(FollowedState(error=error))
                    self._last_failure = str(error)
                else:
                    is_failed = False
                    self._last_failure = ""

    def _bring_in_step(self) -> None:
        """List the sources, watch their folders, and build."""
        self._vouched = None
        names: set[str] = set()
        lost = 0
        try:
            for _ in range(MAX_WALKS):
                more, overflows, self._seen = self._log.take()
                names |= more
                lost += overflows
                manifest = self._load()
                is_new = self._watch(manifest)
                if not is_new:
                    break
            self._is_all_watched = not is_new
            report = self._build(manifest, names)
        except BaseException:
            self._log.put_back(names)
            raise
        if self._events and not self._poll_reason and self._is_all_watched:
            self._vouched = _Vouched(report.generation, self._seen)
        self._tell(FollowedState(report=report, folders=self._folder_count(), lost_changes=lost > 0))

    def _watch(self, manifest: Manifest) -> bool:
        """Watch the folders of a list. Return True if any of them was not watched while listed."""
        if not self._events:
            return False
        root = str(manifest.root)
        folders = {os.path.normpath(os.path.join(root, folder)) for folder in ("", *manifest.folders)}
        try:
            is_new, is_whole = self._events.watch(folders, manifest.aliased.targets)
        except OSError as error:
            self._close_events()
            remedy = "sysctl fs.inotify.max_user_watches raises the limit"
            self._poll_reason = f"the system gives no more watches ({error.strerror}; {remedy})"
            return False
        if not is_whole:
            self._poll_reason = "some folders are links, or are changed by other machines too"
        elif manifest.aliased.has_hard_links:
            self._poll_reason = "some files have several names, and could change under another"
        else:
            self._poll_reason = None
        return is_new

    def _wait(self, *, is_failed: bool) -> None:
        """Wait until there is something to build."""
        timing = self._timing
        if is_failed:
            self._log.wait_for_change(self._log.count, timing.retry)
            return
        polls = 0
        is_told_all = self._is_all_watched and not self._poll_reason
        while not self._log.wait_for_change(self._seen, None if is_told_all else timing.poll):
            polls += 1
            if not self._is_all_watched or polls % timing.full_poll == 0 or self._is_behind():
                return
        self._log.wait_for_quiet(timing.quiet, timing.longest)

    def _is_behind(self) -> bool:
        try:
            with self._engine.searcher() as index:
                found = freshness.staleness(index, self._folder)
        except (DocindexError, OSError):
            return True
        return found.fresh is False or found.unlisted

    def is_in_step(self, generation: int) -> bool:
        """Return True if a commit surely holds the files as they are at this moment."""
        vouched = self._vouched
        if vouched is None or self._events is None:
            return False
        if generation != vouched.generation:
            if generation > vouched.generation:  # built by another: it is looked at
                self._log.add()
            return False
        return self._events.catch_up(CATCH_UP_SECONDS) and (self._log.count, self._vouched) == (
            vouched.changes,
            vouched,
        )

    def _folder_count(self) -> int:
        return self._events.folder_count if self._events else 0

    def _close_events(self) -> None:
        events, self._events = self._events, None
        if events:
            events.close()
